import type { Migration } from '../../platform/database.ts';

/** Tables of holds, of the reads of a case, and of purges. */
export const retentionMigrations: readonly Migration[] = [
  {
    id: 'retention-1-holds',
    sql: `
      CREATE TABLE hold (
        id TEXT PRIMARY KEY,
        -- What it keeps, as JSON of holdScopeSchema. A hold is never changed, only lifted.
        scope TEXT NOT NULL,
        caseNumber TEXT,
        reason TEXT NOT NULL,
        setAtMs INTEGER NOT NULL,
        setBy TEXT NOT NULL,
        liftedAtMs INTEGER,
        liftedBy TEXT,
        liftedWhy TEXT
      ) STRICT;
      CREATE INDEX hold_active ON hold (id) WHERE liftedAtMs IS NULL;

      -- Detections that someone put to a case: by a hold, by an evidence package, by opening them under its number.
      CREATE TABLE case_detection (
        caseNumber TEXT NOT NULL,
        detectionId TEXT NOT NULL REFERENCES detection (id) ON DELETE CASCADE,
        PRIMARY KEY (caseNumber, detectionId)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX case_detection_detection ON case_detection (detectionId);

      CREATE TABLE purge_run (
        id TEXT PRIMARY KEY,
        why TEXT NOT NULL,
        startedAtMs INTEGER NOT NULL,
        -- Null while it runs; one that a power cut ended is closed at the next start.
        finishedAtMs INTEGER,
        -- What went so far, by rule; written with each removal.
        removed TEXT NOT NULL
      ) STRICT;

      CREATE TABLE retention_note (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    `,
  },
  {
    id: 'retention-2-column-names',
    sql: `
      ALTER TABLE hold RENAME COLUMN caseNumber TO case_number;
      ALTER TABLE hold RENAME COLUMN setAtMs TO set_at_ms;
      ALTER TABLE hold RENAME COLUMN setBy TO set_by;
      ALTER TABLE hold RENAME COLUMN liftedAtMs TO lifted_at_ms;
      ALTER TABLE hold RENAME COLUMN liftedBy TO lifted_by;
      ALTER TABLE hold RENAME COLUMN liftedWhy TO lifted_why;
      ALTER TABLE case_detection RENAME COLUMN caseNumber TO case_number;
      ALTER TABLE case_detection RENAME COLUMN detectionId TO detection_id;
      ALTER TABLE purge_run RENAME COLUMN startedAtMs TO started_at_ms;
      ALTER TABLE purge_run RENAME COLUMN finishedAtMs TO finished_at_ms;
    `,
  },
];

/** Who worked on a case here, to be told before its reads are purged (RET-9). */
export const caseMemberMigrations: readonly Migration[] = [
  {
    id: 'retention-3-case-members',
    sql: `
      CREATE TABLE case_member (
        case_number TEXT NOT NULL,
        account TEXT NOT NULL,
        PRIMARY KEY (case_number, account)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
