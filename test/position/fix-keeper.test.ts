import { describe, expect, it } from 'vitest';
import { createFixKeeper } from '../../src/position/fix-keeper.ts';
import { createNmeaLines } from '../../src/position/nmea-lines.ts';
import { moment, nmea, voidMoment } from './sentences.ts';

const t0 = Date.UTC(2026, 2, 14, 13, 40, 0);

/** A keeper with a receiver whose sentences come at times of our choosing, seconds after t0. */
function receiver(timeBy: 'received' | 'fixed' = 'received') {
  let sinceBootMs = 0;
  const keeper = createFixKeeper({
    source: 'nmea',
    staleAfterMs: 3000,
    timeBy,
    sinceBootMs: () => sinceBootMs,
  });
  const lines = createNmeaLines();
  return {
    keeper,
    says(atS: number, sentences: string[]) {
      sinceBootMs = atS * 1000;
      for (const line of sentences) lines.take(line, t0 + atS * 1000, keeper.add);
    },
    at: (atS: number) => keeper.fixAt(t0 + atS * 1000),
  };
}

const clock = (atS: number) => {
  const time = new Date(t0 + atS * 1000).toISOString();
  return `${time.slice(11, 13)}${time.slice(14, 16)}${time.slice(17, 19)}.00`;
};

describe('the fix of a frame', () => {
  it('is the last one at or before it, never a later one and never between two', () => {
    const { says, at } = receiver();
    says(1, moment(clock(1), { latitude: '3453.0000' }));
    says(2, moment(clock(2), { latitude: '3453.0100' }));
    expect(at(0.9)).toMatchObject({ quality: 'none', ageMs: null });
    expect(at(1.5).latitude).toBeCloseTo(34 + 53 / 60, 7);
    expect(at(1.5)).toMatchObject({ quality: 'fix-3d', ageMs: 500, fixedAtMs: t0 + 1000 });
    expect(at(2).latitude).toBeCloseTo(34 + 53.01 / 60, 7);
  });

  it('goes stale: its age and time stay, its place is not given out any more (CAP-11)', () => {
    const { says, at } = receiver();
    says(1, moment(clock(1)));
    expect(at(4).latitude).not.toBeNull();
    expect(at(4.1)).toMatchObject({
      quality: 'none',
      latitude: null,
      longitude: null,
      courseDeg: null,
      ageMs: 3100,
      fixedAtMs: t0 + 1000,
    });
  });

  it('stays what it was through void sentences, and comes back after them', () => {
    const { says, at } = receiver();
    says(1, moment(clock(1)));
    for (let s = 2; s < 10; s += 1) says(s, voidMoment(clock(s)));
    expect(at(3)).toMatchObject({ quality: 'fix-3d', ageMs: 2000 });
    expect(at(9)).toMatchObject({ quality: 'none', ageMs: 8000 });
    says(10, moment(clock(10)));
    expect(at(10)).toMatchObject({ quality: 'fix-3d', ageMs: 0 });
  });

  it('is withdrawn when a later sentence of the same moment calls it void', () => {
    const { says, at } = receiver();
    const [gga = ''] = moment(clock(1));
    says(1, [gga]);
    says(1, voidMoment(clock(1)).slice(1, 2));
    expect(at(1)).toMatchObject({ quality: 'none', ageMs: null });
  });

  it('survives a second constellation that repeats it or has none', () => {
    const { says, at } = receiver();
    const place = '3453.7723,N,11701.8663,W';
    says(1, [
      nmea(`GPRMC,${clock(1)},A,${place},10.00,84.0,140326,,,A`),
      nmea(`GLRMC,${clock(1)},A,${place},10.00,84.0,140326,,,A`),
      nmea(`GAGGA,${clock(1)},,,,,0,00,,,,,,,`),
    ]);
    expect(at(1)).toMatchObject({ quality: 'fix-2d', courseDeg: 84 });
  });

  it('has its place from RMC, its height from GGA and its movement from VTG', () => {
    const { says, at } = receiver();
    says(1, [
      nmea(`GNGGA,${clock(1)},3453.7723,N,11701.8663,W,2,11,0.80,641.2,M,-31.2,M,,`),
      nmea('GNVTG,123.0,T,,M,20.00,N,37.04,K,D'),
    ]);
    expect(at(1)).toMatchObject({
      quality: 'differential',
      altitudeM: 641.2,
      satellites: 11,
      hdop: 0.8,
      courseDeg: 123,
      fixedAtMs: null,
    });
    expect(at(1).speedMps).toBeCloseTo(10.29, 2);
  });

  it('never carries a simulated or hand-entered place, and says so', () => {
    const { says, at, keeper } = receiver();
    says(1, moment(clock(1)));
    says(2, moment(clock(2), { quality: '8' }));
    expect(at(1.5)).toMatchObject({ quality: 'fix-3d', simulated: false });
    expect(at(2.5)).toMatchObject({
      quality: 'simulated',
      simulated: true,
      latitude: null,
      longitude: null,
      ageMs: 1500,
    });
    expect(keeper.simulated).toBe(true);
    says(3, moment(clock(3), { quality: '7' }));
    expect(at(3)).toMatchObject({ quality: 'manual', simulated: true, latitude: null });
    expect(at(9)).toMatchObject({ quality: 'none', simulated: false });
  });

  it('is marked when it is dead reckoning', () => {
    const { says, at } = receiver();
    says(1, moment(clock(1), { quality: '6' }));
    expect(at(1)).toMatchObject({ quality: 'estimated', simulated: false });
  });

  it('does not leap: a single jump is held back, a lasting one is believed', () => {
    const { says, at, keeper } = receiver();
    says(1, moment(clock(1), { latitude: '3453.0000' }));
    says(2, moment(clock(2), { latitude: '3553.0000' }));
    expect(at(2).latitude).toBeCloseTo(34 + 53 / 60, 7);
    says(3, moment(clock(3), { latitude: '3453.0050' }));
    expect(at(3).latitude).toBeCloseTo(34 + 53.005 / 60, 7);
    says(4, moment(clock(4), { latitude: '3553.0000' }));
    says(5, moment(clock(5), { latitude: '3553.0050' }));
    expect(at(5).latitude).toBeCloseTo(35 + 53.005 / 60, 7);
    expect(keeper.jumps).toBe(2);
  });

  it('is found at once after the system clock was set back', () => {
    const { says, at } = receiver();
    for (const s of [100, 101, 102]) says(s, moment(clock(s)));
    says(43, moment(clock(103)));
    expect(at(43.2)).toMatchObject({ quality: 'fix-3d', ageMs: 200, fixedAtMs: t0 + 103_000 });
  });

  it('is bounded in memory, and old frames then have none', () => {
    const keeper = createFixKeeper({
      source: 'nmea',
      staleAfterMs: 3000,
      timeBy: 'received',
      kept: { count: 100, ageMs: 30_000 },
    });
    const lines = createNmeaLines();
    for (let s = 0; s < 200; s += 1) {
      for (const line of moment(clock(s))) lines.take(line, t0 + s * 1000, keeper.add);
    }
    expect(keeper.fixAt(t0 + 100_000)).toMatchObject({ quality: 'none', ageMs: null });
    expect(keeper.fixAt(t0 + 180_000)).toMatchObject({ quality: 'fix-3d', ageMs: 0 });
  });
});

describe('time from the receiver', () => {
  it('rolls over midnight with GGA ahead of the RMC that has the date', () => {
    const { says, at } = receiver('fixed');
    says(1, moment('235958.00', { date: '140326' }));
    says(2, moment('235959.00', { date: '140326' }));
    const [gga = '', rmc = ''] = moment('000000.00', { date: '150326' });
    says(3, [gga]);
    const midnight = Date.UTC(2026, 2, 15);
    const fix = () => at((midnight + 500 - t0) / 1000);
    expect(fix()).toMatchObject({ fixedAtMs: midnight, ageMs: 500 });
    says(3, [rmc]);
    expect(fix()).toMatchObject({ fixedAtMs: midnight, ageMs: 500 });
  });

  it('takes the date from ZDA where there is no RMC', () => {
    const { says, at } = receiver();
    const gga = (s: number) =>
      nmea(`GNGGA,${clock(s)},3453.7723,N,11701.8663,W,1,09,1.1,641.2,M,,M,,`);
    says(1, [gga(1)]);
    expect(at(1).fixedAtMs).toBeNull();
    says(2, [gga(2), nmea(`GNZDA,${clock(2)},14,03,2026,00,00`)]);
    expect(at(2).fixedAtMs).toBe(t0 + 2000);
  });

  it('is compared with the system clock, from the third 3D fix in a row', () => {
    const { says, keeper } = receiver();
    const secondsAhead = 5;
    says(1, moment(clock(1 + secondsAhead)));
    says(2, moment(clock(2 + secondsAhead)));
    says(3, voidMoment(clock(3 + secondsAhead)));
    for (const s of [4, 5]) says(s, moment(clock(s + secondsAhead)));
    expect(keeper.clockOffsetAt(t0 + 5000)).toBeNull();
    for (const s of [6, 7, 8]) says(s, moment(clock(s + secondsAhead)));
    expect(keeper.clockOffsetAt(t0 + 8000)).toBe(5000);
    // The clock is set a day ahead: satellites say so at once, with or without another fix.
    expect(keeper.clockOffsetAt(t0 + 8000 + 86_400_000)).toBe(5000 - 86_400_000);
  });
});
