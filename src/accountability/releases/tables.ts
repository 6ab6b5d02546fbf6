import type { Migration } from '../../platform/database.ts';

/** Appended after the names of the columns: approvals from before they said what they cover count no more. */
export const releaseCoverMigrations: readonly Migration[] = [
  {
    id: 'releases-3-cover',
    sql: `
      UPDATE release_request
      SET state = CASE WHEN json_extract(body, '$.verified') IS NULL THEN 'requested' ELSE 'verified' END,
          body = json_set(
            body,
            '$.state', CASE WHEN json_extract(body, '$.verified') IS NULL THEN 'requested' ELSE 'verified' END,
            '$.earlier', json_extract(body, '$.decided'),
            '$.decided', NULL
          )
      WHERE state = 'approved';
    `,
  },
];

/** Finds what was decided lately among all requests. */
export const releaseDecisionMigrations: readonly Migration[] = [
  {
    id: 'releases-4-decisions',
    sql: `CREATE INDEX release_request_decided ON release_request (body ->> '$.decided.at');`,
  },
];

/** Requests of other agencies, kept permanently (V 426.9(d), A 429.5). */
export const releaseMigrations: readonly Migration[] = [
  {
    id: 'releases-1-requests',
    sql: `
      CREATE TABLE release_request (
        id TEXT PRIMARY KEY,
        -- One year's requests count from 1, as a paper file would have them: 2026-0007.
        number TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        requestedAtMs INTEGER NOT NULL,
        -- The account that entered it, so that another one approves it.
        enteredBy TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX release_request_state ON release_request (state, requestedAtMs);
    `,
  },
  {
    id: 'releases-2-column-names',
    sql: `
      ALTER TABLE release_request RENAME COLUMN requestedAtMs TO requested_at_ms;
      ALTER TABLE release_request RENAME COLUMN enteredBy TO entered_by;
    `,
  },
];
