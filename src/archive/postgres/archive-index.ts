import type { Detection } from '../../records/detection.ts';
import type {
  DetectionFilter,
  DetectionIndex,
  FiledRecord,
  FoundRow,
  PlacedRow,
  Route,
  Sighting,
} from '../../records/detection-index.ts';
import { conditionsOf, Values } from './conditions.ts';
import type { Ask } from './connect.ts';
import { regexOf } from './glob.ts';

/** A row with all that a sighting shows. */
type SeenRow = PlacedRow & Sighting;

interface Span {
  firstMs: number;
  lastMs: number;
}

/** For some plates one look at all months; for more, month by month, as the newest may be enough. */
const fewPlates = 8;

/** Finds detections in the archive, but for those whose ids are in `without`. */
export function createArchiveIndex(ask: Ask, without: readonly string[]): DetectionIndex {
  const timeOf = async (which: 'min' | 'max'): Promise<number | null> => {
    const [row] = await ask<{ at: number | null }>(
      `SELECT ${which}(last_seen_ms) AS at FROM archived_detection WHERE id <> ALL ($1::uuid[])`,
      [without],
      which,
    );
    return row?.at ?? null;
  };

  /** Rows of a route in the order of time, some at a time: each part begins behind the last row of the one before. */
  async function* walk(
    { filter, route, span }: { filter: DetectionFilter; route: Route; span: Span },
    wanted: number,
  ): AsyncGenerator<SeenRow[]> {
    let most = Math.ceil(wanted * 1.3) + 10;
    let after: SeenRow | undefined;
    for (;;) {
      const values = new Values();
      const terms = conditionsOf(filter, route, values);
      const last = after?.lastSeenMs ?? span.lastMs;
      terms.push(`last_seen_ms BETWEEN ${values.add(span.firstMs)} AND ${values.add(last)}`);
      if (after !== undefined) {
        terms.push(
          `(last_seen_ms, arrival) < (${values.add(after.lastSeenMs)}, ${values.add(after.rowid)})`,
        );
      }
      if (without.length > 0) terms.push(`id <> ALL (${values.add(without)}::uuid[])`);
      // What few rows match is collected and then sorted: PostgreSQL would else walk through time until it has met them.
      const isCollected = route.by === 'plates' || route.by === 'cells' || route.by === 'canvass';
      const rows = await ask<SeenRow>(
        `WITH found AS ${isCollected ? '' : 'NOT '}MATERIALIZED (
           SELECT arrival AS rowid, last_seen_ms AS "lastSeenMs", plate, id::text, latitude, longitude, hit::int
           FROM archived_detection WHERE ${terms.join(' AND ')})
         SELECT * FROM found ORDER BY "lastSeenMs" DESC, rowid DESC LIMIT ${values.add(most)}`,
        values.all,
      );
      if (rows.length > 0) yield rows;
      if (rows.length < most) return;
      after = rows.at(-1);
      most *= 4;
    }
  }

  return {
    // The index of parts is by three characters.
    shortestRun: 3,
    // Some milliseconds go to the way there and to the plan.
    stepAimMs: 40,
    oldestSeenMs: () => timeOf('min'),
    newestSeenMs: () => timeOf('max'),
    async rowidOf(id) {
      const [row] = await ask<{ arrival: number }>(
        'SELECT arrival FROM archived_detection WHERE id = $1::uuid',
        [id],
        'row of id',
      );
      return row?.arrival;
    },
    // What was found has all of it.
    sightings: (rows) => rows.map((row) => sightingOf(row as SeenRow)),
    async records(rows) {
      const found = await ask<{ rowid: number; body: string; hit: boolean; unit: string | null }>(
        `SELECT arrival AS rowid, body, hit, unit
         FROM unnest($1::bigint[], $2::bigint[]) AS wanted (at, row)
         JOIN archived_detection ON last_seen_ms = wanted.at AND arrival = wanted.row`,
        [rows.map(({ lastSeenMs }) => lastSeenMs), rows.map(({ rowid }) => rowid)],
        'records',
      );
      const byRow = new Map(found.map((row) => [row.rowid, row]));
      return rows.map(({ rowid }: FoundRow): FiledRecord | undefined => {
        const row = byRow.get(rowid);
        if (row === undefined) return undefined;
        return { detection: JSON.parse(row.body) as Detection, hit: row.hit, sender: row.unit };
      });
    },
    async platesWith({ run, glob }, limit) {
      const rows = await ask<{ plate: string }>(
        'SELECT plate FROM archived_plate WHERE plate LIKE $1 AND plate ~ $2 LIMIT $3',
        [`%${run}%`, regexOf(glob), limit],
      );
      return rows.map(({ plate }) => plate);
    },
    async *find(filter, route, span, wanted) {
      if (route.by !== 'plates') return yield* walk({ filter, route, span }, wanted);
      const plates = [...route.plates];
      const spans = plates.length > fewPlates ? monthsOf(span) : [span];
      for (const each of spans) {
        yield* walk({ filter, route: { by: 'plates', plates }, span: each }, wanted);
      }
    },
  };
}

function sightingOf({ id, plate, lastSeenMs, latitude, longitude, hit }: SeenRow): Sighting {
  return { id, plate, lastSeenMs, latitude, longitude, hit };
}

/** The months of a time in UTC, as the partitions are, the newest first. */
function monthsOf({ firstMs, lastMs }: Span): Span[] {
  const spans: Span[] = [];
  for (let to = lastMs; to >= firstMs; ) {
    const at = new Date(to);
    const from = Math.max(firstMs, Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1));
    spans.push({ firstMs: from, lastMs: to });
    to = from - 1;
  }
  return spans;
}
