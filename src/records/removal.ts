import type { OutboxWriter } from '../outbox/outbox.ts';
import type { Database } from '../platform/database.ts';
import { monthOf } from '../platform/local-time.ts';
import { createImageFiles } from './image-files.ts';
import type { ImageFile } from './image-rows.ts';

/** The result of one removal. The files still exist: see `removeFiles`. */
export interface Removed {
  hits: number;
  files: ImageFile[];
  /** Messages that headquarters never acknowledged. */
  unacknowledged: number;
}

/** Another room's rows about a detection, removed in the same transaction as the detection. */
export type AlsoRemove = (gone: { detectionId: string; hitIds: readonly string[] }) => void;

/**
 * Deletes records permanently: rows, queued messages and image files. The rows are deleted in the caller's transaction;
 * the files must be removed after it is on the disk, because until then a power cut can restore the rows.
 */
export interface Removal {
  /** Deletes a detection with its hits, its images and its messages that are waiting for headquarters. */
  detection(id: string): Removed;
  /** What would go with a detection. */
  wouldRemove(id: string): { hits: number; images: number; unacknowledged: number };
  /** Deletes one image; its record is kept and still names it. */
  image(id: string): Removed;
  removeFiles(gone: readonly ImageFile[]): Promise<void>;
}

export function createRemoval(deps: {
  db: Database;
  outbox: OutboxWriter;
  dataDir: string;
  alsoRemove?: readonly AlsoRemove[];
}): Removal {
  const { db, outbox, alsoRemove = [] } = deps;
  const files = createImageFiles(deps.dataDir);
  const hitsOf = db.prepare<[string], string>('SELECT id FROM hit WHERE detection_id = ?').pluck();
  // Another sighting of an open alert is no other hit.
  const alertsOf = db
    .prepare<[string], number>(
      "SELECT count(*) FROM hit WHERE detection_id = ? AND body ->> '$.repeatOf' IS NULL",
    )
    .pluck();
  const imagesOf = db.prepare<[string], ImageFile & { shedAtMs: number | null }>(
    'SELECT id, taken_at_ms AS takenAtMs, bytes, shed_at_ms AS shedAtMs FROM image WHERE detection_id = ?',
  );
  const dropHits = db.prepare('DELETE FROM hit WHERE detection_id = ?');
  const dropImages = db.prepare('DELETE FROM image WHERE detection_id = ?');
  const dropImage = db.prepare<[string], ImageFile & { waiting: number }>(
    'DELETE FROM image WHERE id = ? RETURNING id, taken_at_ms AS takenAtMs, bytes, waiting',
  );
  const dropDetection = db.prepare<[string], { lastSeenMs: number; plate: string | null }>(
    'DELETE FROM detection WHERE id = ? RETURNING last_seen_ms AS lastSeenMs, plate',
  );
  const count = db.prepare(
    `INSERT INTO gone_month (month, detections, unread, hits) VALUES (?, 1, ?, ?)
     ON CONFLICT DO UPDATE SET detections = detections + 1, unread = unread + excluded.unread,
       hits = hits + excluded.hits`,
  );

  return {
    detection(id) {
      const waiting = outbox.waitingAbout(id);
      for (const messageId of waiting) outbox.remove(messageId);
      const hitIds = hitsOf.all(id);
      const alerts = alertsOf.get(id) ?? 0;
      for (const remove of alsoRemove) remove({ detectionId: id, hitIds });
      const images = imagesOf.all(id);
      dropHits.run(id);
      dropImages.run(id);
      const row = dropDetection.get(id);
      if (row !== undefined) {
        const month = monthOf(row.lastSeenMs);
        count.run(month, row.plate === null ? 1 : 0, alerts);
      }
      return {
        hits: hitIds.length,
        files: images.filter((image) => image.shedAtMs === null),
        unacknowledged: waiting.length,
      };
    },
    wouldRemove: (id) => ({
      hits: hitsOf.all(id).length,
      images: imagesOf.all(id).filter(({ shedAtMs }) => shedAtMs === null).length,
      unacknowledged: outbox.waitingAbout(id).length,
    }),
    image(id) {
      const row = dropImage.get(id);
      if (row?.waiting === 1) outbox.remove(id);
      return { hits: 0, files: row ? [row] : [], unacknowledged: row?.waiting ?? 0 };
    },
    async removeFiles(gone) {
      for (const { id, takenAtMs } of gone) await files.remove(id, takenAtMs);
    },
  };
}
