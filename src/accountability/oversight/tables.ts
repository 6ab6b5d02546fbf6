import type { Migration } from '../../platform/database.ts';

/** Memoranda of audits, in `lookout.db`; they go with the audit records, by the same recorded decision (AUD-5). */
export const oversightMigrations: readonly Migration[] = [
  {
    id: 'oversight-1-memoranda',
    sql: `
      CREATE TABLE audit_memo (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        drawn_at_ms INTEGER NOT NULL,
        -- The period, ISO times, to find earlier draws of the same looks.
        from_at TEXT NOT NULL,
        to_at TEXT NOT NULL,
        -- The draw as it was made: who drew, the seed, the inquiries with their looks.
        body TEXT NOT NULL,
        -- Who finished it, when, and its text from then on; null while verdicts may be entered and changed.
        finished TEXT,
        final_text TEXT,
        -- Where it was filed, by whom and when.
        filed TEXT
      ) STRICT;
      CREATE TABLE audit_verdict (
        memo INTEGER NOT NULL REFERENCES audit_memo (number) ON DELETE CASCADE,
        -- Number of the inquiry within the memorandum, from 1.
        inquiry INTEGER NOT NULL,
        verdict TEXT NOT NULL,
        note TEXT NOT NULL,
        account TEXT NOT NULL,
        name TEXT NOT NULL,
        at_ms INTEGER NOT NULL,
        PRIMARY KEY (memo, inquiry)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
