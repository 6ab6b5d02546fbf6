import type { Hit } from '../../records/detection.ts';
import { localListId } from '../hotplates/hot-plate.ts';
import { type HitState, judgeOutcome, rightOutcomes } from './judge.ts';
import type { Likeness } from './seen-vehicle.ts';

const hourMs = 3_600_000;
/** A shift: in it a wrong disposition is put right, and whoever needs the hit packs it or puts it under a hold. */
export const correctionMs = 12 * hourMs;
/** As long as a package itself can be fetched: it may have to be made again. */
export const afterPackingMs = 24 * hourMs;

/**
 * Whether a closed hit may be evidence in an investigation: N 429.6 lets relevant vehicle data be maintained, which are
 * scans "corresponding to the vehicle of interest on a hot list or in criminal investigations". It is where the alert was
 * right and led to the vehicle or the person, where an action was taken, and where the vehicle was entered here, for a
 * case. A hit that its disposition found to be wrong is of no vehicle of interest, unless an action was taken.
 */
export function isEvidence(hit: Hit, standing: HitState, likeness: Likeness): boolean {
  const { disposition, enforcement } = standing;
  if (disposition === null) return false;
  if (enforcement.length > 0) return true;
  if (judgeOutcome(disposition.outcome, standing, likeness) === 'wrong') return false;
  return rightOutcomes.has(disposition.outcome) || hit.match.list.id === localListId;
}

/**
 * When a hit may leave a unit that keeps nothing, as far as the hit goes (RET-6); the longest time of the policy ends it
 * before, and a hold keeps it longer. Infinity: not while it is open, or evidence that nobody has packed.
 *
 * @param packedAtMs when its detection was last packed for the agency's own use; null if it was not.
 */
export function leavesAtMs(
  standing: HitState,
  { evidence, packedAtMs }: { evidence: boolean; packedAtMs: number | null },
): number {
  if (standing.disposition === null) return Number.POSITIVE_INFINITY;
  const correctedMs = standing.disposition.recordedAtMs + correctionMs;
  if (packedAtMs !== null) return Math.max(correctedMs, packedAtMs + afterPackingMs);
  return evidence ? Number.POSITIVE_INFINITY : correctedMs;
}
