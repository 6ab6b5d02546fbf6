import type { Mark } from './parts/map/marks.ts';
import { readPlateWords, seenWords } from './read-words.ts';
import type { FoundRead } from './search-form.ts';

const known = new WeakMap<readonly FoundRead[], readonly Mark[]>();

/** Reads as marks of a map; the same list for the same reads, so that the map is not made anew with each redraw. */
export function marksOf(reads: readonly FoundRead[]): readonly Mark[] {
  const before = known.get(reads);
  if (before !== undefined) return before;
  const marks = reads.flatMap((read): Mark[] => {
    const { id, plate, unread = null, latitude, longitude, lastSeen, hit } = read;
    if (latitude === null || longitude === null) return [];
    const words = `${readPlateWords({ plate, unread })}, ${seenWords(lastSeen)}${hit ? ', hit' : ''}`;
    return [{ id, latitude, longitude, words, isHit: hit, atMs: Date.parse(lastSeen) }];
  });
  known.set(reads, marks);
  return marks;
}
