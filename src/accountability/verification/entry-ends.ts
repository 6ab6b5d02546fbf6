import type { HitMatch } from '../../hotlist/hit-match.ts';
import type { EntryEnd } from '../hotplates/hot-plates.ts';

/** What has become of the entries that hits are of: hot plates, and entries of lists. */
export interface EntryEnds {
  /** When and how an entry ended; null while it is on its list, as far as the unit can tell. */
  of(match: HitMatch): EntryEnd | null;
  /** Another text once an entry may have ended: before that none has, but for one whose term is over. */
  version(): string;
}

/** Of a unit without lists. */
export const noEntryEnds: EntryEnds = { of: () => null, version: () => '' };
