import type { Migration } from '../../platform/database.ts';

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
  {
    id: 'headquarters-5-audit-search',
    // The trigger fills a table that an older release never meets.
    olderMayUse: true,
    sql: `
      -- Stored, and not generated as the others are: an index that counts it need not open the record.
      ALTER TABLE unit_audit ADD COLUMN category TEXT;
      UPDATE unit_audit SET category = json_extract(body, '$.category');
      ALTER TABLE unit_audit ADD COLUMN operation TEXT AS (json_extract(body, '$.operation')) VIRTUAL;
      ALTER TABLE unit_audit ADD COLUMN outcome TEXT AS (json_extract(body, '$.outcome')) VIRTUAL;
      ALTER TABLE unit_audit ADD COLUMN username TEXT AS (json_extract(body, '$.who.username')) VIRTUAL;
      ALTER TABLE unit_audit ADD COLUMN inquiry TEXT AS (json_extract(body, '$.inquiry.id')) VIRTUAL;
      ALTER TABLE unit_audit ADD COLUMN object TEXT AS (json_extract(body, '$.object')) VIRTUAL;
      -- Each goes on with the key (unit, seq, hash), so that a page is read in order without sorting.
      CREATE INDEX unit_audit_time ON unit_audit (at_ms);
      CREATE INDEX unit_audit_unit ON unit_audit (unit, at_ms);
      CREATE INDEX unit_audit_category ON unit_audit (category, at_ms);
      CREATE INDEX unit_audit_operation ON unit_audit (operation, at_ms);
      CREATE INDEX unit_audit_person ON unit_audit (username, at_ms);
      CREATE INDEX unit_audit_inquiry ON unit_audit (inquiry, at_ms) WHERE inquiry IS NOT NULL;
      CREATE INDEX unit_audit_outcome ON unit_audit (outcome, at_ms) WHERE outcome <> 'done';
      CREATE INDEX unit_audit_object ON unit_audit (object) WHERE object IS NOT NULL;

      -- What each record names, without spaces and hyphens, by every three characters in a row: plates and ids in any place.
      CREATE VIRTUAL TABLE unit_audit_text USING fts5 (
        asked, about, unit UNINDEXED, seq UNINDEXED, hash UNINDEXED, tokenize = 'trigram', columnsize = 0
      );
      CREATE TRIGGER unit_audit_indexed AFTER INSERT ON unit_audit
        WHEN json_extract(new.body, '$.query') IS NOT NULL OR new.object IS NOT NULL
        BEGIN INSERT INTO unit_audit_text (asked, about, unit, seq, hash) VALUES (
          upper(replace(replace(json_extract(new.body, '$.query'), ' ', ''), '-', '')),
          upper(replace(replace(new.object, ' ', ''), '-', '')), new.unit, new.seq, new.hash); END;
      -- An older release does not fill it.
      CREATE TRIGGER unit_audit_categorised AFTER INSERT ON unit_audit WHEN new.category IS NULL
        BEGIN UPDATE unit_audit SET category = json_extract(body, '$.category')
          WHERE unit = new.unit AND seq = new.seq AND hash = new.hash; END;
      INSERT INTO unit_audit_text (asked, about, unit, seq, hash)
        SELECT upper(replace(replace(json_extract(body, '$.query'), ' ', ''), '-', '')),
          upper(replace(replace(object, ' ', ''), '-', '')), unit, seq, hash FROM unit_audit
        WHERE json_extract(body, '$.query') IS NOT NULL OR object IS NOT NULL;
    `,
  },
  {
    id: 'headquarters-6-restored-logs',
    olderMayUse: true,
    sql: `
      -- Records of units that were restored from a backup, of which their log knows nothing any more.
      CREATE TABLE unit_audit_replaced (
        unit TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (unit, seq, hash)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    id: 'headquarters-7-ends-of-waiting',
    olderMayUse: true,
    sql: `
      ALTER TABLE early_image ADD COLUMN heard_ms INTEGER;
      UPDATE early_image SET heard_ms = unixepoch() * 1000;
      CREATE INDEX unit_notice_heard ON unit_notice (heard_ms);

      -- How much of a kind waited in vain for what it is about, and when some was given up last.
      CREATE TABLE given_up (
        kind TEXT PRIMARY KEY, count INTEGER NOT NULL, last_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    id: 'headquarters-8-list-schedules',
    olderMayUse: true,
    sql: `
      -- How the schedules of hot lists stand: when each was last carried out to its end, and tried; what it saw last.
      CREATE TABLE list_schedule (
        name TEXT PRIMARY KEY, done_ms INTEGER, tried_ms INTEGER, seen TEXT, problem TEXT, problem_ms INTEGER
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    id: 'headquarters-9-problems-that-stay',
    olderMayUse: true,
    sql: `
      -- 1: the problem is of a file that came, and stays until the next one is taken; 0: it ends when the source answers.
      ALTER TABLE list_schedule ADD COLUMN problem_stays INTEGER NOT NULL DEFAULT 0;
      UPDATE list_schedule SET problem_stays = 1
        WHERE problem LIKE 'the file was refused%' OR problem LIKE '%cannot be moved out of its folder%';
    `,
  },
  {
    id: 'headquarters-10-purged-logs',
    olderMayUse: true,
    sql: `
      -- Up to which record the log of a unit was removed by decision, its hash, and before which time its records were.
      ALTER TABLE unit_log ADD COLUMN purged_seq INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE unit_log ADD COLUMN purged_hash TEXT;
      ALTER TABLE unit_log ADD COLUMN purged_before_ms INTEGER;
      -- What is removed is overwritten in the index too.
      INSERT INTO unit_audit_text (unit_audit_text, rank) VALUES ('secure-delete', 1);
    `,
  },
];
