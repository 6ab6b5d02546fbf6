import type { Migration } from '../platform/database.ts';

/** Tables of detections, hits and images. `body` is the record itself as its schema has it; columns beside it are for finding. */
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
        -- Of the picture as the camera side encoded it: tells whether a later word brings a new one.
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
];
