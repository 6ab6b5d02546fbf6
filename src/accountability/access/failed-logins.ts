import type { Clock } from '../../platform/clock.ts';
import type { PeopleDatabase } from './tables.ts';

/** Counts failed logins by the name typed. Unknown names are counted too, so that both cases take the same work. */
export interface FailedLogins {
  /** Adds a failed login; returns how many there were within the window, including this one. */
  add(name: string, windowMs: number): number;
  count(name: string, windowMs: number): number;
  clear(name: string): void;
}

export function createFailedLogins({ db, key }: PeopleDatabase, now: Clock): FailedLogins {
  const insert = db.prepare('INSERT INTO failed_login VALUES (?, ?)');
  const select = db
    .prepare<[Buffer, number], number>(
      'SELECT count(*) FROM failed_login WHERE name = ? AND at_ms > ?',
    )
    .pluck();
  const clear = db.prepare('DELETE FROM failed_login WHERE name = ?');
  const prune = db.prepare('DELETE FROM failed_login WHERE at_ms < ?');
  /** Someone may have typed a password into the name field, so only a keyed hash of the name is kept. */
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
