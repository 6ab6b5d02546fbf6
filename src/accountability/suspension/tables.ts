import type { Migration } from '../../platform/database.ts';

/** Tables of court orders under which capture goes on in a suspended zone (CAP-13) and are kept
 * for good; and of the place of suspension. */
export const suspensionMigrations: readonly Migration[] = [
  {
    id: 'suspension-1',
    sql: `
      CREATE TABLE court_order (
        id TEXT PRIMARY KEY,
        from_ms INTEGER NOT NULL,
        -- Its last moment; earlier than the order's own when someone ended it.
        until_ms INTEGER NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX court_order_until ON court_order (until_ms);

      -- One row while the unit is in a zone.
      CREATE TABLE suspended_place (latitude REAL NOT NULL, longitude REAL NOT NULL) STRICT;
    `,
  },
];
