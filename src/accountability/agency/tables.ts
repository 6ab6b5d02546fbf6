import type { Database, Migration } from '../../platform/database.ts';
import type { KnownAccount } from '../access/known-accounts.ts';

/**
 * In `lookout.db`: the sequence of the last message that was taken about each entry and account, and how far each account
 * had come. That of each account is in `people.db` as well, in the transaction that changes the account.
 */
export const agencyMigrations: readonly Migration[] = [
  {
    id: 'agency-1-taken',
    sql: `CREATE TABLE agency_taken (
        kind TEXT NOT NULL, id TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (kind, id)
      ) STRICT, WITHOUT ROWID;`,
  },
  {
    id: 'agency-2-accounts',
    sql: `
      -- What people.db held of each account: by it the unit notices that people.db was put back from a backup.
      CREATE TABLE agency_account (
        id TEXT PRIMARY KEY,
        -- A message of headquarters with this number or a higher one tells the account as it was here, or later.
        sequence INTEGER NOT NULL,
        standing INTEGER NOT NULL,
        rights INTEGER NOT NULL,
        secrets INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;`,
    // A release without it lets in whoever the restored file lets in, as before.
    olderMayUse: true,
  },
];

/** Queries of what was taken. */
export function createTakenRows(db: Database) {
  const select = db
    .prepare<[string, string], number>(
      'SELECT sequence FROM agency_taken WHERE kind = ? AND id = ?',
    )
    .pluck();
  const upsert = db.prepare(
    'INSERT INTO agency_taken VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sequence = excluded.sequence',
  );
  return {
    /** The sequence of the last message about it; 0 before the first. */
    sequenceOf: (kind: string, id: string): number => select.get(kind, id) ?? 0,
    taken: (kind: string, id: string, sequence: number) => void upsert.run(kind, id, sequence),
  };
}

/** Queries of how far each account had come here; ids are those of headquarters' messages (`accountKey`). */
export function createKnownRows(db: Database) {
  const select = db.prepare<[string], KnownAccount>(
    'SELECT sequence, standing, rights, secrets FROM agency_account WHERE id = ?',
  );
  const upsert = db.prepare(
    `INSERT INTO agency_account VALUES (@id, @sequence, @standing, @rights, @secrets)
     ON CONFLICT DO UPDATE SET sequence = excluded.sequence, standing = excluded.standing,
       rights = excluded.rights, secrets = excluded.secrets`,
  );
  return {
    of: (id: string): KnownAccount | null => select.get(id) ?? null,
    keep: (id: string, known: KnownAccount) => void upsert.run({ id, ...known }),
  };
}
