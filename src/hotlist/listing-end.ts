import { isoTime } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { readAgain } from '../platform/guarded-database.ts';
import type { HitMatch } from './hit-match.ts';
import { canonicalKey, isWildcard } from './plate-text.ts';
import { currentGenerations } from './tables.ts';

/** That an entry that matched is on its list no more. */
export interface ListingEnd {
  /** ISO time: when the source made the first version here without it, as far as is known, or when its term was over. */
  at: string;
  how: 'removed' | 'expired';
}

/** What has become of the entries that alerts are of. */
export interface ListingEnds {
  /** Null while the vehicle is listed, and where that cannot be told: its list is not here in a version as new. */
  of(match: Pick<HitMatch, 'entry' | 'list'>): ListingEnd | null;
  /** Another text once any list is in another version: before that no entry was removed. */
  version(): string;
}

interface Listed {
  id: string;
  state: string | null;
  expiresMs: number | null;
}

/** Looks entries up in the version of their list that is in use: one seek each, so that cards may ask. Never throws. */
export function createListingEnds(db: Database, clock: () => number): ListingEnds {
  const generations = currentGenerations(db);
  const versionOf = db.prepare<[string], { id: number; asOfMs: number }>(
    "SELECT id, as_of_ms AS asOfMs FROM generation WHERE list_id = ? AND state = 'active'",
  );
  const sameText = db.prepare<[number, string, string], Listed>(
    `SELECT id, state, expires_ms AS expiresMs FROM entry
     WHERE generation = ? AND canonical = ? AND plate = ?`,
  );

  const find = ({ entry, list }: Pick<HitMatch, 'entry' | 'list'>): ListingEnd | null => {
    const version = versionOf.get(list.id);
    // An older version cannot tell that the entry is gone.
    if (version === undefined || version.asOfMs < Date.parse(list.asOf)) return null;
    const canonical = isWildcard(entry.plate) ? '' : canonicalKey(entry.plate);
    // An entry that was only corrected has another id where the list gives none.
    const listed = sameText
      .all(version.id, canonical, entry.plate)
      .filter(
        ({ id, state }) =>
          id === entry.id || state === entry.state || state === null || entry.state === null,
      );
    if (listed.length === 0) return { at: isoTime(version.asOfMs), how: 'removed' };
    const endMs = Math.max(...listed.map(({ expiresMs }) => expiresMs ?? Number.POSITIVE_INFINITY));
    return endMs <= clock() ? { at: isoTime(endMs), how: 'expired' } : null;
  };

  const unless = <T>(work: () => T, otherwise: T): T => {
    try {
      return readAgain(work);
    } catch {
      // The status says that the lists cannot be read; an alert stays as it is.
      return otherwise;
    }
  };

  return {
    of: (match) => unless(() => find(match), null),
    version: () =>
      unless(
        () =>
          generations()
            .map(({ id, state }) => `${id} ${state}`)
            .join(),
        '',
      ),
  };
}
