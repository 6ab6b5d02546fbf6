import { canonicalJson } from '../audit/canonical-json.ts';
import type { SharedEntry } from './hot-plate.ts';

/**
 * Of two states of one entry the one that counts, the same on each unit and at headquarters, in whatever order they
 * arrive: a removal before all else, until someone who knows of it takes it back; then the higher revision; of one revision
 * the state that people decided last, by `rank`; and else any, but everywhere the same.
 */
export function newerEntry(one: SharedEntry, other: SharedEntry): SharedEntry {
  const weights = [one, other].map(weigh) as [Weight, Weight];
  for (const at of [0, 1, 2, 3] as const) {
    const difference = weights[0][at] - weights[1][at];
    if (difference !== 0) return difference > 0 ? one : other;
  }
  return canonicalJson(one) >= canonicalJson(other) ? one : other;
}

/** Whether two states of an entry are the same. */
export function isSameEntry(one: SharedEntry, other: SharedEntry): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

type Weight = [restorations: number, removed: number, revision: number, rank: number];

const rank = { draft: 0, awaiting: 1, active: 2, expired: 3, refused: 4, removed: 5 } as const;

function weigh({ state, revision, restorations = 0 }: SharedEntry): Weight {
  // Each unit marks an expiry by itself, as a revision of its own: it changes nothing that people decided.
  const decided = state === 'expired' ? revision - 1 : revision;
  return [restorations, state === 'removed' ? 1 : 0, decided, rank[state]];
}
