import { describe, expect, test } from 'vitest';
import { createBacklog } from '../../../src/vision/capture/backlog.ts';

/** What is said of a camera at 20 frames/s whose frames come so late, with a patience of 5 s. */
function said(lateMs: readonly number[]) {
  const backlog = createBacklog(5000);
  return lateMs.map((late, at) => ({
    says: backlog.add({ arrivedMs: at * 50, lateMs: late }),
    told: backlog.lateMs,
  }));
}

const frames = (count: number, lateMs: (at: number) => number) =>
  Array.from({ length: count }, (_, at) => lateMs(at));

describe('a live camera whose frames wait on their way (CAP-14)', () => {
  test('is not behind while they come within a second', () => {
    const says = said(frames(400, (at) => (at % 3) * 400));
    expect(new Set(says.map(({ says: each }) => each))).toEqual(new Set(['none']));
    expect(new Set(says.map(({ told }) => told))).toEqual(new Set([null]));
  });

  test('is read on while it catches up, however long that takes, and says how late it is', () => {
    const says = said(frames(600, (at) => 8000 - at * 12));
    expect(says.some(({ says: each }) => each === 'stays')).toBe(false);
    expect(says[100]).toEqual({ says: 'shrinks', told: 6800 });
    expect(says.at(-1)).toEqual({ says: 'none', told: null });
  });

  test.for([
    ['grows', (at: number) => 1100 + at * 20],
    ['stays as it is', () => 3000],
    ['hardly shrinks', (at: number) => 3000 - at],
  ] as const)('has the rest left behind when the wait %s for the patience', ([, lateMs]) => {
    const says = said(frames(150, lateMs)).map(({ says: each }) => each);
    expect(says.indexOf('stays')).toBe(100);
  });

  test('is not left for one frame that the decoder held back over a silence', () => {
    const says = said([...frames(20, () => 10), 8000, ...frames(200, () => 10)]);
    expect(says.some(({ says: each }) => each === 'stays')).toBe(false);
    expect(says.every(({ told }) => told === null)).toBe(true);
  });
});
