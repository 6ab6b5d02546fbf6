import { describe, expect, it } from 'vitest';
import type { Span } from '../../../src/accountability/retention/keep-times.ts';
import {
  dueBy,
  endsOf,
  refuseBelowMinimum,
  whyKept,
} from '../../../src/accountability/retention/rules.ts';
import { dayMs } from '../../../src/platform/clock.ts';

const nowMs = Date.UTC(2026, 10, 22, 12);
const daysAgo = (days: number) => nowMs - days * dayMs;
const year: Span = { minDays: 365, maxDays: 730, from: 'retention.reads' };
const forEver: Span = { minDays: 365, maxDays: null, from: 'retention.reads' };

describe('when something ends', () => {
  it('RET-1: is at its longest time, to the millisecond, and never before it without an order', () => {
    const ends = endsOf(year, { nowMs }, 'archive');
    expect(ends).toEqual({ forcedMs: daysAgo(730), beforeMs: daysAgo(730) });
    expect(dueBy(year, ends, daysAgo(730), 'archive').forced).toBe(false);
    expect(dueBy(year, ends, daysAgo(730) - 1, 'archive')).toEqual({
      forced: true,
      rule: 'retention.reads.maxDays',
    });
  });

  it('RET-4: is never if the policy sets no maximum and there is no order', () => {
    const ends = endsOf(forEver, { nowMs }, 'archive');
    expect(ends.forcedMs).toBe(Number.NEGATIVE_INFINITY);
    expect(ends.beforeMs).toBe(Number.NEGATIVE_INFINITY);
  });

  it.each([
    [400, 400],
    [365, 365],
    [10, 365],
    [1000, 730],
  ])('RET-3: by an order for what is older than %i days is after %i', (olderThanDays, days) => {
    const ends = endsOf(year, { nowMs, olderThanDays }, 'archive');
    expect(ends).toEqual({ forcedMs: daysAgo(730), beforeMs: daysAgo(days) });
  });

  it('RET-3: by an order goes by the least time', () => {
    const ends = endsOf(year, { nowMs, olderThanDays: 400 }, 'archive');
    expect(dueBy(year, ends, daysAgo(401), 'archive')).toEqual({
      forced: false,
      rule: 'retention.reads.minDays',
    });
  });

  it('RET-6: is as soon as headquarters has it where nothing is to stay, and forced only by its longest time', () => {
    const ends = endsOf(year, { nowMs }, 'transient');
    expect(ends.forcedMs).toBe(daysAgo(730));
    expect(ends.beforeMs).toBeGreaterThan(nowMs);
    const rules = [daysAgo(731), nowMs].map((atMs) => dueBy(year, ends, atMs, 'transient'));
    expect(rules).toEqual([
      { forced: true, rule: 'retention.reads.maxDays' },
      { forced: false, rule: 'retention.edgeStore' },
    ]);
  });
});

describe('what stays', () => {
  const none = { isWaiting: () => false, isNeeded: () => false, isHeld: () => false };
  const yes = () => true;
  const detection = { what: 'detection', forced: false } as const;
  const image = { what: 'image', forced: false } as const;

  it('is nothing that no one waits for, verifies or holds', () => {
    for (const candidate of [detection, image, { ...detection, forced: true }]) {
      expect(whyKept(candidate, none, 'archive')).toBeNull();
      expect(whyKept(candidate, none, 'transient')).toBeNull();
    }
  });

  it('RET-8: is what headquarters has not acknowledged, until its longest time is over', () => {
    const ties = { ...none, isWaiting: yes };
    expect(whyKept(detection, ties, 'archive')).toBe('waiting');
    expect(whyKept(image, ties, 'archive')).toBe('waiting');
    expect(whyKept({ ...detection, forced: true }, ties, 'archive')).toBeNull();
  });

  it('RET-6: is a detection with a hit that is needed in transient mode, until its longest time is over', () => {
    const ties = { ...none, isNeeded: yes };
    expect(whyKept(detection, ties, 'transient')).toBe('needed');
    expect(whyKept(detection, ties, 'archive')).toBeNull();
    expect(whyKept(image, ties, 'transient')).toBeNull();
    expect(whyKept({ ...detection, forced: true }, ties, 'transient')).toBeNull();
  });

  it('RET-10: is what is under hold, even past its longest time', () => {
    const ties = { ...none, isHeld: yes };
    for (const forced of [false, true]) {
      expect(whyKept({ what: 'detection', forced }, ties, 'archive')).toBe('held');
      expect(whyKept({ what: 'image', forced }, ties, 'transient')).toBe('held');
    }
  });
});

describe('an order', () => {
  const front = { head: 'front', mode: 'mobile', name: 'front', kind: 'reads' } as const;
  const flock = { ...front, head: 'flock', name: 'flock' };
  const spans = [
    { ...front, ...year },
    { ...flock, minDays: 30, maxDays: null, from: 'retention.sources.flock' },
  ];

  it('RET-5: is refused below the least time of any source that it is for', () => {
    expect(() => refuseBelowMinimum({ olderThanDays: 364 }, spans)).toThrow(
      expect.objectContaining({ status: 409, code: 'below-minimum' }),
    );
    expect(() => refuseBelowMinimum({ olderThanDays: 29, head: 'flock' }, spans)).toThrow(
      /reads of flock.*at least 30 days \(retention\.sources\.flock\.minDays\).*29 days/,
    );
  });

  it('RET-5: is taken from that time on, and for a source of its own from the time of that source', () => {
    expect(() => refuseBelowMinimum({ olderThanDays: 365 }, spans)).not.toThrow();
    expect(() => refuseBelowMinimum({ olderThanDays: 30, head: 'flock' }, spans)).not.toThrow();
  });
});
