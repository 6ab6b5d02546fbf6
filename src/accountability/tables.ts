import type { Database, Migration } from '../platform/database.ts';

/** One row in `lookout.db`, overwritten now and then: the proof that the database takes a write. */
export const heartbeatMigrations: readonly Migration[] = [
  {
    id: 'daemon-1-heartbeat',
    sql: `CREATE TABLE heartbeat (beatAt TEXT NOT NULL) STRICT;
          INSERT INTO heartbeat VALUES ('');`,
  },
];

/** Writes the time of a beat, ISO; throws SQLite's error when the database takes no write. */
export function createHeartbeat(db: Database): (at: string) => void {
  const beat = db.prepare('UPDATE heartbeat SET beatAt = ?');
  return (at) => void beat.run(at);
}
