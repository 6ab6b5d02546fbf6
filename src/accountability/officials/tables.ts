import type { Migration } from '../../platform/database.ts';

/** Who oversees the operation and who is its custodian, by the day from which on; kept for good. */
export const officialMigrations: readonly Migration[] = [
  {
    id: 'officials-1',
    sql: `
      CREATE TABLE official (
        id INTEGER PRIMARY KEY,
        office TEXT NOT NULL,
        -- A day of the unit's zone; of two rows of one day the later one counts.
        from_day TEXT NOT NULL,
        title TEXT NOT NULL,
        name TEXT NOT NULL,
        entered_at_ms INTEGER NOT NULL,
        entered_by TEXT NOT NULL
      ) STRICT;
      CREATE INDEX official_day ON official (office, from_day, id);
    `,
  },
];
