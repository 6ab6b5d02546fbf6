import { isoTime } from '../platform/clock.ts';
import { selectList } from '../platform/columns.ts';
import type { Database } from '../platform/database.ts';
import type { Detection, Hit, ImageRef } from './detection.ts';

/** An image on file, or its row after its file was shed. */
export interface StoredImage {
  id: string;
  detectionId: string;
  takenAtMs: number;
  ref: ImageRef;
  /** True if the detection shows it now; false once a better one replaced it. */
  current: boolean;
  /** Its file was shed to free disk space. */
  gone: boolean;
}

/** A range of hits by a time of theirs. */
export interface HitRange {
  sinceMs: number;
  /** End of the range, exclusive. */
  untilMs: number;
  /** Only those of this hot list. */
  list?: string | undefined;
  limit: number;
}

/** What tells whether a person may see a hit, and where it stands among others. */
export interface BriefHit {
  id: string;
  /** The id of its hot list. */
  list: string;
  /** ISO time in UTC. */
  raisedAt: string;
}

/** A row of table `image` as a reader has it: `ref` is JSON, `current` 0 or 1. */
export interface RawImageRow {
  id: string;
  detectionId: string;
  takenAtMs: number;
  ref: string;
  current: number;
  shedAtMs: number | null;
}

/** Reads records of `lookout.db` by their ids, for other rooms. Writes nothing. */
export function createRecordReader(db: Database) {
  const detection = db.prepare<[string], string>('SELECT body FROM detection WHERE id = ?').pluck();
  // The index has all of it.
  const readsOfPlate = db
    .prepare<[string, number, number], number>(
      `SELECT count(*) FROM (SELECT 1 FROM detection INDEXED BY detection_plate
         WHERE plate = ? AND last_seen_ms BETWEEN ? AND ? LIMIT 2)`,
    )
    .pluck();
  const ofCanvass = db
    .prepare<[string], string>('SELECT id FROM detection WHERE canvass = ? ORDER BY last_seen_ms')
    .pluck();
  const hit = db.prepare<[string], string>('SELECT body FROM hit WHERE id = ?').pluck();
  const hitsOf = db
    .prepare<[string], string>('SELECT body FROM hit WHERE detection_id = ? ORDER BY id')
    .pluck();
  const repeats = db
    .prepare<[string, string, string], string>(
      `SELECT body FROM hit WHERE list_id = ? AND entry_id = ? AND body ->> '$.repeatOf' = ?`,
    )
    .pluck();
  const hitIdsOf = db
    .prepare<[string], string>('SELECT id FROM hit WHERE detection_id = ? ORDER BY id')
    .pluck();
  const hitsFrom = db
    .prepare<[string, string, number], string>(
      'SELECT id FROM hit WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?',
    )
    .pluck();
  const hitsEnding = db
    .prepare<[string, number], string>(
      "SELECT id FROM hit WHERE id LIKE '%' || ? ORDER BY id DESC LIMIT ?",
    )
    .pluck();
  const changed = db
    .prepare<{ sinceMs: number; untilMs: number; list: string | null; limit: number }, string>(
      `SELECT body FROM hit WHERE changed_at_ms >= @sinceMs AND changed_at_ms < @untilMs
       AND (@list IS NULL OR list_id = @list) ORDER BY changed_at_ms DESC, rowid DESC LIMIT @limit`,
    )
    .pluck();
  const raised = db.prepare<
    { sinceMs: number; since: string; until: string; list: string | null },
    BriefHit
  >(
    // What was raised since has changed since, too: that has an index.
    `SELECT id, list_id AS list, body ->> '$.raisedAt' AS raisedAt FROM hit WHERE changed_at_ms >= @sinceMs
     AND body ->> '$.raisedAt' >= @since AND body ->> '$.raisedAt' < @until
     AND (@list IS NULL OR list_id = @list) ORDER BY body ->> '$.raisedAt' DESC, id DESC`,
  );
  const briefHit = db.prepare<[string], BriefHit>(
    `SELECT id, list_id AS list, body ->> '$.raisedAt' AS raisedAt FROM hit WHERE id = ?`,
  );
  const imageColumns = selectList(['id', 'detectionId', 'takenAtMs', 'ref', 'current', 'shedAtMs']);
  const image = db.prepare<[string], RawImageRow>(`SELECT ${imageColumns} FROM image WHERE id = ?`);
  const imagesOf = db.prepare<[string], RawImageRow>(
    `SELECT ${imageColumns} FROM image WHERE detection_id = ? ORDER BY id`,
  );

  return {
    detection(id: string): Detection | undefined {
      const body = detection.get(id);
      return body === undefined ? undefined : (JSON.parse(body) as Detection);
    },
    /** Whether the plate of a stored detection was read at another passing, too, within so long before or after it. */
    isReadAgain({ read, lastSeen }: Detection, withinMs: number): boolean {
      if (read === null) return false;
      const atMs = Date.parse(lastSeen);
      return readsOfPlate.get(read.plate, atMs - withinMs, atMs + withinMs) === 2;
    },
    /** Ids of the detections of a canvass, oldest first. */
    ofCanvass: (canvass: string): string[] => ofCanvass.all(canvass),
    hit(id: string): Hit | undefined {
      const body = hit.get(id);
      return body === undefined ? undefined : parseHit(body);
    },
    /** The hits of a detection, in the order in which they were raised. */
    hitsOf: (detectionId: string): Hit[] => hitsOf.all(detectionId).map(parseHit),
    /** The later sightings of a hit, each stored as a repeat of it. */
    repeatsOf: ({ id, match: { list, entry } }: Hit): Hit[] =>
      repeats.all(list.id, entry.id, id).map(parseHit),
    /** The ids of hits that begin or end with this text, the newest first. `part`: hexadecimal digits and hyphens. */
    hitIdsLike: (part: string, limit: number): string[] => [
      ...new Set([...hitsFrom.all(part, `${part}~`, limit), ...hitsEnding.all(part, limit)]),
    ],
    hitIdsOf: (detectionId: string): string[] => hitIdsOf.all(detectionId),
    /** Hits raised or changed in this range, the latest first. */
    hitsChanged: ({ sinceMs, untilMs, list, limit }: HitRange): Hit[] =>
      changed.all({ sinceMs, untilMs, list: list ?? null, limit }).map(parseHit),
    /** Hits raised in this range, the latest first. */
    hitsRaised: ({ sinceMs, untilMs, list }: Omit<HitRange, 'limit'>): BriefHit[] =>
      raised.all({
        sinceMs,
        since: isoTime(sinceMs),
        until: isoTime(untilMs),
        list: list ?? null,
      }),
    briefHit: (id: string): BriefHit | undefined => briefHit.get(id),
    image(id: string): StoredImage | undefined {
      const row = image.get(id);
      return row && imageOf(row);
    },
    /** The images of a detection, oldest first, including replaced and shed ones. */
    imagesOf: (detectionId: string): StoredImage[] => imagesOf.all(detectionId).map(imageOf),
  };
}

function parseHit(body: string): Hit {
  return JSON.parse(body) as Hit;
}

function imageOf(row: RawImageRow): StoredImage {
  return {
    id: row.id,
    detectionId: row.detectionId,
    takenAtMs: row.takenAtMs,
    ref: JSON.parse(row.ref) as ImageRef,
    current: row.current === 1,
    gone: row.shedAtMs !== null,
  };
}
