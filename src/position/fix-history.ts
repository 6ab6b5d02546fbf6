import type { Solution } from './epochs.ts';

/** A good fix and the time by which it is looked up, ms since the epoch. */
export interface PastFix {
  key: string | number;
  atMs: number;
  fixedAtMs: number | null;
  solution: Solution;
}

/** The fixes of the last minutes, in order of time; limited in number. */
export interface FixHistory {
  /** Adds a fix, or replaces the newest one if it has the same key. A fix slightly older than the newest is ignored. */
  put(fix: PastFix): void;
  /** Removes the newest fix if it has this key. */
  withdraw(key: string | number): void;
  /** The last fix at or before a time; null if there is none. */
  lastAt(atMs: number): PastFix | null;
  readonly newest: PastFix | null;
}

const setBackMs = 1000;

/** `bounds.count` and `bounds.ageMs` limit the number and age of fixes. */
export function createFixHistory(bounds: { count: number; ageMs: number }): FixHistory {
  const fixes: PastFix[] = [];
  const newest = () => fixes.at(-1) ?? null;
  return {
    put(fix) {
      if (newest()?.key === fix.key) fixes.pop();
      const last = newest();
      const backMs = last === null ? 0 : last.atMs - fix.atMs;
      // The clock was set back: fixes under the old clock cannot be compared.
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
