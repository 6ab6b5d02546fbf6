import { createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDelayedLink } from '../../support/delayed-link.ts';
import { freePort } from '../../support/free-port.ts';
import { hasRtspServer, madeAtMs, startRtspServer } from '../../support/rtsp-server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { testFeed } from './test-feed.ts';

/** Takes frames until the test ends, as a head does; returns how many. */
function take(feed: ReturnType<typeof testFeed>): { count: number } {
  const taken = { count: 0 };
  void (async () => {
    for (let frame = await feed.next(); frame !== null; frame = await feed.next()) {
      taken.count += 1;
      frame.release();
    }
  })();
  return taken;
}

/**
 * Takes frames until the test ends. For each: how much later than it was made it is stamped, ms; less the 1.5 s at most
 * that coding and a busy machine take, this is 0 for a frame that is stamped truly. And how long after that stamp it came.
 */
function stamps(feed: ReturnType<typeof testFeed>): { lateMs: number[]; onWayMs: number[] } {
  const lateMs: number[] = [];
  const onWayMs: number[] = [];
  void (async () => {
    for (let frame = await feed.next(); frame !== null; frame = await feed.next()) {
      const { width, height, takenAtMs, capturedAtMs, mat } = frame;
      const greyMat = await mat.bgrToGrayAsync();
      const grey = await greyMat.getDataAsync();
      lateMs.push(takenAtMs - madeAtMs({ grey, width, height }, takenAtMs));
      onWayMs.push(capturedAtMs - takenAtMs);
      greyMat.release();
      frame.release();
    }
  })();
  return { lateMs, onWayMs };
}
const codingMs = 1500;

/** A TCP server that answers every connection with `answer`, or not at all. */
async function answering(answer: string | null): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', () => answer !== null && socket.write(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe.skipIf(!hasRtspServer)('a real RTSP stream (needs GStreamer RTSP server)', () => {
  test('gives frames at its rate', async () => {
    const port = await freePort();
    await startRtspServer(port);
    const feed = testFeed({ kind: 'rtsp', url: `rtsp://127.0.0.1:${port}/ir` });
    const taken = take(feed);
    await waitFor(() => taken.count > 30, { what: '30 frames' });
    await waitFor(() => feed.health().fps > 15 && feed.health().fps < 25, { what: '20 frames/s' });
    expect(feed.health()).toMatchObject({
      state: 'running',
      width: 640,
      height: 360,
      problem: null,
    });
  });

  test('that dies is reported, and reopened when it is back', async () => {
    const port = await freePort();
    const server = await startRtspServer(port);
    // Opened again once: the stream of a busy server may be silent for a while after its opening.
    const url = `rtsp://127.0.0.1:${port}/ir`;
    const feed = testFeed({ kind: 'rtsp', url }, { stallAfterS: 10 });
    const taken = take(feed);
    await waitFor(() => taken.count > 5, { what: 'the first frames' });
    server.process.kill('SIGKILL');
    await waitFor(() => feed.health().problem?.includes('nothing listens'), {
      what: 'the problem',
    });
    expect(feed.health().state).toBe('failed');
    const before = taken.count;
    await startRtspServer(port);
    await waitFor(() => taken.count > before + 5, {
      what: 'frames after the return',
    });
    expect(feed.health()).toMatchObject({ state: 'running', reopened: 1, problem: null });
  });

  test('CAP-14: that falls silent has stalled, and goes on when it speaks again', async () => {
    const port = await freePort();
    const server = await startRtspServer(port);
    const url = `rtsp://127.0.0.1:${port}/ir`;
    const feed = testFeed({ kind: 'rtsp', url }, { stallAfterS: 1 });
    const taken = take(feed);
    await waitFor(() => taken.count > 5, { what: 'the first frames' });
    server.process.kill('SIGSTOP');
    await waitFor(() => feed.health().state !== 'running', { what: 'the stall' });
    expect(feed.health().problem).not.toBeNull();
    const before = taken.count;
    server.process.kill('SIGCONT');
    await waitFor(() => taken.count > before + 5, {
      what: 'frames after the stall',
    });
    await waitFor(() => feed.health().state === 'running');
  });

  test('that asks for a password plays with the right one, and says so with a wrong one', async () => {
    const port = await freePort();
    await startRtspServer(port, ['unit', 'secret']);
    const url = (password: string) => `rtsp://unit:${password}@127.0.0.1:${port}/ir`;
    const right = testFeed({ kind: 'rtsp', url: url('secret'), transport: 'udp' });
    const taken = take(right);
    await waitFor(() => taken.count > 3, { what: 'frames over UDP' });
    const wrong = testFeed({ kind: 'rtsp', url: url('mistaken') });
    take(wrong);
    await waitFor(() => wrong.health().problem?.includes('check user name, password'));
    expect(wrong.health().problem).not.toContain('mistaken');
  });

  test('that is not on the server is named', async () => {
    const port = await freePort();
    await startRtspServer(port);
    const feed = testFeed({ kind: 'rtsp', url: `rtsp://user:secret@127.0.0.1:${port}/other` });
    take(feed);
    // A busy server may not answer in time at first.
    await expect
      .poll(() => feed.health().problem)
      .toBe(`RTSP camera: 127.0.0.1:${port} has no stream at /other; check the path`);
  });
});

describe.skipIf(!hasRtspServer)(
  'no frame is stamped with a time at which it was past (CAP-7, CAP-14)',
  () => {
    test.for([
      { path: '/ir', transport: 'tcp' },
      { path: '/reordered', transport: 'tcp' },
      { path: '/reordered', transport: 'udp' },
      { path: '/jpeg', transport: 'udp' },
    ])('when $path over $transport falls silent', async ({ path, transport }) => {
      const port = await freePort();
      const server = await startRtspServer(port);
      const feed = testFeed(
        { kind: 'rtsp', url: `rtsp://127.0.0.1:${port}${path}`, transport },
        { stallAfterS: 3 },
      );
      const { lateMs } = stamps(feed);
      await waitFor(() => lateMs.length > 40, { timeoutMs: 60_000, what: 'frames' });
      server.process.kill('SIGSTOP');
      await waitFor(() => feed.health().state === 'failed', { what: 'the stall' });
      const before = lateMs.length;
      server.process.kill('SIGCONT');
      // The camera is opened again after longer and longer pauses.
      await waitFor(() => lateMs.length > before + 20, {
        timeoutMs: 60_000,
        what: 'frames after the stall',
      });
      expect(lateMs.filter((ms) => ms > codingMs)).toEqual([]);
    });

    test('CAP-14: when the camera makes none for a while, then goes on', async () => {
      const port = await freePort();
      const server = await startRtspServer(port);
      const feed = testFeed(
        { kind: 'rtsp', url: `rtsp://127.0.0.1:${port}/reordered` },
        { stallAfterS: 8 },
      );
      const { lateMs, onWayMs } = stamps(feed);
      await waitFor(() => lateMs.length > 40, { what: 'frames' });
      server.pause();
      await waitFor(() => feed.heldMs > 3000, { what: 'the silence' });
      const before = lateMs.length;
      server.resume();
      await waitFor(() => lateMs.length > before + 20, { what: 'frames after the silence' });
      expect(lateMs.filter((ms) => ms > codingMs)).toEqual([]);
      // The decoder gave the frames from before the silence only after it: they are read, as of then.
      expect(feed.health()).toMatchObject({ reopened: 0 });
      expect(Math.max(...onWayMs)).toBeGreaterThan(2000);
    });

    test('CAP-14: when the network stands still, then brings what waited', async () => {
      const port = await freePort();
      await startRtspServer(port);
      const link = await openDelayedLink(port);
      const feed = testFeed(
        { kind: 'rtsp', url: `rtsp://127.0.0.1:${link.port}/ir` },
        { stallAfterS: 8 },
      );
      const { lateMs, onWayMs } = stamps(feed);
      await waitFor(() => lateMs.length > 40, { what: 'frames' });
      link.standStill();
      await waitFor(() => feed.heldMs > 3000, { what: 'the standstill' });
      const before = lateMs.length;
      link.goOn();
      await waitFor(() => lateMs.length > before + 20, { what: 'frames after the standstill' });
      await waitFor(() => (onWayMs.at(-1) ?? 0) < 1000, { what: 'frames as they are taken' });
      expect(lateMs.filter((ms) => ms > codingMs)).toEqual([]);
      // What waited on the way is read as of when it was taken, until the camera has caught up.
      expect(onWayMs.slice(before).filter((ms) => ms > 1000).length).toBeGreaterThan(20);
      expect(feed.health()).toMatchObject({ reopened: 0, problem: null });
    });
  },
);

describe('an RTSP address where no camera is', () => {
  test('without a listener', async () => {
    const port = await freePort();
    const feed = testFeed({ kind: 'rtsp', url: `rtsp://user:secret@127.0.0.1:${port}/ir` });
    take(feed);
    await waitFor(() => feed.health().state === 'failed');
    expect(feed.health().problem).toContain(`127.0.0.1:${port} refuses`);
    expect(feed.health().problem).not.toContain('secret');
  });

  test('that speaks another language', async () => {
    const port = await answering('HTTP/1.1 400 Bad Request\r\n\r\n');
    const feed = testFeed({ kind: 'rtsp', url: `rtsp://127.0.0.1:${port}/ir` });
    take(feed);
    await waitFor(() => feed.health().problem?.includes('does not speak RTSP'));
  });

  test('that never answers holds nothing up', async () => {
    const port = await answering(null);
    const url = `rtsp://127.0.0.1:${port}/ir`;
    const feed = testFeed({ kind: 'rtsp', url }, { stallAfterS: 10 });
    take(feed);
    let longestMs = 0;
    let lastMs = performance.now();
    const tick = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - lastMs);
      lastMs = performance.now();
    }, 10);
    onTestFinished(() => clearInterval(tick));
    await waitFor(() => feed.health().problem?.includes('does not answer'));
    // Asking on this thread would hold it for the ten seconds of the stall time.
    expect(longestMs).toBeLessThan(5000);
  });
});
