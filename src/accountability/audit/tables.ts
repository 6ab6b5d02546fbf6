import type { Migration } from '../../platform/database.ts';

/**
 * `audit.db`. SQLite generates the columns beside `body` from it, so they always agree with it. The triggers stop
 * programs from changing records by mistake; hashes, seals and the anchor reveal deliberate changes.
 */
export const auditMigrations: readonly Migration[] = [
  {
    id: 'audit-1-records',
    sql: `
      CREATE TABLE record (
        seq INTEGER PRIMARY KEY,
        body TEXT NOT NULL,
        hash TEXT NOT NULL,
        seal TEXT NOT NULL,
        at TEXT AS (json_extract(body, '$.at')) VIRTUAL,
        category TEXT AS (json_extract(body, '$.category')) VIRTUAL,
        operation TEXT AS (json_extract(body, '$.operation')) VIRTUAL,
        outcome TEXT AS (json_extract(body, '$.outcome')) VIRTUAL,
        username TEXT AS (json_extract(body, '$.who.username')) VIRTUAL,
        inquiry TEXT AS (json_extract(body, '$.inquiry.id')) VIRTUAL
      ) STRICT;
      -- Each ends in seq, the rowid: a filtered page is read in order without sorting.
      CREATE INDEX record_at ON record (at);
      CREATE INDEX record_category ON record (category);
      CREATE INDEX record_operation ON record (operation);
      CREATE INDEX record_username ON record (username);
      CREATE INDEX record_inquiry ON record (inquiry) WHERE inquiry IS NOT NULL;

      -- What a recorded decision removed: records 2 to upTo, the last of which had this hash.
      CREATE TABLE checkpoint (
        upTo INTEGER PRIMARY KEY,
        hash TEXT NOT NULL,
        decidedIn INTEGER NOT NULL,
        seal TEXT NOT NULL
      ) STRICT;

      -- Also refuses INSERT OR REPLACE, for which SQLite runs no DELETE trigger.
      CREATE TRIGGER record_append BEFORE INSERT ON record
        WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM record)
        BEGIN SELECT raise(ABORT, 'the audit log only takes the next record'); END;
      CREATE TRIGGER record_fixed BEFORE UPDATE ON record
        BEGIN SELECT raise(ABORT, 'audit records are never changed'); END;
      CREATE TRIGGER record_kept BEFORE DELETE ON record
        WHEN old.seq = 1 OR old.seq > (SELECT coalesce(max(upTo), 0) FROM checkpoint)
        BEGIN SELECT raise(ABORT, 'audit records are removed by a recorded decision only'); END;
      CREATE TRIGGER checkpoint_fixed BEFORE UPDATE ON checkpoint
        BEGIN SELECT raise(ABORT, 'checkpoints are never changed'); END;
      CREATE TRIGGER checkpoint_kept BEFORE DELETE ON checkpoint
        BEGIN SELECT raise(ABORT, 'checkpoints are never removed'); END;
    `,
  },
];

/** In `lookout.db`, beside the outbox: the position up to which each log was forwarded. */
export const auditForwardMigrations: readonly Migration[] = [
  {
    id: 'audit-1-forward',
    sql: `CREATE TABLE auditForward (
            log TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL, turn INTEGER NOT NULL
          ) STRICT;`,
  },
  { id: 'audit-2-table-names', sql: 'ALTER TABLE auditForward RENAME TO audit_forward;' },
];
