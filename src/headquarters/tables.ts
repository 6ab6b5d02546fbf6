import type { Migration } from '../platform/database.ts';

/** What every unit of an agency knows; a sequence above the published one is yet to be published. */
export const sharedTable = `
  CREATE TABLE shared (
    agency TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, unit TEXT NOT NULL,
    body TEXT NOT NULL, sequence INTEGER NOT NULL, published INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (agency, kind, id)
  ) STRICT, WITHOUT ROWID;
`;

/** The tables of `headquarters.db`: what headquarters has beside the databases that each unit has too. */
export const headquartersMigrations: readonly Migration[] = [
  {
    id: 'headquarters-1-units',
    sql: `
      -- Every unit that was ever heard.
      CREATE TABLE unit (
        id TEXT PRIMARY KEY,
        first_heard_ms INTEGER NOT NULL,
        last_heard_ms INTEGER NOT NULL,
        -- online, or offline by its farewell or its last will
        state TEXT NOT NULL,
        reason TEXT,
        state_since_ms INTEGER NOT NULL,
        -- The figures of its last health message, as JSON.
        health TEXT,
        health_at_ms INTEGER
      ) STRICT;

      -- The audit records of the units, as they sent them. Two of one number and other hashes contradict each other.
      CREATE TABLE unit_audit (
        unit TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL, previous TEXT NOT NULL,
        at_ms INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (unit, seq, hash)
      ) STRICT, WITHOUT ROWID;

      -- What people did on units, so that it takes effect once.
      CREATE TABLE unit_notice (
        id TEXT PRIMARY KEY,
        unit TEXT NOT NULL,
        type TEXT NOT NULL,
        heard_ms INTEGER NOT NULL,
        -- The hit that it waits for; NULL once it took effect here.
        waits_for TEXT,
        -- As it was sent, while it waits; then '{}'.
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX unit_notice_waits ON unit_notice (waits_for) WHERE waits_for IS NOT NULL;

      -- Pictures that came before their detection; the file is on the disk.
      CREATE TABLE early_image (
        id TEXT PRIMARY KEY, unit TEXT NOT NULL, detection_id TEXT NOT NULL, body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX early_image_detection ON early_image (detection_id);
    `,
  },
  { id: 'headquarters-2-shared', sql: sharedTable },
  {
    id: 'headquarters-3-published-lists',
    sql: `
      -- Files of hot lists whose parts the broker may hold.
      CREATE TABLE published_list (
        agency TEXT NOT NULL, list TEXT NOT NULL, sha256 TEXT NOT NULL, chunks INTEGER NOT NULL,
        PRIMARY KEY (agency, list, sha256)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    id: 'headquarters-4-unit-logs',
    sql: `
      -- How far headquarters' own log says that the log of a unit has come, and when that log contradicted itself last.
      CREATE TABLE unit_log (
        unit TEXT PRIMARY KEY, anchored_seq INTEGER NOT NULL DEFAULT 0, contradicted_ms INTEGER
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
