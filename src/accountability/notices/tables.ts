import type { Migration } from '../../platform/database.ts';

/** Notices to people, in `lookout.db`. No column for a plate, and none may be added: notices outlive the records. */
export const noticeMigrations: readonly Migration[] = [
  {
    id: 'notices-1',
    sql: `
      CREATE TABLE notice (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        -- What it tells; with the audience it makes a notice that is told once.
        key TEXT NOT NULL,
        -- account:ID, role:ROLE or permission:PERMISSION
        audience TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        kind TEXT NOT NULL,
        about TEXT,
        text TEXT NOT NULL,
        UNIQUE (audience, key)
      ) STRICT;
      CREATE INDEX notice_about ON notice (about);
      CREATE INDEX notice_at ON notice (at_ms);
      CREATE TABLE notice_read (
        notice INTEGER NOT NULL REFERENCES notice (number) ON DELETE CASCADE,
        account TEXT NOT NULL,
        name TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        PRIMARY KEY (notice, account)
      ) STRICT, WITHOUT ROWID;
      -- How many were dropped for being too many.
      CREATE TABLE notice_dropped (audience TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      -- Up to when each source of notices was looked through.
      CREATE TABLE notice_source (name TEXT PRIMARY KEY, through_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    `,
  },
];
