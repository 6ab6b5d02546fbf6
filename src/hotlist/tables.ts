import { selectList } from '../platform/columns.ts';
import type { Database, Migration } from '../platform/database.ts';
import type { HotEntry } from './hit-match.ts';

/**
 * `hotlist.db`. A generation is one import of one list; its state is the use of its entries: building (being written,
 * or left by a crash), active (matched), expired (too old: entries deleted, the row is kept so that the state can be
 * shown), retired (replaced, entries being deleted). Entries are stored in the order of their canonical key, so one
 * seek finds all candidates of a read. Entries with wildcards have the empty key, where no read finds them.
 */
export const hotlistMigrations: readonly Migration[] = [
  {
    id: 'hotlist-1',
    sql: `
      CREATE TABLE generation (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        listId TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('building', 'active', 'expired', 'retired')),
        asOfMs INTEGER NOT NULL,
        importedAtMs INTEGER NOT NULL,
        maxAgeH REAL NOT NULL,
        sha256 TEXT NOT NULL,
        records INTEGER NOT NULL,
        entries INTEGER NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX generationOfList ON generation (listId) WHERE state IN ('active', 'expired');
      CREATE TABLE entry (
        generation INTEGER NOT NULL,
        canonical TEXT NOT NULL,
        plate TEXT NOT NULL,
        id TEXT NOT NULL,
        state TEXT, plateType TEXT, category TEXT NOT NULL, reason TEXT NOT NULL,
        make TEXT, model TEXT, colour TEXT, year TEXT,
        caseNumber TEXT, enteredBy TEXT, approvedBy TEXT,
        entryDateMs INTEGER, expiresMs INTEGER,
        PRIMARY KEY (generation, canonical, plate, id)
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    id: 'hotlist-2-governance',
    sql: `
      ALTER TABLE generation ADD COLUMN importedBy TEXT;
      CREATE TABLE listChoice (
        listId TEXT PRIMARY KEY,
        enabled INTEGER NOT NULL,
        by TEXT NOT NULL,
        atMs INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    // The profile that the next file of the list must match, and why the newest one was refused.
    id: 'hotlist-3-profile',
    sql: `
      ALTER TABLE generation ADD COLUMN profile TEXT;
      CREATE TABLE list_refusal (
        listId TEXT PRIMARY KEY,
        atMs INTEGER NOT NULL,
        reason TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    id: 'hotlist-4-table-names',
    sql: `
      ALTER TABLE listChoice RENAME TO list_choice;
      DROP INDEX generationOfList;
      CREATE UNIQUE INDEX generation_list ON generation (listId) WHERE state IN ('active', 'expired');`,
  },
  {
    id: 'hotlist-5-column-names',
    sql: `
      ALTER TABLE generation RENAME COLUMN listId TO list_id;
      ALTER TABLE generation RENAME COLUMN asOfMs TO as_of_ms;
      ALTER TABLE generation RENAME COLUMN importedAtMs TO imported_at_ms;
      ALTER TABLE generation RENAME COLUMN maxAgeH TO max_age_h;
      ALTER TABLE generation RENAME COLUMN importedBy TO imported_by;
      ALTER TABLE entry RENAME COLUMN plateType TO plate_type;
      ALTER TABLE entry RENAME COLUMN caseNumber TO case_number;
      ALTER TABLE entry RENAME COLUMN enteredBy TO entered_by;
      ALTER TABLE entry RENAME COLUMN approvedBy TO approved_by;
      ALTER TABLE entry RENAME COLUMN entryDateMs TO entry_date_ms;
      ALTER TABLE entry RENAME COLUMN expiresMs TO expires_ms;
      ALTER TABLE list_choice RENAME COLUMN listId TO list_id;
      ALTER TABLE list_choice RENAME COLUMN atMs TO at_ms;
      ALTER TABLE list_refusal RENAME COLUMN listId TO list_id;
      ALTER TABLE list_refusal RENAME COLUMN atMs TO at_ms;`,
  },
  {
    // Why a list without entries has none: a person deleted them here, or headquarters took the list back. It counts until the
    // list has entries again.
    id: 'hotlist-6-removals',
    sql: `
      CREATE TABLE list_removal (
        list_id TEXT PRIMARY KEY,
        by TEXT,
        at_ms INTEGER NOT NULL,
        by_headquarters INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    id: 'hotlist-7-sequences',
    olderMayUse: true,
    sql: `
      -- The number of the newest manifest of headquarters that was taken of a list, so that no older one is, also where a backup
      -- was put back.
      CREATE TABLE list_sequence (
        list_id TEXT PRIMARY KEY,
        sequence INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;`,
  },
];

/** The fields of an entry in the order that the statements bind them. */
export const entryFields = [
  'canonical',
  'plate',
  'id',
  'state',
  'plateType',
  'category',
  'reason',
  'make',
  'model',
  'colour',
  'year',
  'caseNumber',
  'enteredBy',
  'approvedBy',
  'entryDateMs',
  'expiresMs',
] as const;

/** An entry as stored; times in ms since the epoch. */
export type EntryRow = Omit<HotEntry, 'entryDate' | 'expires'> & {
  canonical: string;
  entryDateMs: number | null;
  expiresMs: number | null;
};

/** Select list of an entry; each column of table `entry` has its field's name in the row. */
export const entryColumns = selectList(entryFields, 'entry');

/** One import of a list. */
export interface Generation {
  id: number;
  listId: string;
  state: 'building' | 'active' | 'expired' | 'retired';
  asOfMs: number;
  importedAtMs: number;
  maxAgeH: number;
  sha256: string;
  importedBy: string | null;
  /** Rows of the file. */
  records: number;
  /** Entries stored, including those with wildcards. */
  entries: number;
  /** The profile of its rows, as JSON (`list-profile.ts`); null for a list imported by an earlier version. */
  profile: string | null;
}

/** Select list of a generation. */
export const generationColumns = selectList([
  'id',
  'listId',
  'state',
  'asOfMs',
  'importedAtMs',
  'maxAgeH',
  'sha256',
  'importedBy',
  'records',
  'entries',
  'profile',
] satisfies (keyof Generation)[]);

/** Why the newest file of a list was refused. */
export interface ListRefusal {
  listId: string;
  atMs: number;
  reason: string;
}

/** The lists whose newest file was refused. */
export function currentRefusals(db: Database): () => ListRefusal[] {
  const statement = db.prepare<[], ListRefusal>(
    'SELECT list_id AS listId, at_ms AS atMs, reason FROM list_refusal',
  );
  return () => statement.all();
}

/** Records why the newest file of a list was refused, or with null that one was accepted. */
export function noteRefusal(
  db: Database,
  listId: string,
  atMs: number,
  reason: string | null,
): void {
  if (reason === null) db.prepare('DELETE FROM list_refusal WHERE list_id = ?').run(listId);
  else {
    db.prepare('INSERT OR REPLACE INTO list_refusal (list_id, at_ms, reason) VALUES (?, ?, ?)').run(
      listId,
      Math.floor(atMs),
      reason,
    );
  }
}

/** The current import of each list: active, or expired without entries. */
export function currentGenerations(db: Database): () => Generation[] {
  const statement = db.prepare<[], Generation>(
    `SELECT ${generationColumns} FROM generation WHERE state IN ('active', 'expired')`,
  );
  return () => statement.all();
}

/** An entry as the operator sees it. */
export function hotEntryOf(row: EntryRow): HotEntry {
  const { id, plate, state, plateType, category, reason, make, model, colour, year } = row;
  const { caseNumber, enteredBy, approvedBy } = row;
  return {
    id,
    plate,
    state,
    plateType,
    category,
    reason,
    make,
    model,
    colour,
    year,
    caseNumber,
    enteredBy,
    approvedBy,
    entryDate: row.entryDateMs === null ? null : new Date(row.entryDateMs).toISOString(),
    expires: row.expiresMs === null ? null : new Date(row.expiresMs).toISOString(),
  };
}
