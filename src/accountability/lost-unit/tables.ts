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

/** At headquarters: units whose certificates people there have revoked. */
export const unitRevocationMigrations: readonly Migration[] = [
  {
    id: 'lost-unit-2-revocations',
    sql: `
      CREATE TABLE unit_revocation (
        id TEXT PRIMARY KEY,
        unit TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        by_name TEXT NOT NULL,
        reason TEXT NOT NULL,
        -- When the authority had revoked them; NULL while it has not.
        done_ms INTEGER,
        -- How many the unit had.
        certificates INTEGER,
        -- What is still to be done, or why it is not done yet, in sentences; NULL: nothing.
        todo TEXT
      ) STRICT;
      CREATE INDEX unit_revocation_open ON unit_revocation (unit) WHERE done_ms IS NULL;
    `,
  },
];
