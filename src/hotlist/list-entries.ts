import type { Database } from '../platform/database.ts';
import type { HotEntry } from './hit-match.ts';
import { canonicalKey, normalisePlate } from './plate-text.ts';
import { type EntryRow, entryColumns, hotEntryOf } from './tables.ts';

/** Which entries of a list a person looks at. */
export interface EntriesPage {
  offset: number;
  limit: number;
  /** Only those that this plate matches. */
  plate?: string;
}

/** Reads the entries of a list in the order of their plates. */
export function createListEntries(db: Database): (listId: string, page: EntriesPage) => HotEntry[] {
  const ofList = `SELECT ${entryColumns} FROM generation JOIN entry ON entry.generation = generation.id
     WHERE list_id = ? AND generation.state = 'active'`;
  const page = db.prepare<[string, number, number], EntryRow>(
    `${ofList} ORDER BY canonical, plate, entry.id LIMIT ? OFFSET ?`,
  );
  const byKey = db.prepare<[string, string], EntryRow>(
    `${ofList} AND canonical = ? ORDER BY plate, entry.id`,
  );
  return (listId, { offset, limit, plate }) => {
    if (plate === undefined) return page.all(listId, limit, offset).map(hotEntryOf);
    const rows = byKey.all(listId, canonicalKey(normalisePlate(plate)));
    return rows.slice(offset, offset + limit).map(hotEntryOf);
  };
}
