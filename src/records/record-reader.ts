import type { Database } from '../platform/database.ts';
import type { Detection, Hit, ImageRef } from './detection.ts';

/** A picture on file, or what is left of it once its file went to make room. */
export interface StoredImage {
  id: string;
  detectionId: string;
  takenAtMs: number;
  ref: ImageRef;
  /** Shown with the detection today; false once a better one took its place. */
  current: boolean;
  /** Its file went to make room. */
  gone: boolean;
}

/** Which hits are asked for, by the time that they were raised or last changed. */
export interface HitRange {
  sinceMs: number;
  /** The first moment that is not asked for. */
  untilMs: number;
  /** Only those of this hot list. */
  list?: string | undefined;
  limit: number;
}

interface ImageRow {
  id: string;
  detectionId: string;
  takenAtMs: number;
  ref: string;
  current: number;
  shedAtMs: number | null;
}

/** Reads records of `lookout.db` by their ids, for the rooms that work with them. Writes nothing. */
export function createRecordReader(db: Database) {
  const detection = db.prepare<[string], string>('SELECT body FROM detection WHERE id = ?').pluck();
  const hit = db.prepare<[string], string>('SELECT body FROM hit WHERE id = ?').pluck();
  const hitsOf = db
    .prepare<[string], string>('SELECT body FROM hit WHERE detectionId = ? ORDER BY id')
    .pluck();
  const hitIdsOf = db
    .prepare<[string], string>('SELECT id FROM hit WHERE detectionId = ? ORDER BY id')
    .pluck();
  const changed = db
    .prepare<{ sinceMs: number; untilMs: number; list: string | null; limit: number }, string>(
      `SELECT body FROM hit WHERE changedAtMs >= @sinceMs AND changedAtMs < @untilMs
       AND (@list IS NULL OR listId = @list) ORDER BY changedAtMs DESC, rowid DESC LIMIT @limit`,
    )
    .pluck();
  const imageColumns = 'id, detectionId, takenAtMs, ref, current, shedAtMs';
  const image = db.prepare<[string], ImageRow>(`SELECT ${imageColumns} FROM image WHERE id = ?`);
  const imagesOf = db.prepare<[string], ImageRow>(
    `SELECT ${imageColumns} FROM image WHERE detectionId = ? ORDER BY id`,
  );

  return {
    detection(id: string): Detection | undefined {
      const body = detection.get(id);
      return body === undefined ? undefined : (JSON.parse(body) as Detection);
    },
    hit(id: string): Hit | undefined {
      const body = hit.get(id);
      return body === undefined ? undefined : parseHit(body);
    },
    /** The hits of a detection, in the order that they were raised. */
    hitsOf: (detectionId: string): Hit[] => hitsOf.all(detectionId).map(parseHit),
    hitIdsOf: (detectionId: string): string[] => hitIdsOf.all(detectionId),
    /** Hits that were raised or changed then, the latest first. */
    hitsChanged: ({ sinceMs, untilMs, list, limit }: HitRange): Hit[] =>
      changed.all({ sinceMs, untilMs, list: list ?? null, limit }).map(parseHit),
    image(id: string): StoredImage | undefined {
      const row = image.get(id);
      return row && imageOf(row);
    },
    /** The pictures of a detection, oldest first, with those that were replaced and those that went. */
    imagesOf: (detectionId: string): StoredImage[] => imagesOf.all(detectionId).map(imageOf),
  };
}

function parseHit(body: string): Hit {
  return JSON.parse(body) as Hit;
}

function imageOf(row: ImageRow): StoredImage {
  return {
    id: row.id,
    detectionId: row.detectionId,
    takenAtMs: row.takenAtMs,
    ref: JSON.parse(row.ref) as ImageRef,
    current: row.current === 1,
    gone: row.shedAtMs !== null,
  };
}
