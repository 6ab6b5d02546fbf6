import { selectList } from '../platform/columns.ts';
import type { Database } from '../platform/database.ts';
import type { ImageRef } from './detection.ts';

/** A row of table `image`; `ref` is its part in messages and records. */
export interface ImageRow {
  id: string;
  detectionId: string;
  kind: ImageRef['kind'];
  takenAtMs: number;
  bytes: number;
  sourceSha256: string;
  /** `reduced`: at headquarters, the original on the unit of which this is a smaller copy. */
  ref: ImageRef & { reduced?: Pick<ImageRef, 'width' | 'height' | 'bytes' | 'sha256'> };
  current: boolean;
  hit: boolean;
  announced: boolean;
  waiting: boolean;
}

/** A file that no row needs. */
export type ImageFile = Pick<ImageRow, 'id' | 'takenAtMs' | 'bytes'>;

/** Whether a detection is under a hold, so that nothing of it may be removed. */
export type IsHeld = (detectionId: string) => boolean;

/** A row as SQLite returns it: no booleans, and `ref` as text. */
type Stored = Omit<ImageRow, 'ref' | 'current' | 'hit' | 'announced' | 'waiting' | 'kind'> & {
  kind: string;
  ref: string;
  current: number;
  hit: number;
  announced: number;
  waiting: number;
};

/** Queries of table `image`, to run inside the caller's transaction. */
export interface ImageRows {
  has(id: string): boolean;
  insert(row: Omit<ImageRow, 'current' | 'announced' | 'waiting'>): void;
  /** Images whose file exists, oldest first. */
  ofDetection(detectionId: string): ImageRow[];
  /**
   * Replaces this image by a better one. Returns the file to remove after the commit, or null if it must be kept:
   * images of a hit or under a hold are evidence, and a queued image is kept until headquarters has it.
   */
  supersede(row: ImageRow): ImageFile | null;
  ownByHit(detectionId: string): void;
  /** Whether its detection shows it now. */
  show(id: string, isShown: boolean): void;
  announce(id: string): void;
  /** Headquarters has these ids (some may not be images). Returns files that were kept only for that. */
  delivered(ids: readonly string[]): ImageFile[];
  /** Images that may be shed, in order: delivered or never queued first, then oldest first. */
  sheddable(limit: number): ImageRow[];
  shed(id: string, atMs: number): void;
  /** Skips this image from now on if it is under a hold. Returns whether it is. */
  passOverIfHeld(row: ImageRow): boolean;
  heldCount(): number;
  room(): { files: number; bytes: number };
  kept(): ImageFile[];
  shedCounts(): { shed: number; shedUnsent: number };
}

const columns = selectList([
  'id',
  'detectionId',
  'kind',
  'takenAtMs',
  'bytes',
  'sourceSha256',
  'ref',
  'current',
  'hit',
  'announced',
  'waiting',
] satisfies (keyof Stored)[]);

export function createImageRows(db: Database, isHeld: IsHeld): ImageRows {
  const insert = db.prepare(
    `INSERT INTO image (id, detection_id, kind, taken_at_ms, bytes, source_sha256, ref, hit)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const ofDetection = db.prepare<[string], Stored>(
    `SELECT ${columns} FROM image WHERE detection_id = ? AND shed_at_ms IS NULL ORDER BY id`,
  );
  const drop = db.prepare('DELETE FROM image WHERE id = ?');
  const outdate = db.prepare('UPDATE image SET current = 0 WHERE id = ?');
  const show = db.prepare('UPDATE image SET current = ? WHERE id = ?');
  const own = db.prepare('UPDATE image SET hit = 1 WHERE detection_id = ? AND hit = 0');
  const announce = db.prepare('UPDATE image SET announced = 1, waiting = 1 WHERE id = ?');
  const deliver = db.prepare<[string], Stored>(
    `UPDATE image SET waiting = 0 WHERE id = ? AND waiting = 1 RETURNING ${columns}`,
  );
  const sheddable = db.prepare<[number], Stored>(
    `SELECT ${columns} FROM image WHERE hit = 0 AND held = 0 AND shed_at_ms IS NULL
     ORDER BY waiting, id LIMIT ?`,
  );
  const markHeld = db.prepare('UPDATE image SET held = 1 WHERE id = ?');
  const heldCount = db.prepare<[], number>('SELECT count(*) FROM image WHERE held = 1').pluck();
  const room = db.prepare<[], { files: number; bytes: number }>(
    'SELECT files, bytes FROM image_room',
  );
  const shed = db.prepare(
    'UPDATE image SET shed_at_ms = ?, shed_unsent = waiting, waiting = 0 WHERE id = ?',
  );
  const kept = db.prepare<[], ImageFile>(
    'SELECT id, taken_at_ms AS takenAtMs, bytes FROM image WHERE shed_at_ms IS NULL',
  );
  const shedCounts = db.prepare<[], { shed: number; shedUnsent: number }>(
    'SELECT shed, shed_unsent AS shedUnsent FROM image_room',
  );

  const has = db.prepare('SELECT 1 FROM image WHERE id = ?');

  return {
    has: (id) => has.get(id) !== undefined,
    insert(row) {
      const { id, detectionId, kind, takenAtMs, bytes, sourceSha256, ref, hit } = row;
      const values = [id, detectionId, kind, takenAtMs, bytes, sourceSha256, JSON.stringify(ref)];
      insert.run(...values, hit ? 1 : 0);
    },
    ofDetection: (detectionId) => ofDetection.all(detectionId).map(rowOf),
    supersede(row) {
      if (row.hit || row.waiting || isHeld(row.detectionId)) {
        outdate.run(row.id);
        return null;
      }
      drop.run(row.id);
      return row;
    },
    show: (id, isShown) => void show.run(isShown ? 1 : 0, id),
    ownByHit: (detectionId) => void own.run(detectionId),
    announce: (id) => void announce.run(id),
    delivered(ids) {
      const done: ImageFile[] = [];
      for (const id of ids) {
        const row = deliver.get(id);
        if (!row || row.current === 1 || row.hit === 1 || isHeld(row.detectionId)) continue;
        drop.run(id);
        done.push(row);
      }
      return done;
    },
    sheddable: (limit) => sheddable.all(limit).map(rowOf),
    shed: (id, atMs) => void shed.run(Math.floor(atMs), id),
    passOverIfHeld(row) {
      if (!isHeld(row.detectionId)) return false;
      markHeld.run(row.id);
      return true;
    },
    heldCount: () => heldCount.get() ?? 0,
    room: () => room.get() ?? { files: 0, bytes: 0 },
    kept: () => kept.all(),
    shedCounts: () => shedCounts.get() ?? { shed: 0, shedUnsent: 0 },
  };
}

/** Makes shedding examine again up to `limit` images that it skipped; returns how many. */
export function createHeldRelease(db: Database): (limit: number) => number {
  const release = db.prepare<[number]>(
    'UPDATE image SET held = 0 WHERE id IN (SELECT id FROM image WHERE held = 1 LIMIT ?)',
  );
  return (limit) => release.run(limit).changes;
}

function rowOf(stored: Stored): ImageRow {
  return {
    ...stored,
    kind: stored.kind as ImageRef['kind'],
    ref: JSON.parse(stored.ref) as ImageRef,
    current: stored.current === 1,
    hit: stored.hit === 1,
    announced: stored.announced === 1,
    waiting: stored.waiting === 1,
  };
}
