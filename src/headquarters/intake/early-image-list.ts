import type SQLite from 'better-sqlite3';
import { imagePathOf } from '../../records/image-files.ts';
import type { ReceivedImage } from '../../records/received-records.ts';

/** The files of the images in a `headquarters.db` that wait for their detection, relative to the data folder; for a backup. */
export function* earlyImageFilesOf(db: SQLite.Database): Generator<string> {
  for (const body of db.prepare<[], string>('SELECT body FROM early_image').pluck().iterate()) {
    const { ref } = JSON.parse(body) as ReceivedImage;
    yield imagePathOf(ref.id, Date.parse(ref.takenAt));
  }
}
