import type { Database } from '../platform/database.ts';
import type { Detection } from './detection.ts';
import type { SourceMode } from './source-mode.ts';

/**
 * Returns the next few rows at each call, an empty list at the end. Rows added behind the current position are skipped.
 */
export type Steps<Row> = () => Row[];

/** Where records are from: the cameras of one name, at headquarters of all units of one mode. */
export interface RecordSource {
  head: string;
  unitMode: SourceMode;
}

/** An image of a walk, with the source of its detection. */
export interface MetImage extends RecordSource {
  id: string;
  detectionId: string;
  takenAtMs: number;
}

type At = [ms: number, rowid: number];

/** Rows of an index that are counted in about two milliseconds. */
const countedAtATime = 20_000;

const modes: readonly SourceMode[] = ['fixed', 'mobile', null];

const start: At = [Number.MIN_SAFE_INTEGER, 0];

/** Iterates over all records, oldest first and in small steps, so that the event loop is not blocked. */
export function createOldestFirst(db: Database) {
  const nextHead = db
    .prepare<[string], string | null>('SELECT min(head) FROM detection WHERE head > ?')
    .pluck();
  const hasAny = db.prepare<[string, SourceMode]>(
    'SELECT 1 FROM detection WHERE head = ? AND unit_mode IS ? LIMIT 1',
  );
  const closed = db.prepare<
    [string, SourceMode, number, number, number, number, number],
    { rowid: number; id: string; lastSeenMs: number }
  >(
    `SELECT rowid, id, last_seen_ms AS lastSeenMs FROM detection
     WHERE head = ? AND unit_mode IS ? AND hit = ? AND (last_seen_ms, rowid) > (?, ?) AND last_seen_ms < ?
       AND closed = 1
     ORDER BY last_seen_ms, rowid LIMIT ?`,
  );
  const images = db.prepare<[number, number, number, number], MetImage & { rowid: number }>(
    `SELECT image.rowid AS rowid, image.id AS id, detection_id AS detectionId, taken_at_ms AS takenAtMs, head,
       unit_mode AS unitMode
     FROM image JOIN detection ON detection.id = detection_id
     WHERE (taken_at_ms, image.rowid) > (?, ?) AND taken_at_ms < ? AND shed_at_ms IS NULL
     ORDER BY taken_at_ms, image.rowid LIMIT ?`,
  );
  const sliceEnd = db.prepare<
    [string, SourceMode, number, number, number, number],
    { rowid: number; ms: number }
  >(
    `SELECT rowid, last_seen_ms AS ms FROM detection
     WHERE head = ? AND unit_mode IS ? AND hit = ? AND (last_seen_ms, rowid) > (?, ?)
     ORDER BY last_seen_ms, rowid LIMIT 1 OFFSET ?`,
  );
  const countRest = db
    .prepare<[string, SourceMode, number, number, number], number>(
      `SELECT count(*) FROM detection
       WHERE head = ? AND unit_mode IS ? AND hit = ? AND (last_seen_ms, rowid) > (?, ?)`,
    )
    .pluck();
  const firstImages = db.prepare<
    [number, string, SourceMode, number],
    Omit<MetImage, keyof RecordSource>
  >(
    `SELECT image.id AS id, detection_id AS detectionId, taken_at_ms AS takenAtMs
     FROM (SELECT id, detection_id, taken_at_ms FROM image WHERE shed_at_ms IS NULL ORDER BY taken_at_ms LIMIT ?) AS image
       JOIN detection ON detection.id = detection_id
     WHERE head = ? AND unit_mode IS ? ORDER BY taken_at_ms LIMIT ?`,
  );
  const between = db.prepare<
    [number, number, number, number],
    { rowid: number; id: string; lastSeenMs: number; body: string }
  >(
    `SELECT rowid, id, last_seen_ms AS lastSeenMs, body FROM detection
     WHERE (last_seen_ms, rowid) > (?, ?) AND first_seen_ms <= ? ORDER BY last_seen_ms, rowid LIMIT ?`,
  );

  return {
    /** Every source that has records, also of a camera that is no longer fitted. */
    sources(): RecordSource[] {
      const found: RecordSource[] = [];
      for (let head = nextHead.get(''); typeof head === 'string'; head = nextHead.get(head)) {
        for (const unitMode of modes) {
          if (hasAny.get(head, unitMode) !== undefined) found.push({ head, unitMode });
        }
      }
      return found;
    },
    /** Closed detections of one source last seen before this time, hits or reads only. */
    closedDetections(
      of: RecordSource & { hit: boolean; beforeMs: number; atATime: number },
    ): Steps<{ id: string; lastSeenMs: number }> {
      const { head, unitMode, hit, beforeMs, atATime } = of;
      return steps(
        (at) => closed.all(head, unitMode, hit ? 1 : 0, ...at, Math.ceil(beforeMs), atATime),
        ({ lastSeenMs }) => lastSeenMs,
      );
    },
    /**
     * Counts the detections of one source, hits or reads only, a slice at each call; 0 at the end. A slice takes a few
     * milliseconds.
     */
    countDetections({ head, unitMode, hit }: RecordSource & { hit: boolean }): () => number {
      let at: At | null = start;
      return () => {
        if (at === null) return 0;
        const of = [head, unitMode, hit ? 1 : 0, ...at] as const;
        const last = sliceEnd.get(...of, countedAtATime - 1);
        if (last === undefined) {
          at = null;
          return countRest.get(...of) ?? 0;
        }
        at = [last.ms, last.rowid];
        return countedAtATime;
      };
    },
    /** The oldest images of one source whose file exists, looked for among so many of all. */
    oldestImages: (
      { head, unitMode }: RecordSource,
      among: number,
      most: number,
    ): Omit<MetImage, keyof RecordSource>[] => firstImages.all(among, head, unitMode, most),
    /** Images taken before this time whose file exists. */
    images: ({ beforeMs, atATime }: { beforeMs: number; atATime: number }): Steps<MetImage> =>
      steps(
        (at) => images.all(...at, Math.ceil(beforeMs), atATime),
        ({ takenAtMs }) => takenAtMs,
      ),
    /** Detections that were in view at any moment of this period, both ends included. */
    detections(of: {
      fromMs: number;
      toMs: number;
      atATime: number;
    }): Steps<{ id: string; record: Detection }> {
      const { fromMs, toMs, atATime } = of;
      const next = steps(
        (at) => between.all(...at, toMs, atATime),
        ({ lastSeenMs }) => lastSeenMs,
        [fromMs - 1, Number.MAX_SAFE_INTEGER],
      );
      return () => next().map(({ id, body }) => ({ id, record: JSON.parse(body) as Detection }));
    },
  };
}

function steps<Row extends { rowid: number }>(
  after: (at: At) => Row[],
  timeOf: (row: Row) => number,
  from: At = start,
): Steps<Row> {
  let at = from;
  return () => {
    const rows = after(at);
    const last = rows.at(-1);
    if (last) at = [timeOf(last), last.rowid];
    return rows;
  };
}
