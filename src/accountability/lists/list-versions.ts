import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EntriesFile } from '../../hotlist/entries-file.ts';
import { selectList } from '../../platform/columns.ts';
import type { Database } from '../../platform/database.ts';

/** A version of a hot list that was put in use at headquarters, or with which it was taken back. */
export interface ListVersion extends EntriesFile {
  listId: string;
  /** 1, 2, 3 … of its list. */
  number: number;
  /** Higher with each version of any list. */
  sequence: number;
  /** When its source made the list. */
  asOfMs: number;
  /** When it was put in use at headquarters, or taken back; by whom, and why where somebody said so. */
  inUseMs: number;
  /** The import whose entries it has, by its time: a list that is switched on again has those that it had. */
  importedMs: number;
  /** How it was taken back from all units, with a file without entries; null: it was put in use. */
  withdrawn: 'off' | 'deleted' | null;
  by: string | null;
  note: string | null;
  /** When the broker had all of it; null until then. */
  publishedMs: number | null;
}

/** The versions of the hot lists of headquarters, with the files of entries of those that can be put in use again. */
export interface ListVersions {
  /** Newest first. */
  of(listId: string): ListVersion[];
  /**
   * Notes a version, unless the newest is of the same import, or takes the list back as this one does: that stays, but for a
   * note that it lacks.
   */
  add(version: Omit<ListVersion, 'number' | 'sequence' | 'publishedMs'>): ListVersion;
  /** Gives a version a higher number in the order of all, above one that headquarters did not know. */
  raise(version: ListVersion, sequence: number): ListVersion;
  published(version: Pick<ListVersion, 'listId' | 'number'>, atMs: number): void;
  /** Where the file of entries of a version is. */
  fileOf(version: Pick<ListVersion, 'listId' | 'sha256'>): string;
  /** Where a new file of entries is written, before its hash is known. */
  newFileOf(listId: string): string;
  /** Whether that file is there. */
  isKept(version: Pick<ListVersion, 'listId' | 'sha256'>): boolean;
  /** Forgets a version; that of its list with the highest number must stay, since the next one counts on from it. */
  forget(version: Pick<ListVersion, 'listId' | 'number'>): void;
  /** Removes the files of a list but those with these hashes. */
  keepOnly(listId: string, hashes: readonly string[]): void;
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
    'withdrawn',
    'publishedMs',
  ] satisfies (keyof ListVersion)[]);
  const all = `SELECT ${columns}, coalesce(imported_ms, in_use_ms) AS importedMs FROM list_version`;
  const ofList = db.prepare<[string], ListVersion>(`${all} WHERE list_id = ? ORDER BY number DESC`);
  const isTaken = db
    .prepare<[string, number], number>(
      'SELECT 1 FROM list_version WHERE list_id = ? AND in_use_ms = ?',
    )
    .pluck();
  const lastSequence = db.prepare<[], number>('SELECT max(sequence) FROM list_version').pluck();
  const insert = db.prepare(
    `INSERT INTO list_version (list_id, number, sequence, sha256, bytes, entries, as_of_ms, in_use_ms, by, note, withdrawn, imported_ms)
     VALUES (@listId, @number, @sequence, @sha256, @bytes, @entries, @asOfMs, @inUseMs, @by, @note, @withdrawn, @importedMs)`,
  );
  const setNote = db.prepare(
    'UPDATE list_version SET note = ? WHERE list_id = ? AND number = ? AND note IS NULL',
  );
  const setPublished = db.prepare(
    'UPDATE list_version SET published_ms = ? WHERE list_id = ? AND number = ?',
  );
  const setSequence = db.prepare(
    'UPDATE list_version SET sequence = ? WHERE list_id = ? AND number = ?',
  );
  const remove = db.prepare('DELETE FROM list_version WHERE list_id = ? AND number = ?');
  const nameOf = ({ listId, sha256 }: Pick<ListVersion, 'listId' | 'sha256'>) =>
    `${listId}-${sha256}.csv`;
  const fileOf = (version: Pick<ListVersion, 'listId' | 'sha256'>) => join(folder, nameOf(version));

  return {
    of: (listId) => ofList.all(listId),
    add: db.transaction((version: Omit<ListVersion, 'number' | 'sequence' | 'publishedMs'>) => {
      const { listId, note } = version;
      const [newest] = ofList.all(listId);
      if (newest !== undefined && isSame(newest, version)) {
        setNote.run(note, listId, newest.number);
        return { ...newest, note: newest.note ?? note };
      }
      // Each has a moment of its own, whatever the clock did.
      let { inUseMs } = version;
      while (isTaken.get(listId, inUseMs) !== undefined) inUseMs += 1;
      const added = {
        ...version,
        inUseMs,
        number: (newest?.number ?? 0) + 1,
        sequence: Math.max((lastSequence.get() ?? 0) + 1, Math.floor(Date.now())),
        publishedMs: null,
      };
      insert.run(added);
      return added;
    }).immediate,
    raise(version, sequence) {
      setSequence.run(sequence, version.listId, version.number);
      return { ...version, sequence };
    },
    forget({ listId, number }) {
      remove.run(listId, number);
    },
    published({ listId, number }, atMs) {
      setPublished.run(Math.floor(atMs), listId, number);
    },
    fileOf,
    newFileOf: (listId) => join(folder, `${listId}.new`),
    isKept: (version) => statSync(fileOf(version), { throwIfNoEntry: false }) !== undefined,
    keepOnly(listId, hashes) {
      const kept = new Set(hashes.map((sha256) => nameOf({ listId, sha256 })));
      const name = new RegExp(`^${listId}-[0-9a-f]{64}\\.csv$`);
      for (const each of readdirSync(folder)) {
        if (name.test(each) && !kept.has(each)) rmSync(join(folder, each), { force: true });
      }
    },
  };
}

function isSame(
  one: Pick<ListVersion, 'importedMs' | 'withdrawn'>,
  other: Pick<ListVersion, 'importedMs' | 'withdrawn'>,
): boolean {
  if (one.withdrawn !== null || other.withdrawn !== null) {
    return one.withdrawn !== null && other.withdrawn !== null;
  }
  return one.importedMs === other.importedMs;
}
