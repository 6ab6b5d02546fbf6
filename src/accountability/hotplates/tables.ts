import type { Migration } from '../../platform/database.ts';

/**
 * Hot plates in `lookout.db`. `hotPlateRevision` counts every change of them, so that each process notices the changes
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
];
