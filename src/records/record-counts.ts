import type { Database } from '../platform/database.ts';
import { monthOf } from '../platform/local-time.ts';

/** Numbers of records on the unit. */
export interface RecordTotals {
  detections: number;
  hits: number;
  /** Number of image files, and their bytes. */
  images: number;
  imageBytes: number;
  /** When the first and the last vehicle on file were seen; 0 if there is none. */
  oldestSeenMs: number;
  newestSeenMs: number;
}

/** Counts everything; with millions of detections that takes a moment. */
export function countRecords(db: Database): RecordTotals {
  const count = (sql: string) => Number(db.prepare(sql).pluck().get() ?? 0);
  return {
    detections: count('SELECT count(*) FROM detection'),
    hits: count('SELECT count(*) FROM hit'),
    images: count('SELECT files FROM image_room'),
    imageBytes: count('SELECT bytes FROM image_room'),
    oldestSeenMs: count('SELECT min(last_seen_ms) FROM detection'),
    newestSeenMs: count('SELECT max(last_seen_ms) FROM detection'),
  };
}

/** The image files on the unit, and their bytes. Cheap. */
export function countImages(db: Database): { files: number; bytes: number } {
  const row = db.prepare<[], { files: number; bytes: number }>(
    'SELECT files, bytes FROM image_room',
  );
  return row.get() ?? { files: 0, bytes: 0 };
}

/** Vehicles seen, and those whose plate could not be read. */
export interface SeenCounts {
  detections: number;
  unread: number;
}

/** Counts of vehicles seen between two times, and of those removed since, by month. */
export function createMonthCounts(db: Database) {
  const seen = db.prepare<[number, number], SeenCounts>(
    `SELECT count(*) AS detections, count(*) - count(plate) AS unread FROM detection
     WHERE last_seen_ms >= ? AND last_seen_ms < ?`,
  );
  const nextSeen = db
    .prepare<[number, number], number | null>(
      'SELECT min(last_seen_ms) FROM detection WHERE last_seen_ms >= ? AND last_seen_ms < ?',
    )
    .pluck();
  const hits = db
    .prepare<[number, number], number>(
      `SELECT count(*) FROM hit JOIN detection ON detection.id = detection_id
       WHERE last_seen_ms >= ? AND last_seen_ms < ? AND hit.body ->> '$.repeatOf' IS NULL`,
    )
    .pluck();
  const gone = db.prepare<[string], SeenCounts & { hits: number }>(
    'SELECT detections, unread, hits FROM gone_month WHERE month = ?',
  );
  const firstGone = db.prepare<[], string | null>('SELECT min(month) FROM gone_month').pluck();
  const oldest = db.prepare<[], number | null>('SELECT min(last_seen_ms) FROM detection').pluck();

  return {
    /** From `fromMs` (inclusive) to `toMs` (exclusive). An hour is fast; a month may have millions. */
    seen: (fromMs: number, toMs: number): SeenCounts =>
      seen.get(fromMs, toMs) ?? { detections: 0, unread: 0 },
    /** When the first vehicle in that time was seen; null if none was. */
    nextSeenMs: (fromMs: number, toMs: number): number | null => nextSeen.get(fromMs, toMs) ?? null,
    /** Hits that alerted; another sighting of an open alert is none. */
    hits: (fromMs: number, toMs: number): number => hits.get(fromMs, toMs) ?? 0,
    /** The number removed of a month, yyyy-mm in the unit's zone. */
    gone: (month: string): SeenCounts & { hits: number } =>
      gone.get(month) ?? { detections: 0, unread: 0, hits: 0 },
    /** The first month that is or was on file; null on a new unit. */
    firstMonth(): string | null {
      const oldestMs = oldest.get() ?? null;
      const months = [firstGone.get() ?? null, oldestMs === null ? null : monthOf(oldestMs)];
      return months.filter((month) => month !== null).sort()[0] ?? null;
    },
  };
}
