import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { AlertStatus } from './alert-status.ts';

/** Alerts of other units are shown while they are fresh, and then forgotten. */
const keepMs = 24 * 3_600_000;

/** What dispatch says of the alerts that other units raised (DSP-2). */
export function createOtherUnitsAlerts(deps: { db: Database; clock: Clock }) {
  const { db, clock } = deps;
  const upsert = db.prepare(
    `INSERT INTO verification_elsewhere (hitId, atMs, body) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET atMs = excluded.atMs, body = excluded.body
     WHERE excluded.atMs > verification_elsewhere.atMs`,
  );
  const forget = db.prepare('DELETE FROM verification_elsewhere WHERE atMs < ?');
  const all = db
    .prepare<[number], string>(
      'SELECT body FROM verification_elsewhere WHERE atMs >= ? ORDER BY atMs DESC LIMIT 200',
    )
    .pluck();
  const byPlate = db
    .prepare<[number, string], string>(
      `SELECT body FROM verification_elsewhere WHERE atMs >= ? AND body ->> '$.alert.plate' = ?
       ORDER BY atMs DESC LIMIT 20`,
    )
    .pluck();

  return {
    /** False when a later word on it is known already. */
    take(status: AlertStatus): boolean {
      const nowMs = clock();
      forget.run(nowMs - keepMs);
      const atMs = Date.parse(status.at);
      if (atMs < nowMs - keepMs) return false;
      return upsert.run(status.hitId, atMs, JSON.stringify(status)).changes > 0;
    },
    /** Other units' alerts for a vehicle, the latest first. */
    ofPlate: (plate: string): AlertStatus[] =>
      byPlate.all(clock() - keepMs, plate).map((body) => JSON.parse(body) as AlertStatus),
    list: (): AlertStatus[] =>
      all.all(clock() - keepMs).map((body) => JSON.parse(body) as AlertStatus),
  };
}
