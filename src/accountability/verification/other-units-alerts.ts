import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { AlertStatus } from './alert-status.ts';

/** How long alerts of other units are shown; then they are deleted. */
const keepMs = 24 * 3_600_000;

/** Dispatch's status of the alerts that other units raised (DSP-2). */
export interface OtherUnitsAlerts {
  /** False if a later status of the alert is already stored. */
  take(status: AlertStatus): boolean;
  /** Other units' alerts for a vehicle, latest first. */
  ofPlate(plate: string): AlertStatus[];
  list(): AlertStatus[];
}

export function createOtherUnitsAlerts(deps: { db: Database; clock: Clock }): OtherUnitsAlerts {
  const { db, clock } = deps;
  const upsert = db.prepare(
    `INSERT INTO verification_elsewhere (hit_id, at_ms, body) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms, body = excluded.body
     WHERE excluded.at_ms > verification_elsewhere.at_ms`,
  );
  const forget = db.prepare('DELETE FROM verification_elsewhere WHERE at_ms < ?');
  const all = db
    .prepare<[number], string>(
      'SELECT body FROM verification_elsewhere WHERE at_ms >= ? ORDER BY at_ms DESC LIMIT 200',
    )
    .pluck();
  const byPlate = db
    .prepare<[number, string], string>(
      `SELECT body FROM verification_elsewhere WHERE at_ms >= ? AND body ->> '$.alert.plate' = ?
       ORDER BY at_ms DESC LIMIT 20`,
    )
    .pluck();

  return {
    take(status) {
      const nowMs = clock();
      forget.run(nowMs - keepMs);
      const atMs = Date.parse(status.at);
      if (atMs < nowMs - keepMs) return false;
      return upsert.run(status.hitId, atMs, JSON.stringify(status)).changes > 0;
    },
    ofPlate: (plate) =>
      byPlate.all(clock() - keepMs, plate).map((body) => JSON.parse(body) as AlertStatus),
    list: () => all.all(clock() - keepMs).map((body) => JSON.parse(body) as AlertStatus),
  };
}
