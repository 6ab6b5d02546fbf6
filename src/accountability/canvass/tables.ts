import type { Migration } from '../../platform/database.ts';

/** Table of canvasses (CAP-12). */
export const canvassMigrations: readonly Migration[] = [
  {
    id: 'canvass-1',
    sql: `
      CREATE TABLE canvass (
        id TEXT PRIMARY KEY,
        -- The case or incident number, as holds compare them.
        case_key TEXT NOT NULL,
        begun_at_ms INTEGER NOT NULL,
        until_ms INTEGER NOT NULL,
        -- 1 while this unit takes part.
        open INTEGER NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX canvass_open ON canvass (open) WHERE open = 1;
      CREATE INDEX canvass_begun ON canvass (begun_at_ms);
      CREATE INDEX canvass_case ON canvass (case_key);
    `,
  },
];
