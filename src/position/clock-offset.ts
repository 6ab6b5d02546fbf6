import { createRecent } from '../platform/quantiles.ts';
import type { Epoch } from './epochs.ts';
import type { FixQuality } from './fix.ts';

const believedAfter = 3;
const kept = 30;
const measured = new Set<FixQuality>(['fix-3d', 'differential', 'rtk']);

/**
 * GPS time minus system time: the median over the last half minute of fixes. Times count only from the third
 * three-dimensional fix in a row (domain.md 3.6). What the receiver needs to send a sentence (tens to hundreds of
 * milliseconds) is part of the figure and makes it smaller than it is.
 */
export function createClockOffset(): { add(epoch: Epoch): void; readonly ms: number | null } {
  const recent = createRecent(kept);
  let inARow = 0;
  let lastKey: Epoch['key'] | null = null;
  return {
    add(epoch) {
      // An epoch is told several times and counts once.
      if (epoch.key === lastKey) return;
      lastKey = epoch.key;
      const sound = epoch.threeD && measured.has(epoch.solution?.quality ?? 'none');
      inARow = sound ? inARow + 1 : 0;
      if (inARow >= believedAfter && epoch.fixedAtMs !== null) {
        recent.add(epoch.fixedAtMs - epoch.receivedAtMs);
      }
    },
    get ms() {
      return recent.quantile(0.5);
    },
  };
}
