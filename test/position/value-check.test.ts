import exifr from 'exifr';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fixSchema } from '../../src/position/fix.ts';
import { createFixKeeper } from '../../src/position/fix-keeper.ts';
import { createNmeaLines } from '../../src/position/nmea-lines.ts';
import { withEvidence } from '../../src/records/evidence-exif.ts';
import { moment, nmea } from './sentences.ts';

const dayMs = 86_400_000;
const t0 = Date.UTC(2026, 10, 29, 9, 6, 0);

/** A live receiver whose sentences come by a clock of our choosing, seconds after t0. */
function receiver(options: { isClockSure?: boolean; clockMs?: number } = {}) {
  const { isClockSure = false, clockMs = t0 } = options;
  let sinceBootMs = 0;
  const keeper = createFixKeeper({
    source: 'nmea',
    staleAfterMs: 3000,
    timeBy: 'received',
    isClockSure: () => isClockSure,
    sinceBootMs: () => sinceBootMs,
  });
  const lines = createNmeaLines();
  return {
    keeper,
    says(atS: number, ...sentences: string[]) {
      sinceBootMs = atS * 1000;
      for (const line of sentences) lines.take(line, clockMs + atS * 1000, keeper.add);
    },
    at: (atS: number) => keeper.fixAt(clockMs + atS * 1000),
    clockOffset: () => keeper.clockOffsetAt(clockMs + sinceBootMs),
  };
}

const place = '3453.7723,N,11701.8663,W';
const gga = (fields: string, time = '120001') => nmea(`GPGGA,${time},${fields}`);
const rmc = (speed: string, date = '291126', time = '120001') =>
  nmea(`GPRMC,${time},A,${place},${speed},84.0,${date},,,A`);

describe('a fix that cannot be true counts as none', () => {
  it.each([
    ['0°, 0°', gga('0000.0000,N,00000.0000,E,1,09,1.1,10,M,,M,,')],
    ['0°, 0° in the other quarter', gga('0000.0000,S,00000.0000,W,1,09,1.1,10,M,,M,,')],
    ['beside 0°, 0°', gga('0000.3000,N,00000.1000,E,2,09,1.1,10,M,,M,,')],
    ['no satellites', gga(`${place},1,00,1.1,641.2,M,,M,,`)],
    ['no satellites, differential', gga(`${place},2,00,1.1,641.2,M,,M,,`)],
    ['two satellites', gga(`${place},1,02,1.1,641.2,M,,M,,`)],
    ['HDOP 99.9', gga(`${place},1,07,99.9,641.2,M,,M,,`)],
    ['HDOP 50', gga(`${place},4,07,50.0,641.2,M,,M,,`)],
    ['HDOP beyond any', gga(`${place},1,07,1e20,641.2,M,,M,,`)],
    ['GNS without satellites', nmea(`GNGNS,120001,${place},AA,00,1.1,641.2,-31.2,,`)],
  ])('%s', (_, sentence) => {
    const { says, at, keeper } = receiver();
    says(1, sentence);
    expect(at(1)).toMatchObject({ quality: 'none', latitude: null, longitude: null });
    expect(keeper.findings()).toMatchObject({
      refusedFixes: 1,
      problem: expect.stringContaining('cannot be true'),
    });
  });

  it('also where the sentence that shows it comes after one that does not', () => {
    const { says, at, keeper } = receiver();
    says(1, rmc('17.5'));
    expect(at(1).quality).toBe('fix-2d');
    says(1, gga(`${place},1,00,99.9,641.2,M,,M,,`));
    says(1, nmea('GPVTG,123.0,T,,M,20.00,N,37.04,K,A'));
    expect(at(1)).toMatchObject({ quality: 'none', latitude: null });
    expect(keeper.findings().refusedFixes).toBe(1);
  });

  it('and the next good one is used; the count stays, the problem goes', () => {
    const { says, at, keeper } = receiver();
    says(1, gga('0000.0000,N,00000.0000,E,1,09,1.1,10,M,,M,,'));
    says(2, ...moment('120002.00', { date: '291126' }));
    says(3, ...moment('120003.00', { date: '291126' }));
    says(4, ...moment('120004.00', { date: '291126' }));
    expect(at(4).quality).toBe('fix-3d');
    expect(keeper.findings()).toMatchObject({ refusedFixes: 1, problem: null });
  });

  it('but dead reckoning needs no satellites, and Greenwich and the Equator are places', () => {
    for (const fields of [
      `${place},6,00,99.9,641.2,M,,M,,`,
      '5128.6700,N,00000.0000,E,1,09,1.1,40,M,,M,,',
      '0000.0000,N,03226.0000,E,1,09,1.1,1190,M,,M,,',
    ]) {
      const { says, at } = receiver();
      says(1, gga(fields));
      expect(at(1).latitude).not.toBeNull();
    }
  });
});

describe('a single value that cannot be true is left out', () => {
  it.each([
    ['satellites', gga(`${place},1,100000000000000000000,1.1,641.2,M,,M,,`)],
    ['satellites', gga(`${place},1,101,1.1,641.2,M,,M,,`)],
    ['hdop', gga(`${place},1,09,-31,641.2,M,,M,,`)],
    ['hdop', gga(`${place},1,09,0.0,641.2,M,,M,,`)],
    ['altitudeM', gga(`${place},1,09,1.1,99999999,M,,M,,`)],
    ['altitudeM', gga(`${place},1,09,1.1,-20000,M,,M,,`)],
    ['speedMps', rmc('240000')],
    ['speedMps', rmc('200')],
    ['courseDeg', rmc('200')],
    ['fixedAtMs', rmc('17.5', '010119')],
  ] as const)('%s of %s', (field, sentence) => {
    const { says, at, keeper } = receiver();
    const good = receiver();
    says(1, sentence);
    good.says(1, gga(`${place},1,09,1.1,641.2,M,,M,,`), rmc('17.5'));
    expect(good.at(1)[field]).not.toBeNull();
    expect(at(1)).toMatchObject({ quality: 'fix-2d', [field]: null });
    expect(at(1).latitude).toBeCloseTo(34.896205, 6);
    expect(keeper.findings()).toMatchObject({
      refusedFixes: 0,
      omittedValues: 1,
      problem: expect.stringContaining('cannot be true'),
    });
  });

  it('a year of four digits', () => {
    const { says, at, keeper } = receiver();
    says(1, gga(`${place},1,09,1.1,641.2,M,,M,,`), nmea('GPZDA,120001,29,11,4026,00,00'));
    expect(at(1)).toMatchObject({ quality: 'fix-2d', fixedAtMs: null });
    expect(keeper.findings()).toMatchObject({ omittedValues: 1 });
  });

  it('so headquarters takes every fix, whatever a receiver says', () => {
    const numbers = [
      '',
      '0',
      '00',
      '-1',
      '-31',
      '0.5',
      '7',
      '99.9',
      '1e20',
      '1e400',
      '9'.repeat(30),
    ];
    numbers.push('4026', '291126', '123467', 'NaN', '0x10', '.', '1e-9');
    let seed = 7;
    const any = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return numbers[seed % numbers.length] ?? '';
    };
    const { says, at, keeper } = receiver();
    for (let s = 1; s <= 5000; s += 1) {
      const time = new Date(t0 + s * 1000).toISOString().slice(11, 19).replaceAll(':', '');
      const sky = seed % 2 === 0 ? '09,1.1' : `${any()},${any()}`;
      says(
        s,
        gga(`${place},${1 + (seed % 6)},${sky},${any()},M,${any()},M,,`, time),
        nmea(`GPRMC,${time},A,${place},${any()},${any()},${any()},,,A`),
        nmea(`GPVTG,${any()},T,,M,${any()},N,${any()},K,A`),
        nmea(`GPZDA,${time},29,11,${any()},00,00`),
      );
      const fix = at(s);
      expect(fixSchema.safeParse(JSON.parse(JSON.stringify(fix))).error).toBeUndefined();
      expect(fix.speedMps ?? 0).toBeLessThanOrEqual(100);
      expect(fix.satellites ?? 3).toBeLessThanOrEqual(100);
      expect(fix.hdop ?? 1).toBeGreaterThan(0);
    }
    expect(keeper.goodAtMs).not.toBeNull();
  });
});

describe('week rollover', () => {
  const digits = (ms: number) => {
    const day = new Date(ms).toISOString();
    return `${day.slice(8, 10)}${day.slice(5, 7)}${day.slice(2, 4)}`;
  };
  /** Five moments of a receiver whose date is so many days off the true one. */
  function fiveMoments(unit: ReturnType<typeof receiver>, daysOff: number) {
    for (let s = 1; s <= 5; s += 1) {
      const trueMs = t0 + s * 1000;
      const time = new Date(trueMs).toISOString().slice(11, 19).replaceAll(':', '');
      unit.says(s, ...moment(`${time}.00`, { date: digits(trueMs + daysOff * dayMs) }));
    }
  }

  it.each([
    [-1, '150407'],
    [-2, '300887'],
  ])('by %i × 1024 weeks: the date is corrected, and it is said', (cycles, date) => {
    const unit = receiver();
    expect(digits(t0 + cycles * 7168 * dayMs)).toBe(date);
    fiveMoments(unit, cycles * 7168);
    expect(unit.at(5)).toMatchObject({ quality: 'fix-3d', fixedAtMs: t0 + 5000 });
    expect(unit.keeper.findings()).toMatchObject({
      weekCycles: cycles,
      omittedValues: 0,
      problem: expect.stringContaining(`${-cycles} × 1024 weeks behind`),
    });
    // Corrected by the clock, it says nothing about the clock.
    expect(unit.clockOffset()).toBeNull();
  });

  it('EXIF has one year', async () => {
    const unit = receiver();
    fiveMoments(unit, -7168);
    const jpeg = await sharp({
      create: { width: 8, height: 8, channels: 3, background: 'white' },
    })
      .jpeg()
      .toBuffer();
    const file = withEvidence(jpeg, {
      imageId: '0',
      detectionId: '0',
      kind: 'ir',
      agency: 'test-pd',
      unit: 'car-1',
      head: 'front',
      takenAtMs: t0 + 5000,
      fix: unit.at(5),
      cameraBearingDeg: null,
      jpegSha256: '0'.repeat(64),
    });
    const exif = await exifr.parse(file, { gps: true, exif: true, reviveValues: false });
    expect(exif.GPSDateStamp).toBe('2026:11:29');
    expect(exif.DateTimeOriginal).toMatch(/^2026:11:29/);
  });

  it('a clock that is 1024 weeks ahead of the receiver is not taken for right', () => {
    const clockMs = t0 + 7168 * dayMs;
    const unit = receiver({ clockMs });
    fiveMoments(unit, 0);
    expect(unit.at(5).fixedAtMs).toBe(t0 + 5000);
    expect(unit.keeper.findings()).toMatchObject({ weekCycles: 0, problem: null });
    expect(unit.clockOffset()).toBe(-7168 * dayMs);
  });

  it('unless another source confirms that clock', () => {
    const clockMs = t0 + 7168 * dayMs;
    const unit = receiver({ clockMs, isClockSure: true });
    fiveMoments(unit, 0);
    expect(unit.at(5).fixedAtMs).toBe(clockMs + 5000);
    expect(unit.clockOffset()).toBeNull();
  });

  it('another difference is the clock’s or is left out, and is not corrected', () => {
    const unit = receiver();
    fiveMoments(unit, -7168 + 30);
    expect(unit.at(5)).toMatchObject({ quality: 'fix-3d', fixedAtMs: null });
    expect(unit.keeper.findings()).toMatchObject({ weekCycles: 0, omittedValues: 5 });
    const late = receiver();
    fiveMoments(late, -400);
    expect(late.at(5).fixedAtMs).toBe(t0 + 5000 - 400 * dayMs);
    expect(late.clockOffset()).toBe(-400 * dayMs);
  });
});
