import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EntriesFile } from '../../hotlist/entries-file.ts';
import { selectList } from '../../platform/columns.ts';
import type { Database } from '../../platform/database.ts';

/** A version of a hot list that was put in use at headquarters. */
export interface ListVersion extends EntriesFile {
  listId: string;
  /** 1, 2, 3 … of its list. */
  number: number;
  /** Higher with each version of any list. */
  sequence: number;
  /** When its source made the list. */
  asOfMs: number;
  /** When it was put in use at headquarters, by whom, and why where somebody said so. */
  inUseMs: number;
  by: string | null;
  note: string | null;
  /** When the broker had all of it; null until then. */
  publishedMs: number | null;
}

/** The versions of the hot lists of headquarters, with the files of entries of those that can be put in use again. */
export interface ListVersions {
  /** Newest first. */
  of(listId: string): ListVersion[];
  /** Notes a version that was put in use; what is noted of that moment already stays, but for a note that it lacks. */
  add(version: Omit<ListVersion, 'number' | 'sequence' | 'publishedMs'>): ListVersion;
  published(version: Pick<ListVersion, 'listId' | 'number'>, atMs: number): void;
  /** Where the file of entries of a version is. */
  fileOf(version: Pick<ListVersion, 'listId' | 'sha256'>): string;
  /** Where a new file of entries is written, before its hash is known. */
  newFileOf(listId: string): string;
  /** Whether that file is there. */
  isKept(version: Pick<ListVersion, 'listId' | 'sha256'>): boolean;
  /** Removes the files of a list but those of these versions. */
  keepOnly(listId: string, versions: readonly Pick<ListVersion, 'sha256'>[]): void;
}

/** Opens the versions. `db` is `lookout.db`, in which several processes may work. */
export function createListVersions(deps: { db: Database; dataDir: string }): ListVersions {
  const { db } = deps;
  const folder = join(deps.dataDir, 'list-versions');
  const columns = selectList([
    'listId',
    'number',
    'sequence',
    'sha256',
    'bytes',
    'entries',
    'asOfMs',
    'inUseMs',
    'by',
    'note',
    'publishedMs',
  ] satisfies (keyof ListVersion)[]);
  const ofList = db.prepare<[string], ListVersion>(
    `SELECT ${columns} FROM list_version WHERE list_id = ? ORDER BY number DESC`,
  );
  const ofMoment = db.prepare<[string, number], ListVersion>(
    `SELECT ${columns} FROM list_version WHERE list_id = ? AND in_use_ms = ?`,
  );
  const lastOf = db
    .prepare<[string], number>('SELECT max(number) FROM list_version WHERE list_id = ?')
    .pluck();
  const lastSequence = db.prepare<[], number>('SELECT max(sequence) FROM list_version').pluck();
  const insert = db.prepare(
    `INSERT INTO list_version (list_id, number, sequence, sha256, bytes, entries, as_of_ms, in_use_ms, by, note)
     VALUES (@listId, @number, @sequence, @sha256, @bytes, @entries, @asOfMs, @inUseMs, @by, @note)`,
  );
  const setNote = db.prepare(
    'UPDATE list_version SET note = ? WHERE list_id = ? AND number = ? AND note IS NULL',
  );
  const setPublished = db.prepare(
    'UPDATE list_version SET published_ms = ? WHERE list_id = ? AND number = ?',
  );
  const nameOf = ({ listId, sha256 }: Pick<ListVersion, 'listId' | 'sha256'>) =>
    `${listId}-${sha256}.csv`;
  const fileOf = (version: Pick<ListVersion, 'listId' | 'sha256'>) => join(folder, nameOf(version));

  return {
    of: (listId) => ofList.all(listId),
    add: db.transaction((version: Omit<ListVersion, 'number' | 'sequence' | 'publishedMs'>) => {
      const { listId, inUseMs, note } = version;
      const known = ofMoment.get(listId, inUseMs);
      if (known !== undefined) {
        setNote.run(note, listId, known.number);
        return { ...known, note: known.note ?? note };
      }
      const added = {
        ...version,
        number: (lastOf.get(listId) ?? 0) + 1,
        sequence: Math.max((lastSequence.get() ?? 0) + 1, Math.floor(Date.now())),
        publishedMs: null,
      };
      insert.run(added);
      return added;
    }).immediate,
    published({ listId, number }, atMs) {
      setPublished.run(Math.floor(atMs), listId, number);
    },
    fileOf,
    newFileOf: (listId) => join(folder, `${listId}.new`),
    isKept: (version) => statSync(fileOf(version), { throwIfNoEntry: false }) !== undefined,
    keepOnly(listId, versions) {
      const kept = new Set(versions.map(({ sha256 }) => nameOf({ listId, sha256 })));
      const name = new RegExp(`^${listId}-[0-9a-f]{64}\\.csv$`);
      for (const each of readdirSync(folder)) {
        if (name.test(each) && !kept.has(each)) rmSync(join(folder, each), { force: true });
      }
    },
  };
}
