import { describe, expect, test } from 'vitest';
import { isDue, lastTimeOf } from '../../src/headquarters/list-schedules/schedule-due.ts';
import { inZone } from '../support/in-zone.ts';

const at = (time: string): number => Date.parse(time);
const progress = (doneMs: number | null, triedMs: number | null = null) => ({ doneMs, triedMs });

describe('when a schedule of a list is due', () => {
  test('once a day at a time of day in the agency’s zone, summer and winter', () => {
    inZone('America/Los_Angeles');
    const daily = { at: '05:30', everyMin: undefined };
    const done = at('2026-07-01T05:31:00-07:00');
    expect(isDue(daily, progress(done), at('2026-07-02T05:29:59-07:00'))).toBe(false);
    expect(isDue(daily, progress(done), at('2026-07-02T05:30:00-07:00'))).toBe(true);
    const winter = at('2026-12-01T05:31:00-08:00');
    expect(isDue(daily, progress(winter), at('2026-12-02T05:29:59-08:00'))).toBe(false);
    expect(isDue(daily, progress(winter), at('2026-12-02T05:30:00-08:00'))).toBe(true);
    // The clock goes back at two in the night of 1 November: half past one comes twice.
    expect(lastTimeOf('01:30', at('2026-11-01T03:00:00-08:00'))).toBe(
      at('2026-11-01T01:30:00-07:00'),
    );
    // And forward on 8 March: there is no half past two.
    const spring = lastTimeOf('02:30', at('2026-03-08T12:00:00-07:00'));
    expect(spring).toBeGreaterThan(at('2026-03-08T01:00:00-08:00'));
    expect(spring).toBeLessThan(at('2026-03-08T04:00:00-07:00'));
  });

  test('what was missed while headquarters was off is made up for, once', () => {
    inZone('America/Los_Angeles');
    const daily = { at: '05:30', everyMin: undefined };
    const before = progress(at('2026-07-01T05:31:00-07:00'));
    const now = at('2026-07-05T14:00:00-07:00');
    expect(isDue(daily, before, now)).toBe(true);
    expect(isDue(daily, progress(now), now + 3_600_000)).toBe(false);
    expect(isDue(daily, progress(null), now)).toBe(true);
    const often = { at: undefined, everyMin: 30 };
    expect(isDue(often, before, now)).toBe(true);
    expect(isDue(often, progress(now), now + 29 * 60_000)).toBe(false);
    expect(isDue(often, progress(now), now + 30 * 60_000)).toBe(true);
  });

  test('what failed is tried again every five minutes, and not before', () => {
    const daily = { at: '05:30', everyMin: undefined };
    const tried = at('2026-07-02T13:00:00Z');
    const failed = progress(at('2026-06-30T13:00:00Z'), tried);
    expect(isDue(daily, failed, tried + 299_000)).toBe(false);
    expect(isDue(daily, failed, tried + 300_000)).toBe(true);
    // Also where the clock was set back meanwhile.
    expect(isDue(daily, failed, tried - 86_400_000)).toBe(true);
  });
});
