import { createRecent } from '../platform/quantiles.ts';
import type { Epoch } from './epochs.ts';
import type { FixQuality } from './fix.ts';
import type { CheckedEpoch } from './value-check.ts';

const believedAfter = 3;
const kept = 30;
const measured = new Set<FixQuality>(['fix-3d', 'differential', 'rtk']);

/**
 * GPS time minus system time: the median over the last half minute of fixes. Times count only from the third
 * three-dimensional fix in a row (gpsd_json(5)). The receiver's delay before a sentence (tens to hundreds of
 * milliseconds) is included and reduces the figure.
 */
export function createClockOffset(): {
  add(checked: CheckedEpoch): void;
  readonly ms: number | null;
} {
  let recent = createRecent(kept);
  let inARow = 0;
  let last: CheckedEpoch | null = null;

  function judge({ epoch, tellsDate }: CheckedEpoch): void {
    const { threeD, solution, fixedAtMs, receivedAtMs }: Epoch = epoch;
    // A date that was corrected by the clock, or left out, says nothing about the clock; nor did those before it.
    if (solution !== null && !tellsDate) recent = createRecent(kept);
    const sound =
      tellsDate && threeD && fixedAtMs !== null && measured.has(solution?.quality ?? 'none');
    inARow = sound ? inARow + 1 : 0;
    if (sound && inARow >= believedAfter) recent.add(fixedAtMs - receivedAtMs);
  }

  return {
    add(checked) {
      // An epoch is reported several times; its last report counts, which is known once the next epoch starts.
      if (last !== null && last.epoch.key !== checked.epoch.key) judge(last);
      last = checked;
    },
    get ms() {
      return recent.quantile(0.5);
    },
  };
}
