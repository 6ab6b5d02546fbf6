import type SQLite from 'better-sqlite3';
import { imagePathOf } from './image-files.ts';

/** The files of all images that a `lookout.db` says are on the disk, relative to the data folder; for a backup. */
export function* imageFilesOf(db: SQLite.Database): Generator<string> {
  const rows = db
    .prepare<[], { id: string; takenAtMs: number }>(
      'SELECT id, taken_at_ms AS takenAtMs FROM image WHERE shed_at_ms IS NULL ORDER BY id',
    )
    .iterate();
  for (const { id, takenAtMs } of rows) yield imagePathOf(id, takenAtMs);
}
