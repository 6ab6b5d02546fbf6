import type { Detection, Hit, ImageRef } from '../../records/detection.ts';
import type { DetectionStore } from '../../records/detection-store.ts';
import { createArchiveIndex } from './archive-index.ts';
import type { Ask } from './connect.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Detections in the archive, but for those whose ids are in `without`. */
export function createArchiveStore(ask: Ask, without: readonly string[]): DetectionStore {
  return {
    index: createArchiveIndex(ask, without),
    async opened(id) {
      if (!uuid.test(id)) return null;
      const [row] = await ask<{ body: string; at: number }>(
        'SELECT body, last_seen_ms AS at FROM archived_detection WHERE id = $1',
        [id],
      );
      if (row === undefined) return null;
      const hits = await ask<{ body: string }>(
        'SELECT body FROM archived_hit WHERE detection_id = $1 AND last_seen_ms = $2 ORDER BY id',
        [id, row.at],
      );
      return {
        detection: JSON.parse(row.body) as Detection,
        hits: hits.map(({ body }) => JSON.parse(body) as Hit),
      };
    },
    async image(id) {
      const [row] = await ask<{
        detectionId: string;
        takenAtMs: number;
        ref: string;
        current: boolean;
        gone: boolean;
      }>(
        `SELECT detection_id AS "detectionId", taken_at_ms AS "takenAtMs", ref, current, gone
         FROM archived_image WHERE id = $1`,
        [id],
      );
      return row === undefined ? null : { ...row, id, ref: JSON.parse(row.ref) as ImageRef };
    },
  };
}
