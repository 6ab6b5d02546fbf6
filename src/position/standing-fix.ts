import { distanceM } from './distance.ts';
import type { Fix } from './fix.ts';

/** Where a unit that stands is, over many fixes. */
export interface StandingFix {
  /** Fixes taken together. */
  fixes: number;
  /** Over so many seconds. */
  overS: number;
  /** The median of all, WGS 84 degrees. */
  latitude: number;
  longitude: number;
  /** How far the farthest fix is from there, m. */
  driftM: number;
}

/** Takes the fixes of a unit that stands together. */
export interface StandingFixes {
  /** Adds a fix; one without a place, and one that was added before, counts for nothing. */
  add(fix: Pick<Fix, 'quality' | 'latitude' | 'longitude'>, nowMs: number): void;
  /** Null until there is a fix. */
  summary(): StandingFix | null;
}

const windowMs = 10 * 60_000;
/** A fix a second, so no more than come in ten minutes. */
const everyMs = 900;

/** `nowMs` is of a monotonic clock. The fixes of the last ten minutes count. */
export function createStandingFixes(): StandingFixes {
  const kept: { atMs: number; latitude: number; longitude: number }[] = [];
  return {
    add({ quality, latitude, longitude }, nowMs) {
      if (quality === 'none' || latitude === null || longitude === null) return;
      if (nowMs - (kept.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) < everyMs) return;
      kept.push({ atMs: nowMs, latitude, longitude });
      while ((kept[0]?.atMs ?? nowMs) < nowMs - windowMs) kept.shift();
    },
    summary() {
      const [first] = kept;
      const last = kept.at(-1);
      if (first === undefined || last === undefined) return null;
      const place = {
        latitude: median(kept.map((each) => each.latitude)),
        longitude: median(kept.map((each) => each.longitude)),
      };
      return {
        fixes: kept.length,
        overS: (last.atMs - first.atMs) / 1000,
        ...place,
        driftM: Math.max(...kept.map((each) => distanceM(each, place))),
      };
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
