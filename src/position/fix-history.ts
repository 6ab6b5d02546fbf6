import type { Solution } from './epochs.ts';

/** A good fix and the time it is asked for by, ms since the epoch. */
export interface PastFix {
  key: string | number;
  atMs: number;
  fixedAtMs: number | null;
  solution: Solution;
}

/** The fixes of the last minutes, in order of time; bounded. */
export interface FixHistory {
  /** Adds a fix, or replaces the newest one when it has the same key. One that is a little older than the newest is left out. */
  put(fix: PastFix): void;
  /** Takes the newest fix back if it has this key. */
  withdraw(key: string | number): void;
  /** The last fix at or before a time; null when there is none. */
  lastAt(atMs: number): PastFix | null;
  readonly newest: PastFix | null;
}

const setBackMs = 1000;

/** `bounds.count` and `bounds.ageMs` limit what is kept. */
export function createFixHistory(bounds: { count: number; ageMs: number }): FixHistory {
  const fixes: PastFix[] = [];
  const newest = () => fixes.at(-1) ?? null;
  return {
    put(fix) {
      if (newest()?.key === fix.key) fixes.pop();
      const last = newest();
      const backMs = last === null ? 0 : last.atMs - fix.atMs;
      // A clock that was set back: what was kept under the old one cannot be compared with.
      if (backMs > setBackMs) fixes.length = 0;
      else if (backMs > 0) return;
      fixes.push(fix);
      let old = Math.max(0, fixes.length - bounds.count);
      while ((fixes[old]?.atMs ?? Number.POSITIVE_INFINITY) < fix.atMs - bounds.ageMs) old += 1;
      if (old > 0) fixes.splice(0, old);
    },
    withdraw(key) {
      if (newest()?.key === key) fixes.pop();
    },
    lastAt(atMs) {
      let low = 0;
      let high = fixes.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((fixes[middle]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs) low = middle + 1;
        else high = middle;
      }
      return fixes[low - 1] ?? null;
    },
    get newest() {
      return newest();
    },
  };
}
