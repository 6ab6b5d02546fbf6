import { localTime } from '../../platform/local-time.ts';
import { toldTraits, type VehicleTrait, vehicleTraits } from '../../records/told-traits.ts';
import { type Official, officialWords } from '../officials/official.ts';
import type { Policy } from '../policy/policy.ts';

/** What decides how much of the past is here. */
export interface Keeping {
  profile: string;
  retention: Policy['retention'];
  /** Who oversees the operation now. */
  overseer: () => Official;
  hasHeadquarters: boolean;
  place: 'unit' | 'headquarters';
}

const inWords = new Intl.ListFormat('en', { type: 'conjunction' });

/**
 * Why a search may have found nothing, in sentences: traits that no unit tells, and what is kept here, since when, by which
 * policy, and where to ask. `oldestMs`: when the oldest detection here was last seen; null if there is none.
 */
export function whyNothing(
  query: Partial<Record<VehicleTrait, string | undefined>>,
  { profile, retention, overseer, hasHeadquarters, place }: Keeping,
  oldestMs: number | null,
): string[] {
  const asked = vehicleTraits.filter(
    (trait) => query[trait] !== undefined && !toldTraits.includes(trait),
  );
  const { edgeStore, reads } = retention;
  const days = (count: number | null) =>
    count === null ? 'as the records schedule says' : `for ${count} days at most`;
  const term =
    edgeStore === 'transient'
      ? `nothing once headquarters has it, except hits that are open, were just closed or may be evidence (policy ${profile}, retention.edgeStore)`
      : `reads ${days(reads.maxDays)} and hits ${days(retention.hits.maxDays)} (policy ${profile}, retention.reads and retention.hits)`;
  const here =
    oldestMs === null
      ? 'No detection is on it now'
      : `Its oldest detection now is of ${localTime(oldestMs)}`;
  const isHeadquarters = place === 'headquarters';
  const ask = isHeadquarters
    ? 'What a unit has not sent yet is on that unit alone'
    : hasHeadquarters
      ? 'For the rest ask headquarters'
      : `It sends nothing to headquarters; ask who oversees the operation: ${officialWords(overseer())}`;
  return [
    ...(asked.length === 0
      ? []
      : [
          `${isHeadquarters ? 'No unit' : 'This unit never'} records the ${inWords.format(asked)} of a vehicle: search without.`,
        ]),
    `${isHeadquarters ? 'Headquarters' : 'This unit'} keeps ${term}. ${here}. ${ask}.`,
  ];
}
