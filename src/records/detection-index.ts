import type { Database } from '../platform/database.ts';
import type { Detection } from './detection.ts';
import type { Bounds } from './map-cells.ts';
import { vehicleTraits } from './told-traits.ts';

/** Conditions on a detection; all that are set must match. */
export interface DetectionFilter {
  /** Whether its plate was read. */
  read?: boolean | undefined;
  /** A pattern of the plate, in SQLite's GLOB. */
  plateGlob?: string | undefined;
  /** A plate, or any of these, that it was read as or that its reader held possible; no index has the latter. */
  mayBe?: { glob: string } | { plates: readonly string[] } | undefined;
  /** Two-letter code of the plate's state. */
  state?: string | undefined;
  /** Seen within this box. */
  bounds?: Bounds | undefined;
  /** Only those that this unit sent. */
  unit?: string | undefined;
  head?: string | undefined;
  /** Only hits. */
  hits?: boolean | undefined;
  /** Only hits of this hot list. */
  list?: string | undefined;
  /** Only those of this canvass. */
  canvass?: string | undefined;
  make?: string | undefined;
  model?: string | undefined;
  colour?: string | undefined;
  body?: string | undefined;
}

/** The index that a look-up uses: by some plates, or back through time over a canvass, hits, squares of the map, or all. */
export type Route =
  | { by: 'plates'; plates: Iterable<string> }
  | { by: 'canvass' }
  | { by: 'hits' }
  | { by: 'cells'; cells: readonly number[] }
  /** At headquarters, with the filter's unit. */
  | { by: 'unit' }
  | { by: 'time' }
  /** Those with these ids alone; with `plates` those of these plates. */
  | { by: 'ids'; ids: readonly string[]; plates?: Iterable<string> | undefined };

/** A value now, or later where another program is asked for it. */
export type Soon<Value> = Value | Promise<Value>;

/** A matching row, before its record is read. */
export interface FoundRow {
  /** Its number on file. Of two that were last seen at the same moment, the one with the greater number was stored later. */
  rowid: number;
  lastSeenMs: number;
  plate: string | null;
}

/** The same with the unit's position; only set if `bounds` was set. */
export type PlacedRow = FoundRow & { latitude: number; longitude: number };

/** A row without its record, for thousands of them. */
export interface Sighting {
  id: string;
  plate: string | null;
  lastSeenMs: number;
  latitude: number | null;
  longitude: number | null;
  /** 0 or 1. */
  hit: number;
}

/** A record on file. */
export interface FiledRecord {
  detection: Detection;
  hit: boolean;
  /** At headquarters the unit that sent it; null on a unit, whose own it is. */
  sender: string | null;
}

/** Finds detections by the indices that the tables have for it. Writes nothing. */
export interface DetectionIndex {
  /** The fewest consecutive characters by which `platesWith` finds plates. */
  readonly shortestRun: number;
  /** How long one of several look-ups through time should take: much longer than one that finds nothing, ms. */
  readonly stepAimMs: number;
  /** When the first and the last vehicle on file were seen; null if there is none. */
  oldestSeenMs(): Soon<number | null>;
  newestSeenMs(): Soon<number | null>;
  rowidOf(id: string): Soon<number | undefined>;
  /** Where and when each was; undefined for those that were removed since. */
  sightings(rows: readonly FoundRow[]): Soon<(Sighting | undefined)[]>;
  /** The record of each; undefined for those that were removed since. */
  records(rows: readonly FoundRow[]): Soon<(FiledRecord | undefined)[]>;
  /** Plates on file that match `glob` and contain `run`, consecutive characters of it; `limit` at most. */
  platesWith(pattern: { run: string; glob: string }, limit: number): Soon<string[]>;
  /**
   * Matching rows last seen between these times (both inclusive), the latest first, some at a time. `wanted`: how many the caller
   * is likely to take.
   */
  find(
    filter: DetectionFilter,
    route: Route,
    span: { firstMs: number; lastMs: number },
    wanted: number,
  ): Iterable<PlacedRow[]> | AsyncIterable<PlacedRow[]>;
}

/** Where `nextTo` looks. */
interface Around {
  plate: string;
  unit: string;
  atMs: number;
  windowMs: number;
  limit: number;
}

/** Rows that SQLite hands over at a time. */
const rowsAtATime = 256;

/** The index of `lookout.db`, by what `tables.ts` defines for it (`records-3-search`). */
export function createDetectionIndex(db: Database) {
  const oldest = db.prepare<[], number | null>('SELECT min(last_seen_ms) FROM detection').pluck();
  const newest = db.prepare<[], number | null>('SELECT max(last_seen_ms) FROM detection').pluck();
  const rowidOf = db.prepare<[string], number>('SELECT rowid FROM detection WHERE id = ?').pluck();
  const byRowid = db.prepare<[number], { body: string; hit: number; unit: string | null }>(
    'SELECT body, hit, unit FROM detection WHERE rowid = ?',
  );
  const sighting = db.prepare<[number], Sighting>(
    `SELECT id, plate, last_seen_ms AS lastSeenMs, latitude, longitude, hit
     FROM detection WHERE rowid = ?`,
  );
  const platesWith = db
    .prepare<[Record<string, string | number>], string>(
      `SELECT plate FROM plate_part WHERE part >= @run AND part < @end AND plate GLOB @glob
       UNION ALL
       SELECT plate FROM plate_waiting AS waiting WHERE instr(plate, @run) > 0 AND plate GLOB @glob
         AND NOT EXISTS (SELECT 1 FROM plate_part WHERE part = waiting.plate AND plate = waiting.plate)
       LIMIT @limit`,
    )
    .pluck();

  const nextTo = (order: 'ASC' | 'DESC', within: string) =>
    db.prepare<Around, PlacedRow>(
      `SELECT rowid, lastSeenMs, plate, latitude, longitude FROM (
         SELECT rowid, last_seen_ms AS lastSeenMs, plate, latitude, longitude, unit
         FROM detection INDEXED BY detection_plate
         WHERE plate = @plate AND ${within} ORDER BY last_seen_ms ${order} LIMIT @limit)
       WHERE unit IS NOT @unit AND latitude IS NOT NULL`,
    );
  const nextBefore = nextTo('DESC', 'last_seen_ms BETWEEN @atMs - @windowMs AND @atMs');
  const nextAfter = nextTo('ASC', 'last_seen_ms > @atMs AND last_seen_ms <= @atMs + @windowMs');

  const recordOf = ({ rowid }: Pick<FoundRow, 'rowid'>): FiledRecord | undefined => {
    const row = byRowid.get(rowid);
    if (row === undefined) return undefined;
    const { body, hit, unit: sender } = row;
    return { detection: JSON.parse(body) as Detection, hit: hit === 1, sender };
  };

  const index = {
    shortestRun: 2,
    stepAimMs: 10,
    oldestSeenMs: () => oldest.get() ?? null,
    newestSeenMs: () => newest.get() ?? null,
    rowidOf: (id: string) => rowidOf.get(id),
    sightings: (rows: readonly FoundRow[]) => rows.map(({ rowid }) => sighting.get(rowid)),
    records: (rows: readonly Pick<FoundRow, 'rowid'>[]) => rows.map(recordOf),
    platesWith: ({ run, glob }: { run: string; glob: string }, limit: number) =>
      platesWith.all({ run, end: endOf(run), glob, limit }),
    find(
      filter: DetectionFilter,
      route: Route,
      span: { firstMs: number; lastMs: number },
    ): Iterable<PlacedRow[]> {
      const { terms, values } = conditionsOf(filter);
      const where = [...terms, 'last_seen_ms BETWEEN @firstMs AND @lastMs'].join(' AND ');
      // Without a box, most look-ups need only columns of their index.
      const place = filter.bounds === undefined ? '' : ', latitude, longitude';
      const columns = `detection.rowid AS rowid, last_seen_ms AS lastSeenMs, detection.plate AS plate${place}`;
      if ('plates' in route && route.plates !== undefined) {
        values.plates = JSON.stringify([...route.plates]);
      }
      if (route.by === 'ids') values.ids = JSON.stringify(route.ids);
      const rows = db
        .prepare<unknown[], PlacedRow>(
          `SELECT ${columns} ${alongIndex(route)} ${where}
           ORDER BY last_seen_ms DESC, detection.rowid DESC`,
        )
        .iterate({ ...values, ...span });
      return inParts(rows);
    },
  } satisfies DetectionIndex;
  return {
    ...index,
    /**
     * Reads of exactly this plate by other units that have a place, on one side of a time and the nearest first. At most `limit`
     * rows are looked at, those of the own unit among them.
     */
    nextTo: (around: Around, side: 'before' | 'after') =>
      (side === 'before' ? nextBefore : nextAfter).iterate(around),
  };
}

function* inParts(rows: Iterable<PlacedRow>): Generator<PlacedRow[]> {
  let part: PlacedRow[] = [];
  for (const row of rows) {
    part.push(row);
    if (part.length < rowsAtATime) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** The FROM clause with the index of the route, and the start of the conditions. */
function alongIndex(route: Route): string {
  switch (route.by) {
    case 'plates':
      return `FROM json_each(@plates) AS wanted
        CROSS JOIN detection INDEXED BY detection_plate ON detection.plate = wanted.value WHERE`;
    case 'canvass':
      return 'FROM detection INDEXED BY detection_canvass WHERE';
    case 'hits':
      return 'FROM detection INDEXED BY detection_hit WHERE';
    case 'cells':
      return `FROM detection INDEXED BY detection_cell WHERE cell IN (${route.cells}) AND`;
    case 'unit':
      return 'FROM detection INDEXED BY detection_unit WHERE';
    case 'time':
      return 'FROM detection INDEXED BY detection_walk WHERE';
    case 'ids':
      return `FROM detection WHERE detection.id IN (SELECT value FROM json_each(@ids)) AND
        ${route.plates === undefined ? '' : 'detection.plate IN (SELECT value FROM json_each(@plates)) AND'}`;
  }
}

/** Part of a WHERE clause with its named values. */
function conditionsOf(filter: DetectionFilter): {
  terms: string[];
  values: Record<string, string | number>;
} {
  const terms: string[] = [];
  const values: Record<string, string | number> = {};
  if (filter.read === true) terms.push('detection.plate IS NOT NULL');
  if (filter.read === false) terms.push('detection.plate IS NULL');
  if (filter.plateGlob !== undefined) {
    terms.push('detection.plate GLOB @glob');
    values.glob = filter.plateGlob;
  }
  if (filter.mayBe !== undefined) {
    const { mayBe } = filter;
    const fits = 'glob' in mayBe ? 'GLOB @mayBe' : 'IN (SELECT value FROM json_each(@mayBe))';
    values.mayBe = 'glob' in mayBe ? mayBe.glob : JSON.stringify(mayBe.plates);
    const has = (path: string) =>
      `EXISTS (SELECT 1 FROM json_each(detection.body, '${path}') AS text WHERE text.value ->> '$.plate' ${fits})`;
    terms.push(
      `(detection.plate ${fits} OR ${has('$.read.alternatives')} OR ${has('$.possible')})`,
    );
  }
  if (filter.state !== undefined) {
    terms.push('state = @state');
    values.state = filter.state;
  }
  if (filter.bounds !== undefined) {
    const { south, west, north, east } = filter.bounds;
    terms.push(
      'latitude BETWEEN @south AND @north',
      west <= east
        ? 'longitude BETWEEN @west AND @east'
        : '(longitude >= @west OR longitude <= @east)',
    );
    Object.assign(values, { south, west, north, east });
  }
  if (filter.unit !== undefined) {
    terms.push('unit = @unit');
    values.unit = filter.unit;
  }
  if (filter.head !== undefined) {
    terms.push('head = @head');
    values.head = filter.head;
  }
  if (filter.hits) terms.push('hit = 1');
  if (filter.list !== undefined) {
    terms.push('EXISTS (SELECT 1 FROM hit WHERE list_id = @list AND detection_id = detection.id)');
    values.list = filter.list;
  }
  if (filter.canvass !== undefined) {
    terms.push('canvass = @canvass');
    values.canvass = filter.canvass;
  }
  for (const trait of vehicleTraits) {
    const value = filter[trait];
    if (value === undefined) continue;
    terms.push(`json_extract(body, '$.vehicle.${trait}.value') = @${trait} COLLATE NOCASE`);
    values[trait] = value;
  }
  return { terms, values };
}

/** The first text after all that begin with this one. */
function endOf(run: string): string {
  return run.slice(0, -1) + String.fromCharCode(run.charCodeAt(run.length - 1) + 1);
}
