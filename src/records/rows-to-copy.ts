import { selectList } from '../platform/columns.ts';
import type { Database } from '../platform/database.ts';
import type { RawImageRow } from './record-reader.ts';

/** A detection as a copy elsewhere holds it; `body` is the record by its schema. */
export interface CopiedDetection {
  id: string;
  /** Its rowid. */
  arrival: number;
  unit: string | null;
  head: string;
  firstSeenMs: number;
  lastSeenMs: number;
  plate: string | null;
  state: string | null;
  latitude: number | null;
  longitude: number | null;
  /** 0 or 1. */
  hit: number;
  canvass: string | null;
  body: string;
}

export interface CopiedHit {
  id: string;
  detectionId: string;
  listId: string;
  body: string;
}

/** Reads whole rows for a copy elsewhere. Writes nothing. */
export function createRowsToCopy(db: Database) {
  const those = 'IN (SELECT value FROM json_each(?))';
  const columns = selectList([
    ...(['id', 'unit', 'head', 'firstSeenMs', 'lastSeenMs', 'plate', 'state', 'latitude'] as const),
    ...(['longitude', 'hit', 'canvass', 'body'] as const),
  ]);
  const detections = db.prepare<[string], CopiedDetection>(
    `SELECT rowid AS arrival, ${columns} FROM detection WHERE id ${those} ORDER BY rowid`,
  );
  const hits = db.prepare<[string], CopiedHit>(
    `SELECT ${selectList(['id', 'detectionId', 'listId', 'body'])} FROM hit WHERE detection_id ${those}`,
  );
  const images = db.prepare<[string], RawImageRow>(
    `SELECT ${selectList(['id', 'detectionId', 'takenAtMs', 'ref', 'current', 'shedAtMs'])}
     FROM image WHERE detection_id ${those}`,
  );
  const next = db
    .prepare<[string, string, number], string>(
      'SELECT id FROM detection WHERE id > ? AND id <= ? ORDER BY id LIMIT ?',
    )
    .pluck();
  const last = db.prepare<[], string | null>('SELECT max(id) FROM detection').pluck();
  const count = db.prepare<[], number>('SELECT count(*) FROM detection').pluck();

  return {
    /** The detections with these ids that are there, in the order in which they were stored, with all that belongs to them. */
    of(ids: readonly string[]) {
      const wanted = JSON.stringify(ids);
      return {
        detections: detections.all(wanted),
        hits: hits.all(wanted),
        images: images.all(wanted),
      };
    },
    /** The first ids after one, up to and with another. */
    idsAfter: (id: string, upTo: string, most: number): string[] => next.all(id, upTo, most),
    /** The greatest id; null if there is no detection. */
    lastId: (): string | null => last.get() ?? null,
    count: (): number => count.get() ?? 0,
  };
}

export type RowsToCopy = ReturnType<ReturnType<typeof createRowsToCopy>['of']>;
