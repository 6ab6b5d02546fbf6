import type { Migration } from '../../platform/database.ts';

/** In `lookout.db`, at headquarters: the versions of each list that were put in use there, for all units. */
export const listVersionMigrations: readonly Migration[] = [
  {
    id: 'lists-1-versions',
    sql: `
      CREATE TABLE list_version (
        list_id TEXT NOT NULL,
        -- 1, 2, 3 … of each list.
        number INTEGER NOT NULL,
        -- Goes up with each version, also after a loss of this database: it begins at the time.
        sequence INTEGER NOT NULL,
        -- Of its file of entries, which lies in the folder list-versions.
        sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, entries INTEGER NOT NULL,
        as_of_ms INTEGER NOT NULL,
        -- When it was put in use at headquarters, by whom, and why where somebody said so.
        in_use_ms INTEGER NOT NULL, by TEXT, note TEXT,
        -- NULL until the broker has all of it.
        published_ms INTEGER,
        PRIMARY KEY (list_id, number)
      ) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX list_version_in_use ON list_version (list_id, in_use_ms);`,
    olderMayUse: true,
  },
  {
    id: 'lists-2-withdrawals',
    sql: `
      -- 'off' or 'deleted': the list was taken back from all units, and the file has no entries; NULL: it was put in use.
      ALTER TABLE list_version ADD COLUMN withdrawn TEXT;
      -- The import whose entries it has, by its time; NULL: that of in_use_ms.
      ALTER TABLE list_version ADD COLUMN imported_ms INTEGER;`,
    olderMayUse: true,
  },
];
