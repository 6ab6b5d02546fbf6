import type { Migration } from '../../platform/database.ts';

/** What packages were made and where they were booked, in `lookout.db`; the packages themselves are kept for a day. */
export const evidenceMigrations: readonly Migration[] = [
  {
    id: 'evidence-1-bookings',
    sql: `
      CREATE TABLE evidence_package (
        id TEXT PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        account TEXT NOT NULL,
        name TEXT NOT NULL,
        case_number TEXT,
        detections INTEGER NOT NULL,
        -- Number of the request of another agency under which it was released; null: for the agency's own use.
        release TEXT
      ) STRICT;
      CREATE INDEX evidence_package_at ON evidence_package (at_ms);
      CREATE TABLE evidence_booking (
        package TEXT NOT NULL REFERENCES evidence_package (id) ON DELETE CASCADE,
        at_ms INTEGER NOT NULL,
        place TEXT NOT NULL,
        property_number TEXT NOT NULL,
        name TEXT NOT NULL
      ) STRICT;
      CREATE INDEX evidence_booking_package ON evidence_booking (package, at_ms);
    `,
  },
];

/** When detections were packed, so that a unit that keeps nothing lets evidence go only after it (RET-6). */
export const packedMigrations: readonly Migration[] = [
  {
    id: 'evidence-2-packed',
    // An older release lets a closed hit go at once, packed or not.
    olderMayUse: true,
    sql: `
      CREATE TABLE evidence_packed (
        detection_id TEXT PRIMARY KEY REFERENCES detection (id) ON DELETE CASCADE,
        at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
