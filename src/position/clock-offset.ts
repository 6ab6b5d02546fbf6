import { createRecent } from '../platform/quantiles.ts';
import type { Epoch } from './epochs.ts';
import type { FixQuality } from './fix.ts';

const believedAfter = 3;
const kept = 30;
const measured = new Set<FixQuality>(['fix-3d', 'differential', 'rtk']);

/**
 * GPS time minus system time: the median over the last half minute of fixes. Times count only from the third
 * three-dimensional fix in a row (gpsd_json(5)). The receiver's delay before a sentence (tens to hundreds of
 * milliseconds) is included and reduces the figure.
 */
export function createClockOffset(): { add(epoch: Epoch): void; readonly ms: number | null } {
  const recent = createRecent(kept);
  let inARow = 0;
  let last: Epoch | null = null;

  function judge({ threeD, solution, fixedAtMs, receivedAtMs }: Epoch): void {
    const sound = threeD && fixedAtMs !== null && measured.has(solution?.quality ?? 'none');
    inARow = sound ? inARow + 1 : 0;
    if (sound && inARow >= believedAfter) recent.add(fixedAtMs - receivedAtMs);
  }

  return {
    add(epoch) {
      // An epoch is reported several times; its last report counts, which is known once the next epoch starts.
      if (last !== null && last.key !== epoch.key) judge(last);
      last = epoch;
    },
    get ms() {
      return recent.quantile(0.5);
    },
  };
}
