import SQLite from 'better-sqlite3';
import { refusedBy } from './tables.ts';

/**
 * How many messages the `lookout.db` at this path holds that the broker does not take. Opens it read-only; throws
 * SQLite's error if it cannot be read.
 */
export function countSetAside(path: string): number {
  const db = new SQLite(path, { readonly: true, fileMustExist: true });
  try {
    const count = db
      .prepare('SELECT coalesce(sum(rows), 0) FROM backlog WHERE refused = ?')
      .pluck();
    return Number(count.get(refusedBy.broker));
  } finally {
    db.close();
  }
}
