import type { Database } from '../platform/database.ts';

/** How much of the records there is on the unit. */
export interface RecordTotals {
  detections: number;
  hits: number;
  /** Image files, and the bytes that they take. */
  images: number;
  imageBytes: number;
  /** When the first and the last vehicle on file were seen; 0 where there is none. */
  oldestSeenMs: number;
  newestSeenMs: number;
}

/** Counts everything; among millions of detections that takes a moment. */
export function countRecords(db: Database): RecordTotals {
  const count = (sql: string) => Number(db.prepare(sql).pluck().get() ?? 0);
  return {
    detections: count('SELECT count(*) FROM detection'),
    hits: count('SELECT count(*) FROM hit'),
    images: count('SELECT files FROM image_room'),
    imageBytes: count('SELECT bytes FROM image_room'),
    oldestSeenMs: count('SELECT min(lastSeenMs) FROM detection'),
    newestSeenMs: count('SELECT max(lastSeenMs) FROM detection'),
  };
}

/** Vehicles that were seen, and those of them whose plate could not be read. */
export interface SeenCounts {
  detections: number;
  unread: number;
}

/** Counts of what was seen between two times, and of what has been removed since, by month. */
export function createMonthCounts(db: Database) {
  const seen = db.prepare<[number, number], SeenCounts>(
    `SELECT count(*) AS detections, count(*) - count(plate) AS unread FROM detection
     WHERE lastSeenMs >= ? AND lastSeenMs < ?`,
  );
  const nextSeen = db
    .prepare<[number, number], number | null>(
      'SELECT min(lastSeenMs) FROM detection WHERE lastSeenMs >= ? AND lastSeenMs < ?',
    )
    .pluck();
  const hits = db
    .prepare<[number, number], number>(
      `SELECT count(*) FROM hit JOIN detection ON detection.id = detectionId
       WHERE lastSeenMs >= ? AND lastSeenMs < ?`,
    )
    .pluck();
  const gone = db.prepare<[string], SeenCounts & { hits: number }>(
    'SELECT detections, unread, hits FROM gone_month WHERE month = ?',
  );
  const first = db
    .prepare<[], string | null>(
      `SELECT min(month) FROM (SELECT month FROM gone_month UNION ALL
         SELECT strftime('%Y-%m', min(lastSeenMs) / 1000, 'unixepoch') FROM detection)`,
    )
    .pluck();

  return {
    /** Of the time from `fromMs` up to and without `toMs`. An hour is quick; a month may hold millions. */
    seen: (fromMs: number, toMs: number): SeenCounts =>
      seen.get(fromMs, toMs) ?? { detections: 0, unread: 0 },
    /** When the first vehicle in that time was seen; null when none was. */
    nextSeenMs: (fromMs: number, toMs: number): number | null => nextSeen.get(fromMs, toMs) ?? null,
    hits: (fromMs: number, toMs: number): number => hits.get(fromMs, toMs) ?? 0,
    /** What was removed of a month, yyyy-mm in UTC. */
    gone: (month: string): SeenCounts & { hits: number } =>
      gone.get(month) ?? { detections: 0, unread: 0, hits: 0 },
    /** The first month that is on file or was; null on a new unit. */
    firstMonth: (): string | null => first.get() ?? null,
  };
}
