import { execFileSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { positionSection } from '../../src/config/sections/position.ts';
import { createLog } from '../../src/platform/log.ts';
import type { Position } from '../../src/position/fix.ts';
import { createFedPosition, createPosition } from '../../src/position/position.ts';
import { createSerialFeed } from '../../src/position/serial-feed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { installed, ptyPair } from './pty-pair.ts';
import { moment, nmea, voidMoment } from './sentences.ts';

const log = createLog({ level: 'silent' });
const now = Date.UTC(2026, 2, 14, 13, 40, 12);

/** Starts a position whose clock a test can turn; ends with the test. */
async function started(make: (clock: () => number) => Position) {
  const time = { ms: now };
  const position = make(() => time.ms);
  onTestFinished(() => position[Symbol.asyncDispose]());
  await position.start(new AbortController().signal);
  return { position, time };
}

/** A feed with little patience, so that what takes ten seconds on the road takes one here. */
function impatient(
  path: string,
  baud: number | 'auto',
  times: { probeMs?: number; silentMs?: number },
) {
  return (clock: () => number) =>
    createFedPosition({
      feed: createSerialFeed({ path, baud, clock, log, ...times }),
      source: 'nmea',
      timeBy: 'received',
      staleAfterMs: 3000,
      clock,
    });
}

const text = (...sentences: string[]) => sentences.map((line) => `${line}\r\n`).join('');

describe.skipIf(!installed('socat'))('a receiver on a serial port (socat)', () => {
  it('gives fixes, and says how it is (CAP-4)', async () => {
    const pty = await ptyPair(temporaryFolder());
    const config = positionSection.parse({
      source: { kind: 'serial', path: pty.path, baud: 9600 },
    });
    const { position, time } = await started((clock) => createPosition(config, { log, clock }));
    expect(position.health()).toMatchObject({ state: 'searching' });
    await waitFor(async () => {
      await pty.send(text(...moment('134012.00')));
      return position.health().sentences > 0;
    });
    // Opening the port throws away what lies in it, if need be to the middle of a line.
    const { rejected } = position.health();
    await waitFor(async () => {
      await pty.send(text(...moment('134012.00')));
      const { quality, courseDeg } = position.fixAt(now);
      return quality === 'fix-3d' && courseDeg !== null;
    });
    const fix = position.fixAt(now);
    expect(fix).toMatchObject({ quality: 'fix-3d', source: 'nmea', ageMs: 0, courseDeg: 84 });
    expect(fix.latitude).toBeCloseTo(34.896205, 6);
    expect(position.health()).toMatchObject({ baud: 9600, rejected, problem: null });
    time.ms += 5000;
    expect(position.health().state).toBe('stale');
    expect(position.fixAt(time.ms)).toMatchObject({ quality: 'none', ageMs: 5000 });
  });

  it('with a date that is 1024 weeks back gives the right one, and says so', async () => {
    const pty = await ptyPair(temporaryFolder());
    const { position } = await started(impatient(pty.path, 4800, {}));
    await waitFor(async () => {
      await pty.send(text(...moment('134012.00', { date: '290706' })));
      return position.fixAt(now).fixedAtMs !== null;
    });
    expect(new Date(position.fixAt(now).fixedAtMs ?? 0).toISOString()).toBe(
      '2026-03-14T13:40:12.000Z',
    );
    expect(position.health()).toMatchObject({
      weekCycles: -1,
      clockOffsetMs: null,
      problem: expect.stringContaining('1 × 1024 weeks behind'),
    });
  });

  it('at 0°, 0° without satellites has no fix, and says so', async () => {
    const pty = await ptyPair(temporaryFolder());
    const { position } = await started(impatient(pty.path, 4800, {}));
    await waitFor(async () => {
      await pty.send(text(nmea('GPGGA,134012.00,0000.0000,N,00000.0000,E,1,00,99.9,0,M,,M,,')));
      return position.health().refusedFixes > 0;
    });
    expect(position.fixAt(now)).toMatchObject({ quality: 'none', latitude: null });
    expect(position.health()).toMatchObject({
      state: 'searching',
      problem: expect.stringContaining('0°, 0°'),
    });
  });

  it('reads on through noise, torn lines and wrong checksums, and counts them', async () => {
    const pty = await ptyPair(temporaryFolder());
    const { position, time } = await started(impatient(pty.path, 4800, {}));
    await waitFor(async () => {
      await pty.send(text(...moment('134012.00', { latitude: '3453.1000' })));
      return position.health().state === 'fixed';
    });
    const [gga = '', rmc = '', gsa = ''] = moment('134013.00', { latitude: '3453.1100' });
    time.ms += 1000;
    const before = position.health().rejected;
    await pty.send(Uint8Array.from({ length: 9000 }, (_, i) => (i * 7919) % 251 || 1));
    await pty.send(text('', gga.replace('3453.11', '3454.11'), rmc.slice(0, 31)));
    await pty.send(`$GNGGA,1340${text(rmc)}`);
    await pty.send(text(gsa));
    await waitFor(() => position.fixAt(time.ms).ageMs === 0, { what: 'the fix behind the noise' });
    expect(position.fixAt(time.ms).latitude).toBeCloseTo(34 + 53.11 / 60, 7);
    expect(position.health().rejected - before).toBeGreaterThanOrEqual(2);
  });

  it('whose sentences have no checksum has no fix, and says why', async () => {
    const pty = await ptyPair(temporaryFolder());
    const { position } = await started(impatient(pty.path, 4800, { silentMs: 500 }));
    await waitFor(async () => {
      await pty.send(text(...moment('134012.00')).replace(/\*../g, ''));
      return position.health().problem?.includes('no checksum') === true;
    });
    expect(position.fixAt(now)).toMatchObject({ quality: 'none', latitude: null });
    await waitFor(async () => {
      await pty.send(text(...moment('134012.00')));
      return position.health().state === 'fixed';
    });
    expect(position.health().problem).toBeNull();
  });

  it('has no fix while the receiver has none', async () => {
    const pty = await ptyPair(temporaryFolder());
    const { position } = await started(impatient(pty.path, 4800, {}));
    await waitFor(async () => {
      await pty.send(text(...voidMoment('134012.00')));
      return position.health().sentences > 0;
    });
    expect(position.fixAt(now)).toMatchObject({ quality: 'none', latitude: null, ageMs: null });
    expect(position.health()).toMatchObject({ state: 'searching', problem: null });
  });

  it('comes back after the receiver was pulled and plugged in again', async () => {
    const folder = temporaryFolder();
    const first = await ptyPair(folder);
    const { position, time } = await started(impatient(first.path, 4800, {}));
    await waitFor(async () => {
      await first.send(text(...moment('134012.00')));
      return position.health().state === 'fixed';
    });
    await first.unplug();
    time.ms += 4000;
    await waitFor(() => position.health().state === 'lost', { what: 'the loss' });
    expect(position.health().problem).toContain(first.path);
    expect(position.fixAt(time.ms)).toMatchObject({ quality: 'none', ageMs: 4000 });
    const second = await ptyPair(folder);
    await waitFor(async () => {
      await second.send(text(...moment('134016.00')));
      return position.health().state === 'fixed';
    });
    expect(position.fixAt(time.ms)).toMatchObject({ quality: 'fix-3d', ageMs: 0 });
    expect(position.health().problem).toBeNull();
  });

  it('finds the baud rate by listening', async () => {
    const pty = await ptyPair(temporaryFolder());
    const { position } = await started(impatient(pty.path, 'auto', { probeMs: 2000 }));
    const speed = () =>
      execFileSync('stty', ['-F', pty.path, 'speed'], { encoding: 'ascii' }).trim();
    await waitFor(() => speed() === '4800', { what: 'the first rate' });
    // The far end speaks 38400: at any other setting of the port only garbage arrives.
    await waitFor(async () => {
      await pty.send(speed() === '38400' ? text(...moment('134012.00')) : '\x80\xfe\x03~\n');
      return position.health().state === 'fixed';
    });
    expect(position.health()).toMatchObject({ baud: 38_400 });
    expect(position.health().rejected).toBeGreaterThan(0);
  });

  it('reopens the port when it falls silent, and says what to check', async () => {
    const pty = await ptyPair(temporaryFolder());
    const { position, time } = await started(impatient(pty.path, 4800, { silentMs: 500 }));
    await waitFor(async () => {
      await pty.send(text(...moment('134012.00')));
      return position.health().state === 'fixed';
    });
    time.ms += 10_000;
    await waitFor(() => position.health().problem?.includes('no valid sentence') === true);
    await waitFor(async () => {
      await pty.send(text(...moment('134022.00')));
      return position.health().state === 'fixed';
    });
  });
});

describe('a receiver that is not there', () => {
  it('is a state with a reason, and ends at once with the unit', async () => {
    const path = `${temporaryFolder()}/ttyUSB9`;
    const config = positionSection.parse({ source: { kind: 'serial', path } });
    const position = createPosition(config, { log });
    await position.start(new AbortController().signal);
    await waitFor(() => position.health().problem !== null);
    expect(position.health()).toMatchObject({ state: 'searching', baud: null });
    expect(position.health().problem).toContain(`${path}: cannot be opened`);
    await position[Symbol.asyncDispose]();
  });

  it('ends with the signal too', async () => {
    const feed = createSerialFeed({ path: '/nowhere/gps', baud: 4800, clock: Date.now, log });
    const ending = new AbortController();
    const running = feed.run(() => {}, ending.signal);
    ending.abort();
    await running;
    expect(feed.status().connected).toBe(false);
  });
});
