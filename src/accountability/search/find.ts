import type {
  DetectionFilter,
  DetectionIndex,
  FoundRow,
  PlacedRow,
  Route,
} from '../../records/detection-index.ts';
import { cellsOf } from '../../records/map-cells.ts';
import { boundsOf, contains } from './area.ts';
import { type PlatePattern, platePattern } from './plate-pattern.ts';
import type { DetectionQuery } from './query.ts';
import type { Cursor } from './results.ts';

/** What a search came to. */
export interface FindResult {
  /** Newest first. */
  rows: FoundRow[];
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

/**
 * Finds detections by the route that fits the query: a full plate; a part that few plates have; and else steps back
 * through time, over hits, over squares of the map, or over everything. The steps end when the time is up, with what
 * was found so far.
 */
export function createFinder(index: DetectionIndex) {
  /** The plates that fit, when they are few. */
  const fewPlates = ({ run, glob }: PlatePattern & { kind: 'partial' }): Set<string> | null => {
    if (run.length < 2) return null;
    const plates = index.platesWith({ run, glob }, mostPlates + 1);
    return plates.length > mostPlates ? null : new Set(plates);
  };

  return (query: DetectionQuery, { limit, deadlineMs, after }: FindBounds): FindResult => {
    // An unread plate fits no plate.
    if (query.read === 'unread' && query.plate !== undefined) return { rows: [], next: null };
    const pattern = query.plate === undefined ? null : platePattern(query.plate, query.alike);
    const filter = filterOf(query, pattern);
    const first = Math.max(query.from ?? Number.MIN_SAFE_INTEGER, index.oldestSeenMs() ?? 0);
    const last = Math.min(
      query.to ?? Number.MAX_SAFE_INTEGER,
      after?.t ?? Number.MAX_SAFE_INTEGER,
      index.newestSeenMs() ?? 0,
    );
    const cursorRow = after?.id ? index.rowidOf(after.id) : undefined;
    const rows: FoundRow[] = [];
    let lookedAt: FindResult['next'] = null;

    /** Takes what fits of one look-up. False when the page is full or the time is up. */
    const take = (found: Iterable<PlacedRow>): boolean => {
      let looked = 0;
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

    // A day or less is quicker walked through than looked up plate by plate.
    const few =
      pattern?.kind === 'partial' && last - first > 24 * hourMs ? fewPlates(pattern) : null;
    const plates = pattern?.kind === 'exact' ? pattern.plates : few;
    if (plates !== null) {
      const span = { firstMs: first, lastMs: last };
      const isAll = take(index.find(filter, { by: 'plates', plates }, span));
      return { rows, next: isAll ? null : lookedAt };
    }

    const route = routeFor(query);
    let stepMs = hourMs;
    let to = last;
    while (to >= first) {
      const from = Math.max(first, to - stepMs + 1);
      const startedMs = performance.now();
      if (!take(index.find(filter, route, { firstMs: from, lastMs: to }))) {
        return { rows, next: lookedAt };
      }
      to = from - 1;
      const nowMs = performance.now();
      if (nowMs > deadlineMs && to >= first) return { rows, next: { t: to, rowid: null } };
      if (nowMs - startedMs < stepAimMs / 2) stepMs *= 4;
      else if (nowMs - startedMs > stepAimMs) stepMs = Math.max(1000, Math.ceil(stepMs / 4));
    }
    return { rows, next: null };
  };
}

/** What a query asks of a detection, all but its time; exact but for the shape of a circle or polygon. */
function filterOf(query: DetectionQuery, pattern: PlatePattern | null): DetectionFilter {
  const { state, area, head, list, make, model, colour, body } = query;
  // A plate of nothing but wildcards is any plate that was read.
  const isRead = query.read === 'read' || query.plate !== undefined;
  return {
    read: isRead ? true : query.read === 'unread' ? false : undefined,
    plateGlob: pattern?.kind === 'partial' ? pattern.glob : undefined,
    bounds: area && boundsOf(area),
    hits: isOfHits(query),
    state,
    head,
    list,
    make,
    model,
    colour,
    body,
  };
}

/** Whether only hits are asked for. */
function isOfHits({ hits, list }: DetectionQuery): boolean {
  return hits || list !== undefined;
}

/** Which index a walk through time goes along. */
function routeFor(query: DetectionQuery): Route {
  if (isOfHits(query)) return { by: 'hits' };
  const cells = query.area === undefined ? null : cellsOf(boundsOf(query.area), mostCells);
  return cells === null ? { by: 'time' } : { by: 'cells', cells };
}
