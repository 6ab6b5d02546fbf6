import type { Migration } from '../platform/database.ts';

/** Tables of detections, hits and images. `body` is the record by its schema; the columns beside it are for queries. */
export const recordsMigrations: readonly Migration[] = [
  {
    id: 'records-1-detections',
    sql: `
      CREATE TABLE detection (
        id TEXT PRIMARY KEY,
        head TEXT NOT NULL,
        firstSeenMs INTEGER NOT NULL,
        lastSeenMs INTEGER NOT NULL,
        plate TEXT,
        state TEXT,
        latitude REAL,
        longitude REAL,
        closed INTEGER NOT NULL,
        hit INTEGER NOT NULL DEFAULT 0,
        announcedRevision INTEGER NOT NULL DEFAULT 0,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX detection_open ON detection (id) WHERE closed = 0;
      CREATE INDEX detection_seen ON detection (lastSeenMs);
      CREATE INDEX detection_plate ON detection (plate, lastSeenMs) WHERE plate IS NOT NULL;

      CREATE TABLE hit (
        id TEXT PRIMARY KEY,
        detectionId TEXT NOT NULL REFERENCES detection (id),
        revision INTEGER NOT NULL,
        state TEXT NOT NULL,
        changedAtMs INTEGER NOT NULL,
        listId TEXT NOT NULL,
        entryId TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX hit_detection ON hit (detectionId);
      CREATE INDEX hit_changed ON hit (changedAtMs);

      CREATE TABLE image (
        id TEXT PRIMARY KEY,
        detectionId TEXT NOT NULL REFERENCES detection (id),
        kind TEXT NOT NULL,
        takenAtMs INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        -- Hash of the image as the camera encoded it; shows whether a later version has a new one.
        sourceSha256 TEXT NOT NULL,
        ref TEXT NOT NULL,
        -- Shown with the detection today; 0 once a better one took its place.
        current INTEGER NOT NULL DEFAULT 1,
        -- The detection is a hit: never shed.
        hit INTEGER NOT NULL DEFAULT 0,
        -- Queued at some time, so never queued again.
        announced INTEGER NOT NULL DEFAULT 0,
        -- Queued and not yet acknowledged.
        waiting INTEGER NOT NULL DEFAULT 0,
        -- The file went to make room; the row stays.
        shedAtMs INTEGER,
        shedUnsent INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX image_detection ON image (detectionId);
      CREATE INDEX image_sheddable ON image (waiting, id) WHERE hit = 0 AND shedAtMs IS NULL;
    `,
  },
  {
    id: 'records-2-letting-go',
    sql: `
      -- Found to be under hold when it was about to be shed: passed over until a hold is lifted.
      ALTER TABLE image ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
      DROP INDEX image_sheddable;
      CREATE INDEX image_sheddable ON image (waiting, id) WHERE hit = 0 AND held = 0 AND shedAtMs IS NULL;
      CREATE INDEX image_held ON image (id) WHERE held = 1;
      CREATE INDEX image_taken ON image (takenAtMs) WHERE shedAtMs IS NULL;
      CREATE INDEX detection_due ON detection (head, hit, lastSeenMs);

      -- Files that the rows name: several processes may remove some.
      CREATE TABLE image_room (files INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
      INSERT INTO image_room
        SELECT count(*), coalesce(sum(bytes), 0) FROM image WHERE shedAtMs IS NULL;
      CREATE TRIGGER image_room_add AFTER INSERT ON image WHEN new.shedAtMs IS NULL BEGIN
        UPDATE image_room SET files = files + 1, bytes = bytes + new.bytes;
      END;
      CREATE TRIGGER image_room_shed AFTER UPDATE OF shedAtMs ON image
        WHEN old.shedAtMs IS NULL AND new.shedAtMs IS NOT NULL BEGIN
        UPDATE image_room SET files = files - 1, bytes = bytes - old.bytes;
      END;
      CREATE TRIGGER image_room_remove AFTER DELETE ON image WHEN old.shedAtMs IS NULL BEGIN
        UPDATE image_room SET files = files - 1, bytes = bytes - old.bytes;
      END;

      -- What was let go, so that the public figures of a month outlive its records. Month: yyyy-mm, UTC.
      CREATE TABLE gone_month (
        month TEXT PRIMARY KEY, detections INTEGER NOT NULL, unread INTEGER NOT NULL, hits INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    // Indices for search/: by time with plate and place in the index, by square of the map, by part of a plate.
    id: 'records-3-search',
    sql: `
      -- Squares of 1/500 degree, some 200 m; src/accountability/search/area.ts counts them in the same way.
      ALTER TABLE detection ADD COLUMN cell INTEGER AS (
        CAST((latitude + 90) * 500 AS INTEGER) * 200000 + CAST((longitude + 180) * 500 AS INTEGER)
      ) VIRTUAL;
      CREATE INDEX detection_cell ON detection (cell, lastSeenMs, plate, latitude, longitude) WHERE cell IS NOT NULL;
      CREATE INDEX detection_walk ON detection (lastSeenMs, plate, state, latitude, longitude);
      DROP INDEX detection_seen;
      CREATE INDEX detection_hit ON detection (lastSeenMs) WHERE hit = 1;
      CREATE INDEX hit_list ON hit (listId, detectionId);

      -- Every plate that a detection has, with each of its endings of two characters and more: *123* is then a
      -- range of this table. A plate goes when its last detection goes.
      CREATE TABLE plate_part (
        part TEXT NOT NULL, plate TEXT NOT NULL, PRIMARY KEY (part, plate)
      ) STRICT, WITHOUT ROWID;
      CREATE VIEW plate_position (at) AS VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12);
      INSERT OR IGNORE INTO plate_part
        SELECT substr(plate, at), plate
        FROM (SELECT DISTINCT plate FROM detection WHERE plate IS NOT NULL), plate_position
        WHERE at = 1 OR at < length(plate);
      CREATE TRIGGER plate_part_add AFTER INSERT ON detection
        WHEN new.plate IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM plate_part WHERE part = new.plate AND plate = new.plate) BEGIN
        INSERT OR IGNORE INTO plate_part SELECT substr(new.plate, at), new.plate FROM plate_position
          WHERE at = 1 OR at < length(new.plate);
      END;
      CREATE TRIGGER plate_part_change AFTER UPDATE OF plate ON detection
        WHEN new.plate IS NOT old.plate BEGIN
        INSERT OR IGNORE INTO plate_part SELECT substr(new.plate, at), new.plate FROM plate_position
          WHERE new.plate IS NOT NULL AND (at = 1 OR at < length(new.plate));
        DELETE FROM plate_part WHERE plate = old.plate
          AND part IN (SELECT substr(old.plate, at) FROM plate_position)
          AND NOT EXISTS (SELECT 1 FROM detection WHERE plate = old.plate);
      END;
      CREATE TRIGGER plate_part_remove AFTER DELETE ON detection
        WHEN old.plate IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM detection WHERE plate = old.plate) BEGIN
        DELETE FROM plate_part WHERE plate = old.plate
          AND part IN (SELECT substr(old.plate, at) FROM plate_position);
      END;
    `,
  },
  {
    // In a trigger SQLite applies the outer statement's conflict clause, so that an upsert replaced OR IGNORE and a
    // detection whose plate was amended to a known one could not be stored (sqlite.org/lang_createtrigger.html).
    id: 'records-4-amended-plates',
    sql: `
      DROP TRIGGER plate_part_change;
      CREATE TRIGGER plate_part_change AFTER UPDATE OF plate ON detection
        WHEN new.plate IS NOT old.plate BEGIN
        INSERT INTO plate_part SELECT substr(new.plate, at), new.plate FROM plate_position
          WHERE new.plate IS NOT NULL AND (at = 1 OR at < length(new.plate))
            AND NOT EXISTS (SELECT 1 FROM plate_part WHERE part = new.plate AND plate = new.plate);
        DELETE FROM plate_part WHERE plate = old.plate
          AND part IN (SELECT substr(old.plate, at) FROM plate_position)
          AND NOT EXISTS (SELECT 1 FROM detection WHERE plate = old.plate);
      END;
    `,
  },
  {
    // Rows of shed images are kept as long as their records: a year of them must not be counted at each store.
    id: 'records-5-shed-counts',
    sql: `
      ALTER TABLE image_room ADD COLUMN shed INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE image_room ADD COLUMN shedUnsent INTEGER NOT NULL DEFAULT 0;
      UPDATE image_room SET (shed, shedUnsent) =
        (SELECT count(*), coalesce(sum(shedUnsent), 0) FROM image WHERE shedAtMs IS NOT NULL);
      CREATE TRIGGER image_shed_add AFTER UPDATE OF shedAtMs ON image
        WHEN old.shedAtMs IS NULL AND new.shedAtMs IS NOT NULL BEGIN
        UPDATE image_room SET shed = shed + 1, shedUnsent = shedUnsent + new.shedUnsent;
      END;
      CREATE TRIGGER image_shed_remove AFTER DELETE ON image WHEN old.shedAtMs IS NOT NULL BEGIN
        UPDATE image_room SET shed = shed - 1, shedUnsent = shedUnsent - old.shedUnsent;
      END;
    `,
  },
  {
    // For queries of other rooms that join records with their own rows; the README explains the columns.
    id: 'records-6-summaries',
    sql: `
      CREATE VIEW detection_summary (id, head, lastSeenMs, closed, hit) AS
        SELECT id, head, lastSeenMs, closed, hit FROM detection;
      CREATE VIEW hit_summary (id, detectionId, state, changedAtMs, repeatOf, caseNumber) AS
        SELECT id, detectionId, state, changedAtMs, body ->> '$.repeatOf',
          upper(trim(body ->> '$.match.entry.caseNumber'))
        FROM hit;
    `,
  },
];

/** The last step of the records in `lookout.db`, after those of rooms whose earlier steps use the names before it. */
export const recordsNameMigrations: readonly Migration[] = [
  {
    id: 'records-7-column-names',
    sql: `
      DROP VIEW detection_summary;
      DROP VIEW hit_summary;
      ALTER TABLE detection RENAME COLUMN firstSeenMs TO first_seen_ms;
      ALTER TABLE detection RENAME COLUMN lastSeenMs TO last_seen_ms;
      ALTER TABLE detection RENAME COLUMN announcedRevision TO announced_revision;
      ALTER TABLE hit RENAME COLUMN detectionId TO detection_id;
      ALTER TABLE hit RENAME COLUMN changedAtMs TO changed_at_ms;
      ALTER TABLE hit RENAME COLUMN listId TO list_id;
      ALTER TABLE hit RENAME COLUMN entryId TO entry_id;
      ALTER TABLE image RENAME COLUMN detectionId TO detection_id;
      ALTER TABLE image RENAME COLUMN takenAtMs TO taken_at_ms;
      ALTER TABLE image RENAME COLUMN sourceSha256 TO source_sha256;
      ALTER TABLE image RENAME COLUMN shedAtMs TO shed_at_ms;
      ALTER TABLE image RENAME COLUMN shedUnsent TO shed_unsent;
      ALTER TABLE image_room RENAME COLUMN shedUnsent TO shed_unsent;
      CREATE VIEW detection_summary (id, head, last_seen_ms, closed, hit) AS
        SELECT id, head, last_seen_ms, closed, hit FROM detection;
      CREATE VIEW hit_summary (id, detection_id, state, changed_at_ms, repeat_of, case_number) AS
        SELECT id, detection_id, state, changed_at_ms, body ->> '$.repeatOf',
          upper(trim(body ->> '$.match.entry.caseNumber'))
        FROM hit;
    `,
  },
];

/** After the column names: the canvass that a detection belongs to (CAP-12). */
export const recordsCanvassMigrations: readonly Migration[] = [
  {
    id: 'records-8-canvass',
    sql: `
      ALTER TABLE detection ADD COLUMN canvass TEXT;
      CREATE INDEX detection_canvass ON detection (canvass, last_seen_ms) WHERE canvass IS NOT NULL;
    `,
  },
];

/** After the canvass: which unit a record is of, where a database holds those of several. */
export const recordsUnitMigrations: readonly Migration[] = [
  {
    id: 'records-9-unit',
    sql: `
      -- NULL: of the unit itself.
      ALTER TABLE detection ADD COLUMN unit TEXT;
      CREATE INDEX detection_unit ON detection (unit, last_seen_ms) WHERE unit IS NOT NULL;
    `,
  },
  {
    id: 'records-10-waiting-plates',
    // An older release goes on with the table of parts alone; a headquarters that stops leaves no plate waiting.
    olderMayUse: true,
    sql: `
      -- Plates of detections that are not in plate_part yet, at headquarters: it adds many at once. A look-up reads both.
      CREATE TABLE plate_waiting (plate TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
      DROP TRIGGER plate_part_add;
      CREATE TRIGGER plate_part_add AFTER INSERT ON detection
        WHEN new.plate IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM plate_waiting WHERE plate = new.plate)
          AND NOT EXISTS (SELECT 1 FROM plate_part WHERE part = new.plate AND plate = new.plate) BEGIN
        INSERT OR IGNORE INTO plate_part SELECT substr(new.plate, at), new.plate FROM plate_position
          WHERE at = 1 OR at < length(new.plate);
      END;
      CREATE TRIGGER plate_waiting_change AFTER UPDATE OF plate ON detection
        WHEN new.plate IS NOT old.plate AND old.plate IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM detection WHERE plate = old.plate) BEGIN
        DELETE FROM plate_waiting WHERE plate = old.plate;
      END;
      CREATE TRIGGER plate_waiting_remove AFTER DELETE ON detection
        WHEN old.plate IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM detection WHERE plate = old.plate) BEGIN
        DELETE FROM plate_waiting WHERE plate = old.plate;
      END;
    `,
  },
];

/** After the steps of other rooms that read the view: what the unit of a record is, which decides how long it is kept. */
export const recordsModeMigrations: readonly Migration[] = [
  {
    id: 'records-11-unit-mode',
    // An older release walks through the index of another order, more slowly.
    olderMayUse: true,
    sql: `
      -- At headquarters what the unit was, mobile or fixed; NULL: it had not said, or the record is of the unit itself.
      ALTER TABLE detection ADD COLUMN unit_mode TEXT;
      UPDATE detection SET unit_mode = CASE body ->> '$.fix.source' WHEN 'fixed' THEN 'fixed' WHEN 'none' THEN NULL
        ELSE 'mobile' END WHERE unit IS NOT NULL;
      DROP INDEX detection_due;
      CREATE INDEX detection_due ON detection (head, unit_mode, hit, last_seen_ms);
      DROP VIEW detection_summary;
      CREATE VIEW detection_summary (id, head, unit_mode, last_seen_ms, closed, hit) AS
        SELECT id, head, unit_mode, last_seen_ms, closed, hit FROM detection;
    `,
  },
];
