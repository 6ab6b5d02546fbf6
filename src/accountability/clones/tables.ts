import type { Migration } from '../../platform/database.ts';

/** At headquarters: plates that were read in two places, and the reads that are still to be compared. */
export const cloneMigrations: readonly Migration[] = [
  {
    id: 'clones-1-findings',
    olderMayUse: true,
    sql: `
      CREATE TABLE clone_finding (
        id TEXT PRIMARY KEY,
        plate TEXT NOT NULL,
        -- NULL: no read of it tells the state.
        state TEXT,
        found_ms INTEGER NOT NULL,
        -- How many pairs of reads were found, also those that are not kept.
        times INTEGER NOT NULL,
        -- clone, misread, clock_or_position or other; NULL while nobody has judged it.
        verdict TEXT,
        note TEXT,
        judged_ms INTEGER,
        judged_by TEXT
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX clone_finding_plate ON clone_finding (plate, found_ms);
      CREATE INDEX clone_finding_found ON clone_finding (found_ms);

      -- Two reads between which no car drives. It goes with either of them.
      CREATE TABLE clone_pair (
        earlier TEXT NOT NULL REFERENCES detection (id) ON DELETE CASCADE,
        later TEXT NOT NULL REFERENCES detection (id) ON DELETE CASCADE,
        finding TEXT NOT NULL REFERENCES clone_finding (id) ON DELETE CASCADE,
        later_ms INTEGER NOT NULL,
        earlier_unit TEXT NOT NULL,
        later_unit TEXT NOT NULL,
        least_m REAL NOT NULL,
        most_s REAL NOT NULL,
        least_mps REAL NOT NULL,
        PRIMARY KEY (earlier, later)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX clone_pair_later ON clone_pair (later);
      CREATE INDEX clone_pair_finding ON clone_pair (finding, later_ms);
      -- A finding goes with its last pair.
      CREATE TRIGGER clone_finding_gone AFTER DELETE ON clone_pair
        WHEN NOT EXISTS (SELECT 1 FROM clone_pair WHERE finding = old.finding)
        BEGIN DELETE FROM clone_finding WHERE id = old.finding; END;

      -- Reads that came in and are not compared yet; written with the read, so that no crash forgets one.
      CREATE TABLE clone_due (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        detection_id TEXT NOT NULL UNIQUE REFERENCES detection (id) ON DELETE CASCADE
      ) STRICT;
    `,
  },
  {
    id: 'clones-2-misreads',
    olderMayUse: true,
    sql: `
      -- Findings that were judged to be misreads, for the memorandum: they outlive their reads, without the plate.
      CREATE TABLE clone_misread (
        finding TEXT PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        judged_by TEXT NOT NULL,
        note TEXT,
        -- Names, in their order, as JSON.
        units TEXT NOT NULL,
        least_m REAL NOT NULL,
        most_s REAL NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX clone_misread_at ON clone_misread (at_ms);
      INSERT INTO clone_misread
        SELECT id, judged_ms, judged_by, note, json_array(min(earlier_unit, later_unit), max(earlier_unit, later_unit)),
          least_m, most_s
        FROM clone_finding JOIN clone_pair ON finding = id
        WHERE verdict = 'misread' GROUP BY id HAVING later_ms = max(later_ms);
    `,
  },
];
