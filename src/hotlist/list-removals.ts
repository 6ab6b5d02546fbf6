import type { Database } from '../platform/database.ts';

/** Why a list has no entries. */
export interface ListRemoval {
  /** The person's name; null: headquarters does not say. */
  by: string | null;
  atMs: number;
  /** `here`: a person deleted its entries; `headquarters`: it took the list back from all units. */
  from: 'here' | 'headquarters';
}

/** Takes lists out of use, and knows why. What is said of a list counts only while nothing is in use of it. */
export function createListRemovals(db: Database) {
  const all = db.prepare<
    [],
    { listId: string; by: string | null; atMs: number; byHeadquarters: number }
  >(
    'SELECT list_id AS listId, by, at_ms AS atMs, by_headquarters AS byHeadquarters FROM list_removal',
  );
  const put = db.prepare('INSERT OR REPLACE INTO list_removal VALUES (?, ?, ?, ?)');
  const retire = db.prepare(
    "UPDATE generation SET state = 'retired' WHERE list_id = ? AND state IN ('active', 'expired')",
  );
  return {
    all: (): Map<string, ListRemoval> =>
      new Map(
        all
          .all()
          .map(({ listId, byHeadquarters, ...rest }) => [
            listId,
            { ...rest, from: byHeadquarters === 1 ? 'headquarters' : 'here' },
          ]),
      ),
    /** No entry of the list alerts from now on; a sweep deletes them. */
    remove: db.transaction((listId: string, { by, atMs, from }: ListRemoval): void => {
      retire.run(listId);
      put.run(listId, by, Math.floor(atMs), from === 'headquarters' ? 1 : 0);
    }).immediate,
  };
}
