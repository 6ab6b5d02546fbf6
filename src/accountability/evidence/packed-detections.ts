import type { Database } from '../../platform/database.ts';

/** When detections were last packed for the agency's own use: a unit that keeps nothing lets them go after it. */
export interface PackedDetections {
  note(detectionIds: readonly string[], nowMs: number): void;
  /** Null if it was not packed. */
  atMs(detectionId: string): number | null;
}

/** Opens the notes on `lookout.db`; each goes with its detection. */
export function createPackedDetections(db: Database): PackedDetections {
  const insert = db.prepare(
    'INSERT OR REPLACE INTO evidence_packed SELECT id, ? FROM detection_summary WHERE id = ?',
  );
  const one = db
    .prepare<[string], number>('SELECT at_ms FROM evidence_packed WHERE detection_id = ?')
    .pluck();
  const note = db.transaction((detectionIds: readonly string[], nowMs: number) => {
    for (const id of detectionIds) insert.run(Math.floor(nowMs), id);
  });
  return {
    note: note.immediate,
    atMs: (detectionId) => one.get(detectionId) ?? null,
  };
}
