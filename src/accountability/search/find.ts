import type { Database } from '../../platform/database.ts';
import { boundsOf, cellsOf, contains } from './area.ts';
import { conditionsOf, isOfHits } from './conditions.ts';
import { type PlatePattern, platePattern } from './plate-pattern.ts';
import type { DetectionQuery } from './query.ts';
import type { Cursor } from './results.ts';

/** A row that fits, before its record is fetched. */
export interface Found {
  rowid: number;
  lastSeenMs: number;
  plate: string | null;
}

/** What a search came to. */
export interface FindResult {
  /** Newest first. */
  rows: Found[];
  /** The row or, with null, the time before which to go on; null when everything was looked at. */
  next: { t: number; rowid: number | null } | null;
}

/** How much one search may bring. */
export interface FindBounds {
  limit: number;
  /** By `performance.now()`: what was found until then is the answer. */
  deadlineMs: number;
  after?: Cursor | undefined;
}

/** When more plates than this fit a pattern, going back through time meets them sooner. */
const mostPlates = 1000;
const mostCells = 600;
const hourMs = 3_600_000;
/** A step back in time that took longer is made shorter, one that was quicker than half of it longer, ms. */
const stepAimMs = 10;

const order = 'ORDER BY lastSeenMs DESC, detection.rowid DESC';

type Place = { latitude: number; longitude: number };

/**
 * Finds detections. Each way of finding has its index and is told to use it: a full plate; a part that few plates
 * have; and else steps back through time, over hits, over squares of the map, or over everything. The steps end when
 * the time is up, with what was found so far.
 */
export function createFinder(db: Database) {
  const oldest = db.prepare<[], number | null>('SELECT min(lastSeenMs) FROM detection').pluck();
  const newest = db.prepare<[], number | null>('SELECT max(lastSeenMs) FROM detection').pluck();
  const rowidOf = db.prepare<[string], number>('SELECT rowid FROM detection WHERE id = ?').pluck();
  const platesWith = db
    .prepare<[string, string, string, number], string>(
      'SELECT plate FROM plate_part WHERE part >= ? AND part < ? AND plate GLOB ? LIMIT ?',
    )
    .pluck();
  /** The plates that fit, when they are few. */
  const fewPlates = ({ run, glob }: PlatePattern & { kind: 'partial' }): Set<string> | null => {
    if (run.length < 2) return null;
    const plates = platesWith.all(run, endOf(run), glob, mostPlates + 1);
    return plates.length > mostPlates ? null : new Set(plates);
  };

  return (query: DetectionQuery, { limit, deadlineMs, after }: FindBounds): FindResult => {
    const pattern = query.plate === undefined ? null : platePattern(query.plate, query.alike);
    const { terms, values } = conditionsOf(query, pattern);
    const where = [...terms, 'lastSeenMs BETWEEN @first AND @last'].join(' AND ');
    const first = Math.max(query.from ?? Number.MIN_SAFE_INTEGER, oldest.get() ?? 0);
    const last = Math.min(
      query.to ?? Number.MAX_SAFE_INTEGER,
      after?.t ?? Number.MAX_SAFE_INTEGER,
      newest.get() ?? 0,
    );
    // Without a place asked for, most searches need nothing that is not in their index.
    const place = query.area === undefined ? '' : ', latitude, longitude';
    const columns = `detection.rowid AS rowid, lastSeenMs, detection.plate AS plate${place}`;
    const cursorRow = after?.id ? rowidOf.get(after.id) : undefined;
    const rows: Found[] = [];
    let lookedAt: FindResult['next'] = null;

    /** Takes what fits of one statement. False when the page is full or the time is up. */
    const take = (sql: string, span: { first: number; last: number }): boolean => {
      let looked = 0;
      const found = db.prepare<unknown[], Found & Place>(sql).iterate({ ...values, ...span });
      for (const { rowid, lastSeenMs, plate, latitude, longitude } of found) {
        if (cursorRow !== undefined && lastSeenMs === after?.t && rowid >= cursorRow) continue;
        lookedAt = { t: lastSeenMs, rowid };
        if (!query.area || contains(query.area, latitude, longitude)) {
          rows.push({ rowid, lastSeenMs, plate });
        }
        looked += 1;
        const late = looked % 1024 === 0 && performance.now() > deadlineMs;
        if (rows.length >= limit || late) return false;
      }
      return true;
    };
    const takeAtOnce = (sql: string): FindResult => ({
      rows,
      next: take(sql, { first, last }) ? null : lookedAt,
    });

    // A day or less is quicker walked through than looked up plate by plate.
    const few =
      pattern?.kind === 'partial' && last - first > 24 * hourMs ? fewPlates(pattern) : null;
    const plates = pattern?.kind === 'exact' ? pattern.plates : few;
    if (plates !== null) {
      values.plates = JSON.stringify([...plates]);
      return takeAtOnce(
        `SELECT ${columns} FROM json_each(@plates) AS wanted
           CROSS JOIN detection INDEXED BY detection_plate ON detection.plate = wanted.value
         WHERE ${where} ${order}`,
      );
    }

    const sql = `SELECT ${columns} FROM detection INDEXED BY ${indexFor(query)} ${where} ${order}`;
    let stepMs = hourMs;
    let to = last;
    while (to >= first) {
      const from = Math.max(first, to - stepMs + 1);
      const startedMs = performance.now();
      if (!take(sql, { first: from, last: to })) return { rows, next: lookedAt };
      to = from - 1;
      const nowMs = performance.now();
      if (nowMs > deadlineMs && to >= first) return { rows, next: { t: to, rowid: null } };
      if (nowMs - startedMs < stepAimMs / 2) stepMs *= 4;
      else if (nowMs - startedMs > stepAimMs) stepMs = Math.max(1000, Math.ceil(stepMs / 4));
    }
    return { rows, next: null };
  };
}

/** Which index a walk through time goes along, and what it needs in the WHERE clause. */
function indexFor(query: DetectionQuery): string {
  if (isOfHits(query)) return 'detection_hit WHERE';
  const cells = query.area === undefined ? null : cellsOf(boundsOf(query.area), mostCells);
  return cells === null ? 'detection_walk WHERE' : `detection_cell WHERE cell IN (${cells}) AND`;
}

/** The first text behind all that begin with this one. */
function endOf(run: string): string {
  return run.slice(0, -1) + String.fromCharCode(run.charCodeAt(run.length - 1) + 1);
}
