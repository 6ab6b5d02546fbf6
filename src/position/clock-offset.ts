import type { Clock } from '../platform/clock.ts';
import { createRecent } from '../platform/quantiles.ts';
import type { FixQuality } from './fix.ts';
import type { CheckedEpoch } from './value-check.ts';

const believedAfter = 3;
const kept = 30;
const measured = new Set<FixQuality>(['fix-3d', 'differential', 'rtk']);

/** What the satellites say the time is. */
export interface ClockOffset {
  add(checked: CheckedEpoch): void;
  /** GPS time minus this clock's, ms; null until known. */
  at(clockMs: number): number | null;
}

/**
 * GPS time: the median over the last half minute of fixes. Times count only from the third three-dimensional fix in a row
 * (gpsd_json(5)). The receiver's delay before a sentence (tens to hundreds of milliseconds) is included and reduces the
 * figure. It is kept by `sinceBootMs`, so that it is right at once after the clock was set, and goes on without a fix.
 */
export function createClockOffset(sinceBootMs: Clock): ClockOffset {
  let recent = createRecent(kept);
  let inARow = 0;
  let last: { checked: CheckedEpoch; sinceBootMs: number } | null = null;

  function judge({ epoch, tellsDate }: CheckedEpoch, receivedSinceBootMs: number): void {
    const { threeD, solution, fixedAtMs } = epoch;
    // A date that was corrected by the clock, or left out, says nothing about the clock; nor did those before it.
    if (solution !== null && !tellsDate) recent = createRecent(kept);
    const sound =
      tellsDate && threeD && fixedAtMs !== null && measured.has(solution?.quality ?? 'none');
    inARow = sound ? inARow + 1 : 0;
    if (sound && inARow >= believedAfter) recent.add(fixedAtMs - receivedSinceBootMs);
  }

  return {
    add(checked) {
      // An epoch is reported several times; its last report counts, which is known once the next epoch starts.
      if (last?.checked.epoch.key === checked.epoch.key) {
        last.checked = checked;
        return;
      }
      if (last !== null) judge(last.checked, last.sinceBootMs);
      last = { checked, sinceBootMs: sinceBootMs() };
    },
    at(clockMs) {
      const median = recent.quantile(0.5);
      return median === null ? null : median + sinceBootMs() - clockMs;
    },
  };
}
