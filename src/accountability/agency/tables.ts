import type { Database, Migration } from '../../platform/database.ts';

/** In `lookout.db`: the sequence of the last message that was taken about each entry and account. */
export const agencyMigrations: readonly Migration[] = [
  {
    id: 'agency-1-taken',
    sql: `CREATE TABLE agency_taken (
        kind TEXT NOT NULL, id TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (kind, id)
      ) STRICT, WITHOUT ROWID;`,
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
