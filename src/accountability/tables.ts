import type { Database, Migration } from '../platform/database.ts';
import { kindOf } from '../platform/problem.ts';

/** One row in `lookout.db`, overwritten at intervals, which shows that the database accepts writes. */
export const heartbeatMigrations: readonly Migration[] = [
  {
    id: 'daemon-1-heartbeat',
    sql: `CREATE TABLE heartbeat (beatAt TEXT NOT NULL) STRICT;
          INSERT INTO heartbeat VALUES ('');`,
  },
  { id: 'daemon-2-column-names', sql: 'ALTER TABLE heartbeat RENAME COLUMN beatAt TO beat_at;' },
];

/**
 * A probe for the watchdog: throws SQLite's error if the database refuses the write. A full disk does not count as
 * stuck: alerts continue and hits wait for free space; a restart would lose them.
 */
export function createDatabaseProbe(db: Database): () => void {
  const beat = db.prepare('UPDATE heartbeat SET beat_at = ?');
  return () => {
    try {
      beat.run(new Date().toISOString());
    } catch (error) {
      if (kindOf(error) !== 'disk-full') throw error;
    }
  };
}
