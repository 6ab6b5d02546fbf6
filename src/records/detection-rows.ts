import type { Database } from '../platform/database.ts';
import type { Detection, Hit, ImageRef } from './detection.ts';
import type { DetectionDraft } from './draft-detection.ts';
import type { SourceMode } from './source-mode.ts';
import { nextWord } from './store-plan.ts';

const countEveryMs = 3000;

interface Stored {
  closed: number;
  hit: number;
  announcedRevision: number;
  unit: string | null;
  body: string;
}

/** The columns of a record, for queries. */
function columnsOf(record: DetectionDraft) {
  return {
    id: record.id,
    head: record.head,
    firstSeenMs: Date.parse(record.firstSeen),
    lastSeenMs: Date.parse(record.lastSeen),
    plate: record.read?.plate ?? null,
    state: record.read?.state?.code ?? null,
    latitude: record.fix.latitude,
    longitude: record.fix.longitude,
    closed: record.closed ? 1 : 0,
    canvass: record.canvass ?? null,
  };
}

/** What a later version of a record changes of its row, but for `hit`. */
const newVersion = `first_seen_ms = excluded.first_seen_ms, last_seen_ms = excluded.last_seen_ms,
  plate = excluded.plate, state = excluded.state, latitude = excluded.latitude, longitude = excluded.longitude,
  closed = excluded.closed, canvass = excluded.canvass, announced_revision = excluded.announced_revision,
  body = excluded.body`;

/** Queries of tables `detection` and `hit`. */
export function createDetectionRows(db: Database) {
  const find = db.prepare<[string], Stored>(
    'SELECT closed, hit, announced_revision AS announcedRevision, unit, body FROM detection WHERE id = ?',
  );
  const findState = db.prepare<[string], Omit<Stored, 'announcedRevision' | 'body'>>(
    'SELECT closed, hit, unit FROM detection WHERE id = ?',
  );
  const upsert = db.prepare(
    `INSERT INTO detection (id, head, first_seen_ms, last_seen_ms, plate, state, latitude, longitude, closed, hit,
       canvass, announced_revision, body)
     VALUES (@id, @head, @firstSeenMs, @lastSeenMs, @plate, @state, @latitude, @longitude, @closed, @hit,
       @canvass, @announcedRevision, @body)
     ON CONFLICT (id) DO UPDATE SET ${newVersion}, hit = excluded.hit`,
  );
  const receive = db.prepare(
    `INSERT INTO detection (id, head, first_seen_ms, last_seen_ms, plate, state, latitude, longitude, closed, canvass,
       unit, unit_mode, announced_revision, body)
     VALUES (@id, @head, @firstSeenMs, @lastSeenMs, @plate, @state, @latitude, @longitude, @closed, @canvass,
       @unit, @unitMode, @announcedRevision, @body)
     ON CONFLICT (id) DO UPDATE SET ${newVersion}, unit_mode = coalesce(detection.unit_mode, excluded.unit_mode)
     WHERE excluded.announced_revision > detection.announced_revision AND excluded.unit = detection.unit`,
  );
  const markHit = db.prepare('UPDATE detection SET hit = 1 WHERE id = ? AND hit = 0');
  const open = db.prepare<[], Stored>(
    'SELECT closed, hit, announced_revision AS announcedRevision, unit, body FROM detection WHERE closed = 0 ORDER BY id',
  );
  const saveHit = db.prepare(
    `INSERT INTO hit (id, detection_id, revision, state, changed_at_ms, list_id, entry_id, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, state = excluded.state,
       changed_at_ms = excluded.changed_at_ms, list_id = excluded.list_id, entry_id = excluded.entry_id,
       body = excluded.body
     WHERE excluded.revision > hit.revision`,
  );
  const detectionOfHit = db
    .prepare<[string], string>('SELECT detection_id FROM hit WHERE id = ?')
    .pluck();
  const hitsSince = db
    .prepare<[number], string>(
      'SELECT body FROM hit WHERE changed_at_ms >= ? ORDER BY changed_at_ms',
    )
    .pluck();
  const counts = db.prepare<[], { detections: number; hits: number; openDetections: number }>(
    `SELECT (SELECT count(*) FROM detection) AS detections, (SELECT count(*) FROM hit) AS hits,
       (SELECT count(*) FROM detection WHERE closed = 0) AS openDetections`,
  );

  let counted = { detections: 0, hits: 0, openDetections: 0 };
  let countedAtMs = Number.NEGATIVE_INFINITY;

  return {
    /** `unit`: that sent it; null for this unit's own. */
    find(id: string): { closed: boolean; hit: boolean; unit: string | null } | undefined {
      const row = findState.get(id);
      return row && { closed: row.closed === 1, hit: row.hit === 1, unit: row.unit };
    },
    /** Writes the detection. Returns its JSON if it must be sent; null if not requested or if nothing is new. */
    save(input: {
      draft: DetectionDraft;
      refs: readonly ImageRef[];
      hit: boolean;
      publish: boolean;
    }): string | null {
      const { draft, refs, hit, publish } = input;
      const before = find.get(draft.id);
      const { body, announcedRevision, isSent } = nextWord({ draft, refs, publish }, before);
      upsert.run({
        ...columnsOf(draft),
        hit: hit ? 1 : 0,
        announcedRevision,
        body,
      });
      return isSent ? body : null;
    },
    /**
     * Stores a record that another unit sent, under its revision; false if this revision or a later one is stored already.
     * Revision 0: it is not the record itself, but what a hit says of it, which any revision replaces. `unitMode`: what the
     * unit is; of later revisions the first that says it counts.
     */
    receive: (record: Detection, revision: number, unitMode: SourceMode): boolean =>
      receive.run({
        ...columnsOf(record),
        unit: record.unit,
        unitMode,
        announcedRevision: revision,
        body: JSON.stringify(record),
      }).changes > 0,
    markHit: (id: string): void => void markHit.run(id),
    /** False if this revision of the hit, or a later one, is already stored. */
    saveHit(hit: Hit): boolean {
      const { id, detectionId, revision, state, match } = hit;
      const changedAtMs = Date.parse(hit.changedAt);
      const values = [id, detectionId, revision, state, changedAtMs, match.list.id, match.entry.id];
      return saveHit.run(...values, JSON.stringify(hit)).changes > 0;
    },
    detectionOfHit: (hitId: string): string | undefined => detectionOfHit.get(hitId),
    open: (): { detection: Detection; hit: boolean }[] =>
      open
        .all()
        .map((row) => ({ detection: JSON.parse(row.body) as Detection, hit: row.hit === 1 })),
    hitsSince: (sinceMs: number): Hit[] =>
      hitsSince.all(sinceMs).map((body) => JSON.parse(body) as Hit),
    /** Rows by kind, counted every few seconds at most: with a million rows counting takes milliseconds. */
    counts() {
      if (performance.now() - countedAtMs > countEveryMs) {
        counted = counts.get() ?? counted;
        countedAtMs = performance.now();
      }
      return counted;
    },
  };
}
