import type { Clock } from '../platform/clock.ts';
import { sinceBoot } from '../platform/since-boot.ts';
import { createClockOffset } from './clock-offset.ts';
import type { Epoch } from './epochs.ts';
import type { Fix } from './fix.ts';
import { createFixHistory, type PastFix } from './fix-history.ts';
import { createJumpFilter } from './jump-filter.ts';
import { createValueCheck, type ValueFindings } from './value-check.ts';

/** Keeps the fixes of epochs and returns the one at the time of a frame. */
export interface FixKeeper {
  add(epoch: Epoch): void;
  fixAt(takenAtMs: number): Fix;
  /** GPS time minus this clock's, ms; null until known. */
  clockOffsetAt(clockMs: number): number | null;
  /** When the newest good fix arrived, system time; null if there was none. */
  readonly goodAtMs: number | null;
  /** The receiver's newest position is simulated or entered by hand. */
  readonly simulated: boolean;
  readonly jumps: number;
  /** Values that cannot be true. */
  findings(): ValueFindings;
}

/** A fix without data. */
export const noFix: Omit<Fix, 'source'> = {
  quality: 'none',
  latitude: null,
  longitude: null,
  altitudeM: null,
  speedMps: null,
  courseDeg: null,
  hdop: null,
  satellites: null,
  fixedAtMs: null,
  ageMs: null,
  simulated: false,
};

/**
 * @param options.timeBy `received`: fixes are asked for by system time, as a live receiver's are. `fixed`: by the
 *   receiver's own time, as those of a recording are.
 * @param options.kept how many fixes are kept, and how far back a frame may lie.
 * @param options.isClockSure whether another source than the receiver confirms the clock. Default: none does.
 */
export function createFixKeeper(options: {
  source: Fix['source'];
  staleAfterMs: number;
  timeBy: 'received' | 'fixed';
  kept?: { count: number; ageMs: number };
  isClockSure?: (() => boolean) | undefined;
  sinceBootMs?: Clock;
}): FixKeeper {
  const { source, staleAfterMs, timeBy, isClockSure = () => false } = options;
  const { sinceBootMs = sinceBoot.ms } = options;
  const kept = options.kept ?? { count: 6000, ageMs: 600_000 };
  const good = createFixHistory(kept);
  const doubtful = createFixHistory(kept);
  const jumpFilter = createJumpFilter();
  const offset = createClockOffset(sinceBootMs);
  const values = createValueCheck({ timeBy, isClockSure });
  let goodAtMs: number | null = null;
  let simulated = false;

  function answer(past: PastFix, takenAtMs: number): Fix {
    const ageMs = takenAtMs - past.atMs;
    // CAP-11: too old a fix counts as none; its time and age are reported, and not its place.
    if (ageMs > staleAfterMs) return { ...noFix, source, fixedAtMs: past.fixedAtMs, ageMs };
    return { ...noFix, ...past.solution, source, fixedAtMs: past.fixedAtMs, ageMs };
  }

  return {
    add(reported) {
      const checked = values.check(reported);
      const { epoch } = checked;
      if (timeBy === 'received') offset.add(checked);
      const atMs = timeBy === 'received' ? epoch.receivedAtMs : epoch.fixedAtMs;
      if (epoch.solution === null || atMs === null) {
        good.withdraw(epoch.key);
        return;
      }
      const past = { key: epoch.key, atMs, fixedAtMs: epoch.fixedAtMs, solution: epoch.solution };
      simulated = epoch.solution.quality === 'simulated' || epoch.solution.quality === 'manual';
      if (simulated) {
        good.withdraw(epoch.key);
        doubtful.put(past);
        return;
      }
      if (!jumpFilter.accepts(past)) return;
      good.put(past);
      goodAtMs = epoch.receivedAtMs;
    },
    fixAt(takenAtMs) {
      const past = good.lastAt(takenAtMs);
      const fix = past === null ? { ...noFix, source } : answer(past, takenAtMs);
      const made = doubtful.lastAt(takenAtMs);
      if (made === null || (past !== null && past.atMs >= made.atMs)) return fix;
      if (takenAtMs - made.atMs > staleAfterMs) return fix;
      // Its quality is reported, but not its place, which must never be used as evidence (NMEA 0183).
      const { fixedAtMs, ageMs } = fix;
      return {
        ...noFix,
        source,
        quality: made.solution.quality,
        simulated: true,
        fixedAtMs,
        ageMs,
      };
    },
    clockOffsetAt: offset.at,
    get goodAtMs() {
      return goodAtMs;
    },
    get simulated() {
      return simulated;
    },
    get jumps() {
      return jumpFilter.jumps;
    },
    findings: values.findings,
  };
}
