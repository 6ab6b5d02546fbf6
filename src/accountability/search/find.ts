import type {
  DetectionFilter,
  DetectionIndex,
  FoundRow,
  Route,
} from '../../records/detection-index.ts';
import { cellsOf } from '../../records/map-cells.ts';
import { boundsOf, contains } from './area.ts';
import { type PlatePattern, platePattern } from './plate-pattern.ts';
import type { DetectionQuery } from './query.ts';
import type { Cursor } from './results.ts';

/** The result of a search. */
export interface FindResult {
  /** Newest first. */
  rows: FoundRow[];
  /** The row or, with null, the time before which to continue; null if everything was searched. */
  next: { t: number; row: FoundRow | null } | null;
}

/** Limits of one search. */
export interface FindBounds {
  limit: number;
  /** By `performance.now()`: the search then returns what it has found. */
  deadlineMs: number;
  after?: Cursor | undefined;
}

/** If more plates than this match a pattern, stepping back through time finds their detections sooner. */
const maxPlates = 1000;
const maxCells = 600;
const hourMs = 3_600_000;

/**
 * Finds detections by the route that suits the query: a full plate; a partial plate that matches few plates; otherwise
 * steps back through time, over a canvass, over hits, over squares of the map, or over everything. The steps end at the deadline, with
 * what was found so far. Plates that reads may be of are in no index, and are found by the steps.
 */
export function createFinder(index: DetectionIndex) {
  /** The plates that match, if they are few. */
  const fewPlates = async ({
    runs,
    glob,
  }: PlatePattern & { kind: 'partial' }): Promise<Set<string> | null> => {
    const plates = new Set<string>();
    for (const run of runs) {
      if (run.length < index.shortestRun) return null;
      const found = await index.platesWith({ run, glob }, maxPlates + 1);
      for (const plate of found) plates.add(plate);
      if (found.length > maxPlates || plates.size > maxPlates) return null;
    }
    return plates;
  };

  return async (
    query: DetectionQuery,
    { limit, deadlineMs, after }: FindBounds,
  ): Promise<FindResult> => {
    // An unread plate does not match any plate, but may be one.
    if (query.read === 'unread' && query.plate !== undefined && !query.possible) {
      return { rows: [], next: null };
    }
    const pattern = query.plate === undefined ? null : platePattern(query.plate, query.alike);
    const filter = filterOf(query, pattern);
    const first = Math.max(
      query.from ?? Number.MIN_SAFE_INTEGER,
      (await index.oldestSeenMs()) ?? 0,
    );
    const last = Math.min(
      query.to ?? Number.MAX_SAFE_INTEGER,
      after?.t ?? Number.MAX_SAFE_INTEGER,
      (await index.newestSeenMs()) ?? 0,
    );
    const cursorRow = after?.id ? await index.rowidOf(after.id) : undefined;
    const rows: FoundRow[] = [];
    let lookedAt: FoundRow | null = null;

    /** Adds the matching rows of one look-up. False if the page is full or the time is up. */
    const take = async (found: ReturnType<DetectionIndex['find']>): Promise<boolean> => {
      let looked = 0;
      for await (const part of found) {
        for (const row of part) {
          const { rowid, lastSeenMs, latitude, longitude } = row;
          if (cursorRow !== undefined && lastSeenMs === after?.t && rowid >= cursorRow) continue;
          lookedAt = row;
          if (!query.area || contains(query.area, latitude, longitude)) rows.push(row);
          looked += 1;
          const late = looked % 1024 === 0 && performance.now() > deadlineMs;
          if (rows.length >= limit || late) return false;
        }
      }
      return true;
    };

    // For a day or less, reading every row is faster than one look-up per plate.
    const few =
      pattern?.kind === 'partial' && last - first > 24 * hourMs ? await fewPlates(pattern) : null;
    const plates = pattern?.kind === 'exact' ? pattern.plates : few;
    if (plates !== null && !query.possible) {
      const span = { firstMs: first, lastMs: last };
      const isAll = await take(index.find(filter, { by: 'plates', plates }, span, limit));
      return { rows, next: isAll ? null : endAt(lookedAt) };
    }

    const route = routeFor(query);
    let stepMs = hourMs;
    let to = last;
    while (to >= first) {
      const from = Math.max(first, to - stepMs + 1);
      const startedMs = performance.now();
      if (!(await take(index.find(filter, route, { firstMs: from, lastMs: to }, limit)))) {
        return { rows, next: endAt(lookedAt) };
      }
      to = from - 1;
      const nowMs = performance.now();
      if (nowMs > deadlineMs && to >= first) return { rows, next: { t: to, row: null } };
      // A step that took longer than the aim is shortened; one that took less than half of it is lengthened.
      if (nowMs - startedMs < index.stepAimMs / 2) stepMs *= 4;
      else if (nowMs - startedMs > index.stepAimMs) stepMs = Math.max(1000, Math.ceil(stepMs / 4));
    }
    return { rows, next: null };
  };
}

function endAt(row: FoundRow | null): FindResult['next'] {
  return row && { t: row.lastSeenMs, row };
}

/** The query's conditions without its time; they are exact except for the shape of a circle or polygon. */
function filterOf(query: DetectionQuery, pattern: PlatePattern | null): DetectionFilter {
  const { state, area, unit, head, list, make, model, colour, body } = query;
  // A plate of wildcards alone matches any plate that was read.
  const isRead = query.read === 'read' || (query.plate !== undefined && !query.possible);
  const glob = pattern?.kind === 'partial' ? pattern.glob : undefined;
  return {
    read: isRead ? true : query.read === 'unread' ? false : undefined,
    ...(query.possible && pattern !== null ? { mayBe: pattern } : { plateGlob: glob }),
    bounds: area && boundsOf(area),
    hits: isOfHits(query),
    canvass: query.canvass,
    state,
    unit,
    head,
    list,
    make,
    model,
    colour,
    body,
  };
}

/** Whether the query is limited to hits. */
function isOfHits({ hits, list }: DetectionQuery): boolean {
  return hits || list !== undefined;
}

/** The index to follow through time. */
function routeFor(query: DetectionQuery): Route {
  if (query.canvass !== undefined) return { by: 'canvass' };
  if (isOfHits(query)) return { by: 'hits' };
  const cells = query.area === undefined ? null : cellsOf(boundsOf(query.area), maxCells);
  return cells === null ? { by: 'time' } : { by: 'cells', cells };
}
