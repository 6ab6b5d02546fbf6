import type { Database } from '../platform/database.ts';

/** The number of the newest manifest of headquarters that was taken of each list. */
export interface ListSequences {
  /** 0 where none was taken. */
  of(listId: string): number;
  /** Notes a number; a lower one than before changes nothing. */
  raise(listId: string, sequence: number): void;
}

/** Kept beside the entries, so that a copy of them has the numbers too. */
export function createListSequences(db: Database): ListSequences {
  const find = db
    .prepare<[string], number>('SELECT sequence FROM list_sequence WHERE list_id = ?')
    .pluck();
  const put = db.prepare(
    `INSERT INTO list_sequence (list_id, sequence) VALUES (?, ?)
     ON CONFLICT (list_id) DO UPDATE SET sequence = max(sequence, excluded.sequence)`,
  );
  return {
    of: (listId) => find.get(listId) ?? 0,
    raise: (listId, sequence) => void put.run(listId, sequence),
  };
}
