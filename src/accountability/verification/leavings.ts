import { isoTime } from '../../platform/clock.ts';
import type { Policy } from '../policy/policy.ts';
import { isEvidence, leavesAtMs } from './closed-hits.ts';
import { likenessOf } from './disposition.ts';
import type { KnownHits } from './known-hits.ts';
import type { StepRows } from './step-rows.ts';

/** When a closed hit leaves a unit that keeps nothing, ISO time; null there: a day after it was packed, as it is evidence. */
export interface Leaving {
  at: string | null;
  atMostDays: number | null;
}

/** When detections may leave a unit that keeps nothing, as far as their hits go. */
export interface Leavings {
  /** Ms since the epoch. Infinity while a hit is open or is evidence that nobody has packed. 0: it has none that is needed. */
  atMs(detectionId: string): number;
  /** Undefined where data stays for its time. */
  of(detectionId: string): Leaving | undefined;
}

export function createLeavings(deps: {
  rows: StepRows;
  hits: KnownHits;
  retention: Policy['retention'];
  oIsZero: (listId: string) => boolean;
  packedAtMs: (detectionId: string) => number | null;
}): Leavings {
  const { rows, hits, retention, oIsZero, packedAtMs } = deps;

  const atMs = (detectionId: string): number =>
    Math.max(
      0,
      ...rows.hitsOf(detectionId).map((hit) => {
        if (rows.isUndisposed(hit.id)) return Number.POSITIVE_INFINITY;
        const standing = hits.standingOf(hit);
        const { disposition } = standing;
        // Withdrawn, or another sighting of an open alert: nobody closes it.
        if (disposition === null) return 0;
        const evidence = isEvidence(hit, standing, likenessOf(hit, standing, disposition, oIsZero));
        return leavesAtMs(standing, { evidence, packedAtMs: packedAtMs(detectionId) });
      }),
    );

  return {
    atMs,
    of(detectionId) {
      if (retention.edgeStore !== 'transient') return undefined;
      const ms = atMs(detectionId);
      const at = Number.isFinite(ms) ? isoTime(ms) : null;
      return { at, atMostDays: retention.hits.maxDays };
    },
  };
}
