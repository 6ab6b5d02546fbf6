import type { UnitPurge, UnitRecords } from '../../accountability/audit/unit-records.ts';
import type { Database } from '../../platform/database.ts';
import { openDatabase } from '../../platform/database.ts';
import { headquartersMigrations } from '../intake/tables.ts';

type Purgeable = Awaited<ReturnType<UnitRecords['purgeable']>>;

/** Records of one transaction: the intake waits for it. */
const atATime = 200;

/** What may go of the log of each unit, and what went before where nothing more may. */
export function purgeableLogs(db: Database, before: string): Purgeable {
  const beforeMs = Date.parse(before);
  const units = db
    .prepare<[], string>(
      'SELECT unit FROM unit_audit UNION SELECT unit FROM unit_log ORDER BY unit',
    )
    .pluck();
  // The plus keeps it on the key, so that it reads what goes, and not what stays.
  const firstYoung = db
    .prepare<[string, number], number>(
      'SELECT seq FROM unit_audit WHERE unit = ? AND +at_ms >= ? ORDER BY seq LIMIT 1',
    )
    .pluck();
  const lastOld = db
    .prepare<[string, number], number | null>(
      'SELECT max(seq) FROM unit_audit WHERE unit = ? AND seq < ?',
    )
    .pluck();
  const count = db
    .prepare<[string, number], number>(
      'SELECT count(*) FROM unit_audit WHERE unit = ? AND seq <= ?',
    )
    .pluck();
  // Of two versions the one that the log goes on from.
  const hashOf = db
    .prepare<{ unit: string; seq: number }, string>(
      `SELECT hash FROM unit_audit WHERE unit = @unit AND seq = @seq
       ORDER BY (unit, seq, hash) IN (SELECT unit, seq, hash FROM unit_audit_replaced),
         hash IN (SELECT previous FROM unit_audit WHERE unit = @unit AND seq = @seq + 1) DESC LIMIT 1`,
    )
    .pluck();
  const purged = db.prepare<[string], { seq: number; hash: string }>(
    'SELECT purged_seq AS seq, purged_hash AS hash FROM unit_log WHERE unit = ? AND purged_seq > 0',
  );
  return units.all().flatMap((unit): UnitPurge[] => {
    const was = purged.get(unit);
    const seq = lastOld.get(unit, firstYoung.get(unit, beforeMs) ?? Number.MAX_SAFE_INTEGER) ?? 0;
    if (seq > (was?.seq ?? 0)) {
      const hash = hashOf.get({ unit, seq }) ?? '';
      return [{ unit, seq, hash, records: count.get(unit, seq) ?? 0 }];
    }
    return was === undefined ? [] : [{ unit, ...was, records: count.get(unit, was.seq) ?? 0 }];
  });
}

/** Removes these records of units, with what the index of texts has of them, and overwrites them. */
export function purgeUnitLogs(path: string, purges: readonly UnitPurge[], before: string): void {
  const db = openDatabase(path, headquartersMigrations, { erasing: true });
  try {
    const note = db.prepare(
      `INSERT INTO unit_log (unit, purged_seq, purged_hash, purged_before_ms) VALUES (@unit, @seq, @hash, @beforeMs)
       ON CONFLICT (unit) DO UPDATE SET purged_seq = excluded.purged_seq, purged_hash = excluded.purged_hash,
         purged_before_ms = excluded.purged_before_ms WHERE excluded.purged_seq > purged_seq`,
    );
    const beforeMs = Date.parse(before);
    db.transaction(() => {
      for (const { unit, seq, hash } of purges) note.run({ unit, seq, hash, beforeMs });
    }).immediate();
    const some = `(unit, seq, hash) IN (SELECT unit, seq, hash FROM unit_audit WHERE unit = ? AND seq <= ?
      LIMIT ${atATime})`;
    const remove = db.prepare<[string, number]>(`DELETE FROM unit_audit WHERE ${some}`);
    const forget = db.prepare<[string, number]>(
      'DELETE FROM unit_audit_replaced WHERE unit = ? AND seq <= ?',
    );
    for (const { unit, seq } of purges) {
      while (remove.run(unit, seq).changes > 0);
      forget.run(unit, seq);
    }
    removeTexts(db);
    db.pragma('incremental_vacuum');
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

/** Removes from the index the texts of records that are no longer here, also those that a power cut left. */
function removeTexts(db: Database): void {
  const newest = db.prepare<[], number | null>('SELECT max(rowid) FROM unit_audit_text').pluck();
  const remove = db.prepare<[number, number]>(
    `DELETE FROM unit_audit_text WHERE rowid > ? AND rowid <= ? AND NOT EXISTS (
       SELECT 1 FROM unit_audit AS record WHERE record.unit = unit_audit_text.unit
         AND record.seq = unit_audit_text.seq AND record.hash = unit_audit_text.hash)`,
  );
  const last = newest.get() ?? 0;
  for (let from = 0; from < last; from += atATime) remove.run(from, from + atATime);
}
