import type { AuditRecord } from '../../accountability/audit/audit-record.ts';
import { selectList } from '../../platform/columns.ts';
import type { Database } from '../../platform/database.ts';
import type { ReceivedImage } from '../../records/received-records.ts';
import type { PublishedFiles } from '../lists/publish-list.ts';
import type { From, UnitNotice } from './read-message.ts';

/** A unit as headquarters last heard it. */
export interface KnownUnit {
  id: string;
  firstHeardMs: number;
  lastHeardMs: number;
  state: 'online' | 'offline';
  /** Why it went offline, or came online, as it said. */
  reason: string | null;
  stateSinceMs: number;
}

/** What waits in vain for the hit or the detection that it is about. */
export type GivenUp = 'alert steps' | 'pictures';

/** The newest record of a unit's audit log. */
export interface UnitHead {
  unit: string;
  seq: number;
  hash: string;
}

type UnitRow = Omit<KnownUnit, 'state'> & { state: string };

export type HeadquartersRows = ReturnType<typeof createHeadquartersRows>;

const noBody = '{}';

/** Queries of `headquarters.db` but those of what units share; each within the caller's transaction. */
export function createHeadquartersRows(db: Database) {
  const units = db.prepare<[], UnitRow>(
    `SELECT ${selectList([
      'id',
      'firstHeardMs',
      'lastHeardMs',
      'state',
      'reason',
      'stateSinceMs',
    ] satisfies (keyof UnitRow)[])} FROM unit ORDER BY id`,
  );
  const unitIds = db.prepare<[], string>('SELECT id FROM unit ORDER BY id').pluck();
  const health = db.prepare<[string], { health: string | null; atMs: number }>(
    'SELECT health, coalesce(health_at_ms, 0) AS atMs FROM unit WHERE id = ?',
  );
  const hear = db.prepare(
    `INSERT INTO unit (id, first_heard_ms, last_heard_ms, state, state_since_ms) VALUES (@id, @atMs, @atMs, 'online', @atMs)
     ON CONFLICT (id) DO UPDATE SET last_heard_ms = max(last_heard_ms, excluded.last_heard_ms)`,
  );
  const setState = db.prepare(
    `UPDATE unit SET state_since_ms = CASE WHEN state = @state THEN state_since_ms ELSE @atMs END,
       state = @state, reason = @reason WHERE id = @id`,
  );
  const setHealth = db.prepare('UPDATE unit SET health = ?, health_at_ms = ? WHERE id = ?');
  const insertAudit = db.prepare(
    `INSERT INTO unit_audit (unit, seq, hash, previous, at_ms, body, category) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const contradiction = db.prepare(
    `SELECT 1 FROM unit_audit AS known WHERE unit = @unit AND ((seq = @seq AND hash <> @hash)
       OR (seq = @seq - 1 AND hash <> @previous) OR (seq = @seq + 1 AND previous <> @hash))
       AND NOT EXISTS (SELECT 1 FROM unit_audit_replaced
         WHERE unit = known.unit AND seq = known.seq AND hash = known.hash) LIMIT 1`,
  );
  const contradictsPurge = db.prepare(
    `SELECT 1 FROM unit_log WHERE unit = @unit AND ((purged_seq = @seq AND purged_hash <> @hash)
       OR (purged_seq = @seq - 1 AND purged_hash <> @previous)
       OR (purged_seq >= @seq AND purged_before_ms <= @atMs))`,
  );
  const auditHeads = db.prepare<[], UnitHead>(
    `SELECT unit, max(seq) AS seq, hash FROM unit_audit LEFT JOIN unit_log USING (unit)
     WHERE NOT EXISTS (SELECT 1 FROM unit_audit_replaced AS replaced WHERE replaced.unit = unit_audit.unit
       AND replaced.seq = unit_audit.seq AND replaced.hash = unit_audit.hash)
     GROUP BY unit HAVING max(seq) > coalesce(anchored_seq, 0)`,
  );
  const replaceFrom = db.prepare(
    `INSERT INTO unit_audit_replaced (unit, seq, hash)
     SELECT unit, seq, hash FROM unit_audit WHERE unit = @unit AND seq >= @seq AND hash <> @hash
     ON CONFLICT DO NOTHING`,
  );
  const anchorBack = db.prepare(
    'UPDATE unit_log SET anchored_seq = min(anchored_seq, @seq - 1) WHERE unit = @unit',
  );
  const setAnchored = db.prepare(
    `INSERT INTO unit_log (unit, anchored_seq) VALUES (?, ?)
     ON CONFLICT (unit) DO UPDATE SET anchored_seq = excluded.anchored_seq`,
  );
  const setContradicted = db.prepare(
    `INSERT INTO unit_log (unit, contradicted_ms) VALUES (?, ?)
     ON CONFLICT (unit) DO UPDATE SET contradicted_ms = excluded.contradicted_ms`,
  );
  const contradicted = db.prepare<[], { unit: string; atMs: number }>(
    'SELECT unit, contradicted_ms AS atMs FROM unit_log WHERE contradicted_ms IS NOT NULL',
  );
  const hasNotice = db.prepare('SELECT 1 FROM unit_notice WHERE id = ?');
  const insertNotice = db.prepare(
    `INSERT INTO unit_notice (id, unit, type, heard_ms, waits_for, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const waiting = db.prepare<[string], Omit<UnitNotice, 'body' | 'agency'> & { body: string }>(
    'SELECT id, unit, type, body FROM unit_notice WHERE waits_for = ? ORDER BY id',
  );
  const tookEffect = db.prepare('UPDATE unit_notice SET waits_for = NULL, body = ? WHERE id = ?');
  const insertEarly = db.prepare(
    'INSERT INTO early_image (id, unit, detection_id, body, heard_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const early = db.prepare<[string], { unit: string; body: string }>(
    'SELECT unit, body FROM early_image WHERE detection_id = ?',
  );
  const earlyAmong = db
    .prepare<[string], string>(
      'SELECT DISTINCT detection_id FROM early_image WHERE detection_id IN (SELECT value FROM json_each(?))',
    )
    .pluck();
  const earlyIds = db.prepare<[], string>('SELECT id FROM early_image').pluck();
  const dropEarly = db.prepare('DELETE FROM early_image WHERE id = ?');

  const forgetNotices = db.prepare(
    `DELETE FROM unit_notice WHERE id IN
       (SELECT id FROM unit_notice WHERE waits_for IS NULL AND heard_ms < ? LIMIT ?)`,
  );
  const dropWaiting = db.prepare(
    `DELETE FROM unit_notice WHERE id IN
       (SELECT id FROM unit_notice WHERE waits_for IS NOT NULL AND heard_ms < ? LIMIT ?)`,
  );
  const dropOldImages = db
    .prepare<[number, number], string>(
      `DELETE FROM early_image WHERE id IN (SELECT id FROM early_image WHERE heard_ms < ? LIMIT ?) RETURNING body`,
    )
    .pluck();
  const giveUp = db.prepare(
    `INSERT INTO given_up (kind, count, last_ms) VALUES (?, ?, ?)
     ON CONFLICT (kind) DO UPDATE SET count = count + excluded.count, last_ms = excluded.last_ms`,
  );
  const givenUp = db.prepare<[], { kind: string; count: number; lastMs: number }>(
    'SELECT kind, count, last_ms AS lastMs FROM given_up ORDER BY kind',
  );

  const published = db.prepare<[string, string], { sha256: string; chunks: number }>(
    'SELECT sha256, chunks FROM published_list WHERE agency = ? AND list = ?',
  );
  const publish = db.prepare('INSERT OR REPLACE INTO published_list VALUES (?, ?, ?, ?)');
  const unpublish = db.prepare(
    'DELETE FROM published_list WHERE agency = ? AND list = ? AND sha256 = ?',
  );

  const lists: PublishedFiles = {
    published: (agency, list) => published.all(agency, list),
    publish: (agency, list, sha256, chunks) => void publish.run(agency, list, sha256, chunks),
    unpublish: (agency, list, sha256) => void unpublish.run(agency, list, sha256),
  };

  return {
    lists,
    units: (): KnownUnit[] =>
      units.all().map((row) => ({ ...row, state: row.state === 'offline' ? 'offline' : 'online' })),
    unitIds: () => unitIds.all(),
    /** The figures of a unit's last health message, and when it came; null before the first. */
    healthOf(id: string): { figures: Record<string, unknown>; atMs: number } | null {
      const row = health.get(id);
      if (row === undefined || row.health === null) return null;
      return { figures: JSON.parse(row.health) as Record<string, unknown>, atMs: row.atMs };
    },
    /** Notes that something of a unit came. */
    hear: (id: string, atMs: number): void => void hear.run({ id, atMs: Math.floor(atMs) }),
    setState(id: string, state: KnownUnit['state'], reason: string, atMs: number): void {
      setState.run({ id, state, reason, atMs: Math.floor(atMs) });
    },
    setHealth: (id: string, health: object, atMs: number): void =>
      void setHealth.run(JSON.stringify(health), Math.floor(atMs), id),
    /** False for a repeat. */
    addAudit(record: AuditRecord): boolean {
      const { unit, seq, hash, previous, at, category } = record;
      const body = JSON.stringify(record);
      const values = [unit, seq, hash, previous, Date.parse(at), body, category];
      return insertAudit.run(...values).changes > 0;
    },
    /**
     * Whether a record does not fit those around it that the unit sent, or what was removed of them: its log was changed or
     * begun anew.
     */
    contradicts({ unit, seq, hash, previous, at }: AuditRecord): boolean {
      const link = { unit, seq, hash, previous };
      return (
        contradiction.get(link) !== undefined ||
        contradictsPurge.get({ ...link, atMs: Date.parse(at) }) !== undefined
      );
    },
    /**
     * The log of a unit goes on from a backup with this record: what it sent of that number and later counts as replaced. How
     * many records that are.
     */
    replaceLogFrom({ unit, seq, hash }: AuditRecord): number {
      anchorBack.run({ unit, seq });
      return replaceFrom.run({ unit, seq, hash }).changes;
    },
    /** The newest audit record of each unit that sent some since `anchored`. */
    newHeads: (): UnitHead[] => auditHeads.all(),
    anchored: ({ unit, seq }: UnitHead): void => void setAnchored.run(unit, seq),
    noteContradiction: (unit: string, atMs: number): void =>
      void setContradicted.run(unit, Math.floor(atMs)),
    /** The units whose log contradicted itself, and when that was found last. */
    contradicted: () => contradicted.all(),
    hasNotice: (id: string): boolean => hasNotice.get(id) !== undefined,
    /** Of one that took effect only its id is kept: a copy would outlive what is struck or removed where it took effect. */
    addNotice({ id, unit, type, body }: UnitNotice, waitsFor: string | null, atMs: number): void {
      const kept = waitsFor === null ? noBody : JSON.stringify(body);
      insertNotice.run(id, unit, type, Math.floor(atMs), waitsFor, kept);
    },
    /** What waits for a hit, oldest first. */
    waitingFor: (hitId: string): Omit<UnitNotice, 'agency'>[] =>
      waiting.all(hitId).map((row) => ({ ...row, body: JSON.parse(row.body) as object })),
    tookEffect: (noticeId: string): void => void tookEffect.run(noBody, noticeId),
    addEarly(image: ReceivedImage, { unit }: Pick<From, 'unit'>, atMs: number): void {
      const body = JSON.stringify(image);
      insertEarly.run(image.ref.id, unit, image.detectionId, body, Math.floor(atMs));
    },
    earlyOf: (detectionId: string): { unit: string; image: ReceivedImage }[] =>
      early
        .all(detectionId)
        .map(({ unit, body }) => ({ unit, image: JSON.parse(body) as ReceivedImage })),
    /** Those of these detections of which a picture waits. */
    earlyAmong: (detectionIds: readonly string[]): string[] =>
      earlyAmong.all(JSON.stringify(detectionIds)),
    earlyIds: (): string[] => earlyIds.all(),
    dropEarly: (id: string): void => void dropEarly.run(id),
    /** Forgets ids of notices that took effect and were heard before this time, some at a time; returns how many. */
    forgetNotices: (beforeMs: number, limit: number): number =>
      forgetNotices.run(Math.floor(beforeMs), limit).changes,
    /** Drops notices that still wait for their hit, likewise. */
    dropWaiting: (beforeMs: number, limit: number): number =>
      dropWaiting.run(Math.floor(beforeMs), limit).changes,
    /** Drops images that still wait for their detection, likewise; their files are the caller's. */
    dropOldImages: (beforeMs: number, limit: number): ReceivedImage[] =>
      dropOldImages
        .all(Math.floor(beforeMs), limit)
        .map((body) => JSON.parse(body) as ReceivedImage),
    noteGivenUp: (kind: GivenUp, count: number, atMs: number): void =>
      void giveUp.run(kind, count, Math.floor(atMs)),
    givenUp: () => givenUp.all() as { kind: GivenUp; count: number; lastMs: number }[],
  };
}
