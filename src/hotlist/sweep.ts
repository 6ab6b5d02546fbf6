import type { Database } from '../platform/database.ts';

const chunkRows = 2000;
const hourMs = 3_600_000;

/** Ages in hours after which the configured lists' data must be deleted, by list id. */
type MaxAges = ReadonlyMap<string, number>;

/** A reliable time and the limits, to judge ages. */
export interface AgeLimits {
  nowMs: number;
  maxAges: MaxAges;
}

/** Whether `sweep` would delete anything. A list that is no longer configured keeps the age limit of its import. */
export function needsSweep(db: Database, limits: AgeLimits | null): boolean {
  return leftovers(db).length > 0 || overdue(db, limits).length > 0;
}

/**
 * Deletes entries of lists past their age limit (HOT-4), replaced lists, and the remains of a crash during an import.
 * Without limits nothing is deleted for its age. Only for the thread that holds the import lock. Works in short
 * transactions and can be interrupted anywhere. Deleted entries are overwritten with zeros.
 */
export function sweep(db: Database, limits: AgeLimits | null): void {
  const expire = db.prepare("UPDATE generation SET state = 'expired' WHERE id = ?");
  for (const id of overdue(db, limits)) expire.run(id);
  db.pragma('secure_delete = ON');
  db.pragma('synchronous = NORMAL');
  const deleteEntries = db.prepare(`DELETE FROM entry WHERE generation = ? LIMIT ${chunkRows}`);
  const deleteGeneration = db.prepare("DELETE FROM generation WHERE id = ? AND state <> 'expired'");
  for (const id of leftovers(db)) {
    while (deleteEntries.run(id).changes > 0);
    deleteGeneration.run(id);
  }
  db.pragma('synchronous = FULL');
  db.pragma('wal_checkpoint(TRUNCATE)');
}

function overdue(db: Database, limits: AgeLimits | null): number[] {
  if (limits === null) return [];
  const { nowMs, maxAges } = limits;
  return db
    .prepare<[], { id: number; listId: string; asOfMs: number; maxAgeH: number }>(
      "SELECT id, list_id AS listId, as_of_ms AS asOfMs, max_age_h AS maxAgeH FROM generation WHERE state = 'active'",
    )
    .all()
    .filter((each) => {
      const maxAgeH = maxAges.get(each.listId) ?? each.maxAgeH;
      return each.asOfMs + maxAgeH * hourMs <= nowMs;
    })
    .map((each) => each.id);
}

function leftovers(db: Database): number[] {
  return db
    .prepare<[], number>(
      `SELECT id FROM generation WHERE state IN ('building', 'retired') OR
         (state = 'expired' AND EXISTS (SELECT 1 FROM entry WHERE entry.generation = generation.id))`,
    )
    .pluck()
    .all();
}
