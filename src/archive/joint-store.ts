import type {
  DetectionFilter,
  DetectionIndex,
  FoundRow,
  PlacedRow,
  Route,
  Soon,
} from '../records/detection-index.ts';
import type { createOwnStore, DetectionStore } from '../records/detection-store.ts';

type OwnStore = ReturnType<typeof createOwnStore>;

/**
 * The archive with what is not in it as it is now: detections whose ids are in `waiting` are looked up in `lookout.db`, all
 * others in `archive`, which leaves those out.
 */
export function joinStores(
  own: OwnStore,
  archive: DetectionStore,
  waiting: readonly string[],
): DetectionStore {
  const isWaiting = new Set(waiting);
  return {
    index: joinIndexes(own.index, archive.index, waiting),
    opened: (id) => (isWaiting.has(id) ? own.opened(id) : archive.opened(id)),
    async image(id) {
      const here = own.image(id);
      if (here !== null && isWaiting.has(here.detectionId)) return here;
      const there = await archive.image(id);
      // What was deleted here is in the archive until that is told.
      return there !== null && isWaiting.has(there.detectionId) ? null : there;
    },
  };
}

function joinIndexes(
  own: OwnStore['index'],
  archive: DetectionIndex,
  waiting: readonly string[],
): DetectionIndex {
  const ownRows = new WeakSet<FoundRow>();
  const ofOwn = (filter: DetectionFilter, span: Span, route?: Route): PlacedRow[] => {
    if (waiting.length === 0) return [];
    const plates = route?.by === 'plates' ? route.plates : undefined;
    const rows = [...own.find(filter, { by: 'ids', ids: waiting, plates }, span)].flat();
    for (const row of rows) ownRows.add(row);
    return rows;
  };

  /** What `look` says of each row, from where the row was found. */
  async function split<Value>(
    rows: readonly FoundRow[],
    look: (index: DetectionIndex, rows: readonly FoundRow[]) => Soon<(Value | undefined)[]>,
  ): Promise<(Value | undefined)[]> {
    const [here, there] = [
      rows.filter((row) => ownRows.has(row)),
      rows.filter((row) => !ownRows.has(row)),
    ];
    const found = new Map<FoundRow, Value | undefined>();
    for (const [index, part] of [
      [own, here],
      [archive, there],
    ] as const) {
      if (part.length === 0) continue;
      const values = await look(index, part);
      for (const [at, row] of part.entries()) found.set(row, values[at]);
    }
    return rows.map((row) => found.get(row));
  }

  const allTime = { firstMs: Number.MIN_SAFE_INTEGER, lastMs: Number.MAX_SAFE_INTEGER };
  return {
    shortestRun: Math.max(own.shortestRun, archive.shortestRun),
    stepAimMs: archive.stepAimMs,
    async oldestSeenMs() {
      const times = [await archive.oldestSeenMs(), ofOwn({}, allTime).at(-1)?.lastSeenMs];
      const known = times.filter((atMs) => typeof atMs === 'number');
      return known.length === 0 ? null : Math.min(...known);
    },
    async newestSeenMs() {
      const times = [await archive.newestSeenMs(), ofOwn({}, allTime)[0]?.lastSeenMs];
      const known = times.filter((atMs) => typeof atMs === 'number');
      return known.length === 0 ? null : Math.max(...known);
    },
    rowidOf: (id) => own.rowidOf(id) ?? archive.rowidOf(id),
    sightings: (rows) => split(rows, (index, part) => index.sightings(part)),
    records: (rows) => split(rows, (index, part) => index.records(part)),
    async platesWith(pattern, limit) {
      const plates = new Set(await archive.platesWith(pattern, limit));
      for (const { plate } of ofOwn({ plateGlob: pattern.glob }, allTime)) {
        if (plate !== null) plates.add(plate);
      }
      return [...plates].slice(0, limit);
    },
    find: (filter, route, span, wanted) =>
      merged(ofOwn(filter, span, route), archive.find(filter, route, span, wanted)),
  };
}

interface Span {
  firstMs: number;
  lastMs: number;
}

/** Rows of both in the order of time, the latest first. */
async function* merged(
  here: PlacedRow[],
  there: Iterable<PlacedRow[]> | AsyncIterable<PlacedRow[]>,
): AsyncGenerator<PlacedRow[]> {
  let at = 0;
  for await (const part of there) {
    const rows: PlacedRow[] = [];
    for (const row of part) {
      for (let next = here[at]; next !== undefined && isLater(next, row); next = here[at]) {
        rows.push(next);
        at += 1;
      }
      rows.push(row);
    }
    yield rows;
  }
  if (at < here.length) yield here.slice(at);
}

function isLater(one: FoundRow, other: FoundRow): boolean {
  return (
    one.lastSeenMs > other.lastSeenMs ||
    (one.lastSeenMs === other.lastSeenMs && one.rowid > other.rowid)
  );
}
