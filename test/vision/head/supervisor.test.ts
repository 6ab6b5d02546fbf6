import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { hasRtspServer, startRtspServer } from '../../support/rtsp-server.ts';
import { waitFor } from '../../support/wait-for.ts';
import { renderNumberedClip } from '../capture/numbered-clip.ts';
import { startTestHead } from './test-head.ts';

let clip: string;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lookout-test-'));
  clip = await renderNumberedClip(join(folder, 'clip.mp4'), { frames: 20, fps: 20 });
  return () => rmSync(folder, { recursive: true });
});
const looped = () => ({ kind: 'video', path: clip, loop: true });
/** Not one frame is left out, however busy the machine is. */
const inOrder = () => ({ ...looped(), pace: 'fastest' });

/** A process that has ended and that nobody has waited for yet is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('a head decodes with the library that scripts/setup builds for it', async () => {
  const { supervisor } = await startTestHead({ ir: looped() });
  const { pid } = supervisor.status();
  await waitFor(() => readFileSync(`/proc/${pid}/maps`, 'utf8').includes('decoder-threads.so'), {
    what: 'the library among those of the head',
  });
});

describe('a head that fails', () => {
  test('by a crash comes back; the vehicles in view end with its last word', async () => {
    const { supervisor, reports, states } = await startTestHead({ ir: looped() });
    const first = await waitFor(() => reports.length > 2 && supervisor.status().pid);
    process.kill(Number(first), 'SIGKILL');
    await waitFor(() => reports.some((report) => report.phase === 'ended'), {
      what: 'the last word',
    });
    const ended = reports.find((report) => report.phase === 'ended');
    const before = reports.findLast(
      (report) => report.phase === 'update' && report.id === ended?.id,
    );
    expect(ended).toMatchObject({ id: before?.id, consensus: before?.consensus });
    expect(ended?.sequence).toBe((before?.sequence ?? 0) + 1);
    expect(ended?.images).toEqual(before?.images);
    await waitFor(() => reports.some((report) => report.id !== before?.id), { what: 'new frames' });
    expect(states).toEqual(['starting', 'running', 'restarting', 'starting', 'running']);
    expect(supervisor.status()).toMatchObject({ state: 'running', restarts: 1, problem: null });
    expect(supervisor.status().pid).not.toBe(first);
  });

  test('by an inference that never ends is replaced', async () => {
    const { supervisor, states } = await startTestHead({
      ir: looped(),
      behaviour: 'wedge 5',
      heads: { wedgedAfterS: 1, restart: { firstDelayMs: 500, maxDelayMs: 500 } },
    });
    await waitFor(() => states.includes('restarting'), { what: 'the restart' });
    expect(supervisor.status().problem).toBe(
      "the head's process ended (reading one frame took longer than 1 s)",
    );
    await waitFor(() => supervisor.status().restarts > 0);
  });

  test('by hanging whole is replaced', async () => {
    const { supervisor, states } = await startTestHead({
      ir: inOrder(),
      behaviour: 'freeze 5',
      heads: { unresponsiveAfterS: 2, restart: { firstDelayMs: 500, maxDelayMs: 500 } },
    });
    await waitFor(() => states.includes('restarting'), { what: 'the restart' });
    expect(supervisor.status().problem).toBe("the head's process ended (was silent for 2 s)");
  });

  test('again and again is slowed and still tried', async () => {
    const { supervisor, states } = await startTestHead({
      ir: looped(),
      behaviour: 'crash',
      heads: { restart: { firstDelayMs: 10, maxDelayMs: 50, budget: 1, windowS: 600 } },
    });
    await waitFor(() => supervisor.status().restarts >= 2);
    await waitFor(() => supervisor.status().pid === null, { what: 'the next crash' });
    expect(supervisor.status()).toMatchObject({
      state: 'slowed',
      problem: "the head's process ended (exit code 1)",
    });
    expect(states.filter((state) => state === 'restarting')).toHaveLength(1);
  });

  test('by refusing its models is not tried again', async () => {
    const { supervisor, states } = await startTestHead({ ir: looped(), behaviour: 'refuse' });
    await waitFor(() => supervisor.status().state === 'failed');
    expect(supervisor.status()).toMatchObject({
      pid: null,
      restarts: 0,
      problem: 'models/detector.onnx: is not the model meant',
    });
    expect(states).toEqual(['starting', 'failed']);
  });
});

describe.skipIf(!hasRtspServer)('a camera that dies (needs GStreamer RTSP server)', () => {
  test('leaves the head alive and is shown; its return is taken up', {
    timeout: 120_000,
  }, async () => {
    const port = await freePort();
    const server = await startRtspServer(port);
    const { supervisor, reports } = await startTestHead({
      ir: { kind: 'rtsp', url: `rtsp://127.0.0.1:${port}/ir` },
      head: { stallAfterS: 1 },
    });
    await waitFor(() => reports.length > 2, { what: 'frames' });
    const { pid } = supervisor.status();
    server.process.kill('SIGKILL');
    await waitFor(() => supervisor.status().problem?.includes('nothing listens'), {
      what: 'the problem',
    });
    expect(supervisor.status()).toMatchObject({
      state: 'running',
      health: { ir: { state: 'failed' } },
    });
    await waitFor(() => reports.at(-1)?.phase === 'ended', { what: 'the end of what was in view' });
    const before = reports.length;
    await startRtspServer(port);
    await waitFor(() => reports.length > before + 3, {
      what: 'frames after the return',
    });
    // Frames that a busy machine passed over at the return are told for a minute.
    await waitFor(() => supervisor.status().problem === null, {
      timeoutMs: 70_000,
      what: 'the end of the problem',
    });
    expect(supervisor.status()).toMatchObject({ pid, restarts: 0 });
  });
});

describe('the end of a head', () => {
  test.skipIf(!hasRtspServer)('while its camera is silent takes no longer', async () => {
    const port = await freePort();
    const server = await startRtspServer(port);
    const { supervisor, reports } = await startTestHead({
      ir: { kind: 'rtsp', url: `rtsp://127.0.0.1:${port}/ir` },
      head: { stallAfterS: 8 },
    });
    await waitFor(() => reports.length > 2, { what: 'frames' });
    const { pid } = supervisor.status();
    server.process.kill('SIGSTOP');
    await waitFor(
      () => Date.now() - (supervisor.status().health?.ir.lastFrameAtMs ?? Infinity) > 1000,
      { what: 'the silence' },
    );
    const started = performance.now();
    await supervisor[Symbol.asyncDispose]();
    // After four seconds it would be killed.
    expect(performance.now() - started).toBeLessThan(3900);
    expect(reports.at(-1)?.phase).toBe('ended');
    expect(isAlive(Number(pid))).toBe(false);
  });

  test('by the daemon: vehicles in view are reported, the process is gone', async () => {
    const { supervisor, reports } = await startTestHead({ ir: looped() });
    await waitFor(() => reports.length > 2);
    const { pid } = supervisor.status();
    const started = performance.now();
    await supervisor[Symbol.asyncDispose]();
    expect(performance.now() - started).toBeLessThan(3900);
    expect(reports.at(-1)?.phase).toBe('ended');
    expect(isAlive(Number(pid))).toBe(false);
  });

  test('by the daemon also when it hangs', async () => {
    const { supervisor, reports } = await startTestHead({ ir: inOrder(), behaviour: 'freeze 5' });
    await waitFor(() => reports.length >= 5);
    const { pid } = supervisor.status();
    await supervisor[Symbol.asyncDispose]();
    expect(isAlive(Number(pid))).toBe(false);
  });

  test('by itself when the daemon is killed', async () => {
    const parent = spawn(
      process.execPath,
      [fileURLToPath(new URL('./parent.ts', import.meta.url)), clip],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    onTestFinished(() => {
      parent.kill('SIGKILL');
    });
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await waitFor(() => !isAlive(pid), { what: 'the end of the head' });
  });
});

test('a head that runs flat out costs the daemon little', async () => {
  const { reports } = await startTestHead({ ir: inOrder() });
  await waitFor(() => reports.length > 0, { what: 'the first frame' });
  const [before, used] = [reports.length, process.cpuUsage()];
  await waitFor(() => reports.length > before + 100, { what: '100 frames' });
  const { user, system } = process.cpuUsage(used);
  // Processor time, as a busy machine makes the clock's time say nothing; scripts/bench/head.ts has that.
  expect((user + system) / 1000 / (reports.length - before)).toBeLessThan(10);
});

test('CAP-13: a head that is suspended reports nothing until it may look again, also one that starts anew', async () => {
  const { supervisor, reports } = await startTestHead({ ir: looped() });
  await waitFor(() => reports.length > 2);
  supervisor.suspend(true);
  await waitFor(() => reports.at(-1)?.phase === 'ended', {
    what: 'the end of the vehicles in view',
  });
  const before = reports.length;
  const framesTaken = () => supervisor.status().health?.ir.framesTaken ?? 0;
  const takenBefore = framesTaken();
  await waitFor(() => framesTaken() > takenBefore + 20, { what: 'frames that nobody looks at' });
  const { pid } = supervisor.status();
  process.kill(Number(pid), 'SIGKILL');
  await waitFor(() => supervisor.status().pid !== pid && framesTaken() > 20, {
    what: 'frames of the next process',
  });
  expect(reports).toHaveLength(before);
  supervisor.suspend(false);
  await waitFor(() => reports.length > before, { what: 'a report' });
});
