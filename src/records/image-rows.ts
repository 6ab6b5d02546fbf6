import type { Database } from '../platform/database.ts';
import type { ImageRef } from './detection.ts';

/** A row of table `image`; `ref` is what messages and records show of it. */
export interface ImageRow {
  id: string;
  detectionId: string;
  kind: ImageRef['kind'];
  takenAtMs: number;
  bytes: number;
  sourceSha256: string;
  ref: ImageRef;
  current: boolean;
  hit: boolean;
  announced: boolean;
  waiting: boolean;
}

/** A file that no row needs any more. */
export type ImageFile = Pick<ImageRow, 'id' | 'takenAtMs' | 'bytes'>;

/** Whether a detection is under a hold: then nothing of it is removed. */
export type IsHeld = (detectionId: string) => boolean;

/** What sqlite gives: no booleans, and `ref` as text. */
type Stored = Omit<ImageRow, 'ref' | 'current' | 'hit' | 'announced' | 'waiting' | 'kind'> & {
  kind: string;
  ref: string;
  current: number;
  hit: number;
  announced: number;
  waiting: number;
};

/** Statements on table `image`. All of them are meant to run inside a transaction of the caller. */
export function createImageRows(db: Database, isHeld: IsHeld) {
  const insert = db.prepare(
    `INSERT INTO image (id, detectionId, kind, takenAtMs, bytes, sourceSha256, ref, hit)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const ofDetection = db.prepare<[string], Stored>(
    'SELECT * FROM image WHERE detectionId = ? AND shedAtMs IS NULL ORDER BY id',
  );
  const drop = db.prepare('DELETE FROM image WHERE id = ?');
  const outdate = db.prepare('UPDATE image SET current = 0 WHERE id = ?');
  const own = db.prepare('UPDATE image SET hit = 1 WHERE detectionId = ?');
  const announce = db.prepare('UPDATE image SET announced = 1, waiting = 1 WHERE id = ?');
  const deliver = db.prepare<[string], Stored>(
    'UPDATE image SET waiting = 0 WHERE id = ? AND waiting = 1 RETURNING *',
  );
  const sheddable = db.prepare<[number], Stored>(
    'SELECT * FROM image WHERE hit = 0 AND held = 0 AND shedAtMs IS NULL ORDER BY waiting, id LIMIT ?',
  );
  const markHeld = db.prepare('UPDATE image SET held = 1 WHERE id = ?');
  const heldCount = db.prepare<[], number>('SELECT count(*) FROM image WHERE held = 1').pluck();
  const room = db.prepare<[], { files: number; bytes: number }>(
    'SELECT files, bytes FROM image_room',
  );
  const shed = db.prepare(
    'UPDATE image SET shedAtMs = ?, shedUnsent = waiting, waiting = 0 WHERE id = ?',
  );
  const kept = db.prepare<[], ImageFile>(
    'SELECT id, takenAtMs, bytes FROM image WHERE shedAtMs IS NULL',
  );
  const shedCounts = db.prepare<[], { shed: number; shedUnsent: number }>(
    'SELECT shed, shedUnsent FROM image_room',
  );

  const has = db.prepare('SELECT 1 FROM image WHERE id = ?');

  return {
    has: (id: string): boolean => has.get(id) !== undefined,
    insert(row: Omit<ImageRow, 'current' | 'announced' | 'waiting'>): void {
      const { id, detectionId, kind, takenAtMs, bytes, sourceSha256, ref, hit } = row;
      const values = [id, detectionId, kind, takenAtMs, bytes, sourceSha256, JSON.stringify(ref)];
      insert.run(...values, hit ? 1 : 0);
    },
    /** Those whose file is there, oldest first. */
    ofDetection: (detectionId: string): ImageRow[] => ofDetection.all(detectionId).map(rowOf),
    /**
     * A better picture took this one's place. Returns the file to remove after the commit, or null when it
     * stays: pictures of a hit or under hold are evidence, and one that was announced stays until headquarters
     * has it.
     */
    supersede(row: ImageRow): ImageFile | null {
      if (row.hit || row.waiting || isHeld(row.detectionId)) {
        outdate.run(row.id);
        return null;
      }
      drop.run(row.id);
      return row;
    },
    ownByHit: (detectionId: string): void => void own.run(detectionId),
    announce: (id: string): void => void announce.run(id),
    /** Headquarters has these ids (some may be no images). Returns files that were kept for that alone. */
    delivered(ids: readonly string[]): ImageFile[] {
      const done: ImageFile[] = [];
      for (const id of ids) {
        const row = deliver.get(id);
        if (!row || row.current === 1 || row.hit === 1 || isHeld(row.detectionId)) continue;
        drop.run(id);
        done.push(row);
      }
      return done;
    },
    /** What may be shed, in the order of shedding: delivered or never queued first, then oldest first. */
    sheddable: (limit: number): ImageRow[] => sheddable.all(limit).map(rowOf),
    shed: (id: string, atMs: number): void => void shed.run(Math.floor(atMs), id),
    /** Passes this one over from now on. Returns whether it is under hold. */
    passOverIfHeld(row: ImageRow): boolean {
      if (!isHeld(row.detectionId)) return false;
      markHeld.run(row.id);
      return true;
    },
    heldCount: (): number => heldCount.get() ?? 0,
    room: () => room.get() ?? { files: 0, bytes: 0 },
    kept: (): ImageFile[] => kept.all(),
    shedCounts: () => shedCounts.get() ?? { shed: 0, shedUnsent: 0 },
  };
}

/** Lets shedding look again at up to `limit` images that it passed over; returns at how many. */
export function createHeldRelease(db: Database): (limit: number) => number {
  const release = db.prepare<[number]>(
    'UPDATE image SET held = 0 WHERE id IN (SELECT id FROM image WHERE held = 1 LIMIT ?)',
  );
  return (limit) => release.run(limit).changes;
}

export type ImageRows = ReturnType<typeof createImageRows>;

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
