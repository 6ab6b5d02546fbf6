import type { Migration } from '../../platform/database.ts';

/** Finds what waits for approval, and what was decided lately, among all entries. */
export const hotPlateIndexMigrations: readonly Migration[] = [
  {
    id: 'hotplates-3-decisions',
    sql: `
      CREATE INDEX hot_plate_pending ON hot_plate (state, id) WHERE json ->> '$.pending' IS NOT NULL;
      CREATE INDEX hot_plate_decided ON hot_plate (coalesce(json ->> '$.ended.at', json ->> '$.approvedAt'));
    `,
  },
];

/**
 * Hot plates in `lookout.db`. `hot_plate_revision` counts every change of them, so that each process notices the changes
 * of the others with one short query. Rows of the log can only be added (HOT-12).
 */
export const hotPlatesMigrations: readonly Migration[] = [
  {
    id: 'hotplates-1',
    sql: `
      CREATE TABLE hotPlate (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        owner TEXT NOT NULL,
        expiresMs INTEGER,
        json TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX hotPlateByState ON hotPlate (state, expiresMs);
      CREATE TABLE hotPlateLog (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        hotPlate TEXT NOT NULL,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        by TEXT,
        before TEXT,
        after TEXT,
        note TEXT
      ) STRICT;
      CREATE INDEX hotPlateLogOf ON hotPlateLog (hotPlate, seq);
      CREATE TRIGGER hotPlateLogStays BEFORE DELETE ON hotPlateLog BEGIN
        SELECT raise(ABORT, 'the log of hot plates is not deleted');
      END;
      CREATE TRIGGER hotPlateLogAsWritten BEFORE UPDATE ON hotPlateLog BEGIN
        SELECT raise(ABORT, 'the log of hot plates is not changed');
      END;
      CREATE TABLE hotPlateRevision (number INTEGER NOT NULL) STRICT;
      INSERT INTO hotPlateRevision VALUES (0);
      CREATE TRIGGER hotPlateAdded AFTER INSERT ON hotPlate BEGIN
        UPDATE hotPlateRevision SET number = number + 1;
      END;
      CREATE TRIGGER hotPlateChanged AFTER UPDATE ON hotPlate BEGIN
        UPDATE hotPlateRevision SET number = number + 1;
      END;
      CREATE TRIGGER hotPlateGone AFTER DELETE ON hotPlate BEGIN
        UPDATE hotPlateRevision SET number = number + 1;
      END;`,
  },
  {
    id: 'hotplates-2-table-names',
    sql: `
      DROP TRIGGER hotPlateLogStays;
      DROP TRIGGER hotPlateLogAsWritten;
      DROP TRIGGER hotPlateAdded;
      DROP TRIGGER hotPlateChanged;
      DROP TRIGGER hotPlateGone;
      DROP INDEX hotPlateByState;
      DROP INDEX hotPlateLogOf;
      ALTER TABLE hotPlate RENAME TO hot_plate;
      ALTER TABLE hotPlateLog RENAME TO hot_plate_log;
      ALTER TABLE hotPlateRevision RENAME TO hot_plate_revision;
      ALTER TABLE hot_plate RENAME COLUMN expiresMs TO expires_ms;
      ALTER TABLE hot_plate_log RENAME COLUMN hotPlate TO hot_plate;
      CREATE INDEX hot_plate_state ON hot_plate (state, expires_ms);
      CREATE INDEX hot_plate_log_of ON hot_plate_log (hot_plate, seq);
      CREATE TRIGGER hot_plate_log_stays BEFORE DELETE ON hot_plate_log BEGIN
        SELECT raise(ABORT, 'the log of hot plates is not deleted');
      END;
      CREATE TRIGGER hot_plate_log_as_written BEFORE UPDATE ON hot_plate_log BEGIN
        SELECT raise(ABORT, 'the log of hot plates is not changed');
      END;
      CREATE TRIGGER hot_plate_added AFTER INSERT ON hot_plate BEGIN
        UPDATE hot_plate_revision SET number = number + 1;
      END;
      CREATE TRIGGER hot_plate_changed AFTER UPDATE ON hot_plate BEGIN
        UPDATE hot_plate_revision SET number = number + 1;
      END;
      CREATE TRIGGER hot_plate_gone AFTER DELETE ON hot_plate BEGIN
        UPDATE hot_plate_revision SET number = number + 1;
      END;`,
  },
];
