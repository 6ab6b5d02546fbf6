import type { Migration } from '../../platform/database.ts';

/** At headquarters: what people there ordered units to do. */
export const unitOrderMigrations: readonly Migration[] = [
  {
    id: 'lost-unit-1-orders',
    sql: `
      CREATE TABLE unit_order (
        -- The id of the command that the unit obeys once.
        id TEXT PRIMARY KEY,
        unit TEXT NOT NULL,
        -- lock, unlock or wipe
        kind TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        by_name TEXT NOT NULL,
        reason TEXT NOT NULL,
        -- When the unit said that it is done; NULL while it has not.
        done_ms INTEGER
      ) STRICT;
      CREATE INDEX unit_order_unit ON unit_order (unit, at_ms);
    `,
  },
];
