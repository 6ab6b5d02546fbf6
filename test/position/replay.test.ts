import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { positionSection } from '../../src/config/sections/position.ts';
import { createLog } from '../../src/platform/log.ts';
import { loadDrive } from '../../src/position/drive-log.ts';
import { createPosition } from '../../src/position/position.ts';
import { burstsOf, restamped } from '../../src/position/replay-log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { moment, nmea } from './sentences.ts';

const log = createLog({ level: 'silent' });
const driveLog = join(import.meta.dirname, '../../fixtures/drive/drive.nmea');
const startAtMs = Date.parse('2026-03-14T13:40:12.000Z');

describe('the whole log of a drive', () => {
  it('answers for any moment by its own times', async () => {
    const drive = await loadDrive(driveLog, { staleAfterS: 3 });
    const at = (s: number) => drive.fixAt(startAtMs + s * 1000);
    expect(at(0)).toMatchObject({ quality: 'fix-3d', ageMs: 0, source: 'replay' });
    expect(at(2.4)).toMatchObject({ ageMs: 400, fixedAtMs: startAtMs + 2000 });
    expect(at(2.4).speedMps).toBeCloseTo(9, 0);
    expect(at(15)).toMatchObject({ quality: 'fix-3d', courseDeg: null });
    expect(at(15).speedMps).toBeLessThan(0.2);
    expect(at(-1)).toMatchObject({ quality: 'none', ageMs: null });
    expect(drive.health()).toMatchObject({ rejected: 0, state: 'fixed' });
  });

  it('has no fix in the tunnel and one behind it', async () => {
    const drive = await loadDrive(driveLog, { staleAfterS: 3 });
    const kinds = Array.from({ length: 63 }, (_, s) => drive.fixAt(startAtMs + s * 1000));
    const lost = kinds.findIndex((fix) => fix.quality === 'none');
    expect(lost).toBeGreaterThan(29);
    expect(lost).toBeLessThan(37);
    expect(kinds[lost]).toMatchObject({ latitude: null, ageMs: 4000 });
    expect(kinds.slice(40).every((fix) => fix.quality === 'fix-3d')).toBe(true);
  });

  it('is refused with its name when it is missing or holds no dated fix', async () => {
    const path = join(temporaryFolder(), 'log.nmea');
    await expect(loadDrive(path, { staleAfterS: 3 })).rejects.toThrow(
      `${path}: the NMEA log cannot`,
    );
    writeFileSync(path, 'nothing of use\n');
    await expect(loadDrive(path, { staleAfterS: 3 })).rejects.toThrow(
      `${path}: no fix with a date`,
    );
  });
});

describe('a log that is played', () => {
  /** A tenth of a second between moments, so that a test need not wait long. */
  function shortLog(): string {
    const path = join(temporaryFolder(), 'short.nmea');
    const lines = ['134012.00', '134012.10', '134012.20', '134012.30'].flatMap((time) =>
      moment(time),
    );
    writeFileSync(path, lines.join('\r\n'));
    return path;
  }

  async function playing(source: { path: string; restamp?: boolean; loop?: boolean }) {
    const config = positionSection.parse({ source: { kind: 'replay', ...source } });
    const position = createPosition(config, { log });
    onTestFinished(() => position[Symbol.asyncDispose]());
    await position.start(new AbortController().signal);
    return position;
  }

  it('keeps the pace and the times of the log', async () => {
    const path = shortLog();
    const began = performance.now();
    const position = await playing({ path });
    await waitFor(
      () => position.health().problem?.includes('the end of the log was reached') === true,
    );
    expect(performance.now() - began).toBeGreaterThan(250);
    const fix = position.fixAt(startAtMs + 305);
    expect(fix).toMatchObject({ quality: 'fix-3d', fixedAtMs: startAtMs + 300, ageMs: 5 });
    expect(position.health().clockOffsetMs).toBeNull();
  });

  it('says the present time when asked to', async () => {
    const position = await playing({ path: shortLog(), restamp: true, loop: true });
    await waitFor(() => position.health().clockOffsetMs !== null);
    const now = Date.now();
    const fix = position.fixAt(now);
    expect(fix.quality).toBe('fix-3d');
    // Older than three seconds would be no fix.
    expect(Math.abs(now - (fix.fixedAtMs ?? 0))).toBeLessThanOrEqual(3000);
    expect(Math.abs(position.health().clockOffsetMs ?? 1e9)).toBeLessThan(50);
  });

  it('that is missing is a state with a reason', async () => {
    const position = await playing({ path: '/nowhere/log.nmea' });
    await waitFor(() => position.health().problem !== null);
    expect(position.health().problem).toContain('/nowhere/log.nmea');
    expect(position.health().state).toBe('searching');
  });
});

describe('the lines of a log', () => {
  it('go together by their time, over midnight too', () => {
    const lines = [...moment('235959.00'), ...moment('000000.50'), nmea('GNVTG,,,,,,,,,N')];
    const bursts = burstsOf(lines);
    expect(bursts.map((burst) => burst.afterMs)).toEqual([0, 1500]);
    expect(bursts[1]?.lines).toHaveLength(4);
  });

  it('are rewritten to another time with a right checksum', () => {
    const nowMs = Date.UTC(2027, 11, 31, 23, 59, 58, 250);
    expect(restamped(nmea('GNZDA,134012.00,14,03,2026,00,00'), nowMs)).toBe(
      nmea('GNZDA,235958.25,31,12,2027,00,00'),
    );
    expect(restamped(nmea('GNRMC,134012.00,V,,,,,,,140326,,,N'), nowMs)).toBe(
      nmea('GNRMC,235958.25,V,,,,,,,311227,,,N'),
    );
    const untimed = nmea('GNVTG,84.0,T,,M,17.53,N,32.46,K,A');
    expect(restamped(untimed, nowMs)).toBe(untimed);
  });
});

describe('a place that does not move', () => {
  it('is the surveyed one on a pole, and none where there is no source (CAP-4)', () => {
    const source = { kind: 'fixed', latitude: 34.9, longitude: -117.02, bearingDeg: 270 };
    const pole = createPosition(positionSection.parse({ source }), { log });
    expect(pole.fixAt(0)).toMatchObject({ quality: 'surveyed', latitude: 34.9, ageMs: 0 });
    const none = createPosition(positionSection.parse({}), { log });
    expect(none.fixAt(0)).toMatchObject({ quality: 'none', latitude: null, source: 'none' });
    expect(none.health().state).toBe('off');
  });
});
