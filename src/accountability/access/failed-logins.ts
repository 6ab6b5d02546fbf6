import type { Clock } from '../../platform/clock.ts';
import type { PeopleDatabase } from './tables.ts';

/** Counts wrong tries by the name that was tried, whether or not anyone has it: both are the same work. */
export interface FailedLogins {
  /** Takes a wrong try; gives how many there were within the window, this one among them. */
  add(name: string, windowMs: number): number;
  count(name: string, windowMs: number): number;
  clear(name: string): void;
}

export function createFailedLogins({ db, key }: PeopleDatabase, now: Clock): FailedLogins {
  const insert = db.prepare('INSERT INTO failedLogin VALUES (?, ?)');
  const select = db
    .prepare<[Buffer, number], number>(
      'SELECT count(*) FROM failedLogin WHERE name = ? AND atMs > ?',
    )
    .pluck();
  const clear = db.prepare('DELETE FROM failedLogin WHERE name = ?');
  const prune = db.prepare('DELETE FROM failedLogin WHERE atMs < ?');
  /** What was typed as a name may have been a password: only its keyed hash is kept. */
  const hashOf = (name: string) => key.hash('failed login', name);
  const count = (name: string, windowMs: number) => select.get(hashOf(name), now() - windowMs) ?? 0;

  return {
    add(name, windowMs) {
      prune.run(now() - 24 * 3_600_000);
      insert.run(hashOf(name), now());
      return count(name, windowMs);
    },
    count,
    clear: (name) => void clear.run(hashOf(name)),
  };
}
