import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { provePosition } from '../../src/diagnostics/prove-position.ts';
import { holdersOfDevice } from '../../src/platform/holders.ts';
import { installed, type PtyPair, ptyPair } from '../position/pty-pair.ts';
import { moment, voidMoment } from '../position/sentences.ts';
import { freePort } from '../support/free-port.ts';
import { isListening } from '../support/is-listening.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

/** The finding as a sentence, what is wrong before what to do. */
async function proof(source: object, patience: { fixMs?: number; sentenceMs?: number } = {}) {
  const { config } = loadConfig({ flags: [`position.source=${JSON.stringify(source)}`] });
  const { path = '' } = source as { path?: string };
  const { findings, clockOffsetMs } = await provePosition(config, {
    // socat keeps both ends of its pair open.
    holders: holdersOfDevice(path).filter(({ program }) => program !== 'socat'),
    patience: { sentenceMs: 15_000, fixMs: 20_000, clockMs: 20_000, ...patience },
  });
  const [finding] = findings;
  expect(findings).toHaveLength(1);
  const { result, says, advice } = finding ?? { result: '', says: '', advice: '' };
  return { line: `${result} ${says} ${advice}`.trim(), clockOffsetMs };
}

const two = (value: number) => String(value).padStart(2, '0');

/** The time as a receiver tells it, `hhmmss.ss` and `ddmmyy`. */
function timeOf(atMs: number): { time: string; date: string } {
  const at = new Date(atMs);
  const seconds = `${two(at.getUTCSeconds())}.${two(Math.floor(at.getUTCMilliseconds() / 10))}`;
  return {
    time: `${two(at.getUTCHours())}${two(at.getUTCMinutes())}${seconds}`,
    date: `${two(at.getUTCDate())}${two(at.getUTCMonth() + 1)}${two(at.getUTCFullYear() % 100)}`,
  };
}

/** A receiver that sends until the test ends. */
function sending(pty: PtyPair, sentences: () => string[] | Uint8Array): void {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  void (async () => {
    while (!ending.signal.aborted) {
      const what = sentences();
      const data = Array.isArray(what) ? what.map((line) => `${line}\r\n`).join('') : what;
      await pty.send(data).catch(() => {});
      await wait(100);
    }
  })();
}

const now = () => {
  const { time, date } = timeOf(Date.now());
  return moment(time, { date });
};
const speedOf = ({ path }: PtyPair) =>
  execFileSync('stty', ['-F', path, 'speed'], { encoding: 'ascii' }).trim();

test('a surveyed point is said, and no receiver is asked', async () => {
  const source = { kind: 'fixed', latitude: 38.1, longitude: -122.25, bearingDeg: 90 };
  expect((await proof(source)).line).toMatch(/^ok surveyed point 38\.1, -122\.25, .* 90°/);
});

test('a path that is no serial port is found without a wait', async () => {
  expect((await proof({ kind: 'serial', path: '/dev/null' })).line).toMatch(
    /^failure \/dev\/null is not a serial port/,
  );
});

describe.skipIf(!installed('socat'))('a receiver on a serial port (socat)', () => {
  test('its sentences, its fix and its time are seen, and its place is not told', async () => {
    const pty = await ptyPair(temporaryFolder());
    sending(pty, now);
    const { line, clockOffsetMs } = await proof({ kind: 'serial', path: pty.path, baud: 9600 });
    expect(line).toMatch(/^ok \d+ sentences at 9600 baud, a 3D fix by 9 satellites, HDOP 1\.1$/);
    expect(line).not.toMatch(/34\.|117/);
    expect(Math.abs(clockOffsetMs ?? Number.NaN)).toBeLessThan(60_000);
  });

  test('one without a fix is not ok', async () => {
    const pty = await ptyPair(temporaryFolder());
    sending(pty, () => voidMoment(timeOf(Date.now()).time));
    const { line } = await proof({ kind: 'serial', path: pty.path, baud: 4800 }, { fixMs: 500 });
    expect(line).toMatch(/^warning \d+ sentences? at 4800 baud, but no fix within \d+ s Give the/);
  });

  test('a baud rate that is not the receiver’s is named with the right one', async () => {
    const pty = await ptyPair(temporaryFolder());
    // The far end speaks 9600: at any other setting of the port only garbage arrives.
    sending(pty, () => (speedOf(pty) === '9600' ? now() : Uint8Array.of(0xf0, 0x0f, 0x83, 0x0a)));
    const source = { kind: 'serial', path: pty.path, baud: 38_400 };
    expect((await proof(source, { sentenceMs: 6000 })).line).toMatch(
      /^failure the receiver sends at 9600 baud, and position\.source\.baud is 38400 Set/,
    );
  }, 60_000);

  test('a receiver that is silent is not ok', async () => {
    const pty = await ptyPair(temporaryFolder());
    const source = { kind: 'serial', path: pty.path, baud: 'auto' };
    expect((await proof(source, { sentenceMs: 500 })).line).toMatch(
      /^failure .*receiver: no sentence came Check the receiver/,
    );
  });

  test('a date that lost count of GPS weeks is named', async () => {
    const pty = await ptyPair(temporaryFolder());
    sending(pty, () => {
      const { time, date } = timeOf(Date.now() - 1024 * 7 * 86_400_000);
      return moment(time, { date });
    });
    const { line, clockOffsetMs } = await proof({ kind: 'serial', path: pty.path, baud: 4800 });
    expect(line).toMatch(
      /^warning .* a 3D fix; the receiver's date is 1 × 1024 weeks behind .*Update its firmware/,
    );
    expect(clockOffsetMs).toBeNull();
  });

  test('the program that holds the port is named with its process', async () => {
    const pty = await ptyPair(temporaryFolder());
    sending(pty, now);
    const holder = spawn('sleep', ['600'], { stdio: [(await open(pty.path, 'r+')).fd, 'ignore'] });
    onTestFinished(() => void holder.kill());
    await once(holder, 'spawn');
    const { line } = await proof({ kind: 'serial', path: pty.path, baud: 4800 });
    expect(line).toContain('is in use by ');
    expect(line).toContain(`sleep (process ${holder.pid})`);
  });

  test.skipIf(!installed('gpsd'))(
    'gpsd: a fix through it; without a receiver; and where it holds the port',
    async () => {
      const pty = await ptyPair(temporaryFolder());
      chmodSync(pty.path, 0o666);
      sending(pty, now);
      const start = async (...devices: string[]) => {
        const port = await freePort();
        const control = ['-F', `${temporaryFolder()}/control`];
        const gpsd = spawn('gpsd', ['-N', '-n', '-b', '-S', String(port), ...control, ...devices]);
        onTestFinished(async () => {
          if (gpsd.exitCode !== null) return;
          const gone = once(gpsd, 'exit');
          gpsd.kill();
          await gone;
        });
        await waitFor(() => isListening(port), { what: 'gpsd' });
        return { port, pid: gpsd.pid };
      };
      const { port: bare } = await start();
      expect((await proof({ kind: 'gpsd', port: bare })).line).toMatch(
        /^failure gpsd on 127\.0\.0\.1:\d+ has no receiver See DEVICES in \/etc\/default\/gpsd/,
      );
      const { port, pid } = await start(pty.path);
      expect((await proof({ kind: 'gpsd', port, device: pty.path })).line).toMatch(
        /^ok \d+ messages, a 3D fix/,
      );
      expect((await proof({ kind: 'serial', path: pty.path })).line).toMatch(
        new RegExp(`^failure .* is in use by gpsd \\(process ${pid}\\) Set position\\.source to`),
      );
    },
    90_000,
  );
});

test('a gpsd that does not run is found at once', async () => {
  expect((await proof({ kind: 'gpsd', port: await freePort() })).line).toMatch(
    /^failure gpsd on 127\.0\.0\.1:\d+: nothing listens there/,
  );
});
