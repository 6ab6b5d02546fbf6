import { isWildcard } from '../../hotlist/plate-text.ts';
import type { Database } from '../../platform/database.ts';
import type { Detection } from '../../records/detection.ts';
import { createDetectionIndex, type FoundRow } from '../../records/detection-index.ts';
import { createRecordReader, type StoredImage } from '../../records/record-reader.ts';
import { companyOf } from './company.ts';
import { createFinder } from './find.ts';
import { mayBeOf } from './may-be.ts';
import { type FoundPair, pairsAround } from './pairs-around.ts';
import type { CompanyQuery, DetectionQuery, Stakeout } from './query.ts';
import {
  type Company,
  type Cursor,
  type DetectionPage,
  type FoundDetection,
  type OpenedDetection,
  type Overview,
  type PastReads,
  type PlatesInTwoPlaces,
  type SeenRead,
  type SeenVehicle,
  type StakeoutResult,
  type TwoPlaces,
  textOfCursor,
} from './results.ts';
import { type ImpossibleWay, impossiblePairs } from './two-places.ts';

/** The calls that the search thread answers. */
export interface LookUps {
  page(input: { query: DetectionQuery; limit: number; after?: Cursor | undefined }): DetectionPage;
  overview(input: { query: DetectionQuery }): Overview;
  stakeout(input: Stakeout): StakeoutResult;
  /** The vehicles of a canvass (CAP-12). */
  canvass(input: { id: string }): StakeoutResult;
  /** The detections of one full plate that have a position, oldest first. */
  path(input: { plate: string; from?: number | undefined; to?: number | undefined }): {
    detections: FoundDetection[];
    more: boolean;
  };
  /** The vehicles that were seen together with one. */
  company(input: CompanyQuery): Company;
  /** Pairs of reads of one plate that no car makes, newest first. */
  twoPlaces(input: {
    plate: string;
    from?: number | undefined;
    to?: number | undefined;
  }): PlatesInTwoPlaces;
  /** Both reads of each pair, if they are still here. */
  pairs(input: {
    pairs: readonly (ImpossibleWay & Pick<FoundPair, 'earlier' | 'later'>)[];
  }): TwoPlaces[];
  /** Pairs of reads that no car makes around these reads (`pairs-around.ts`). */
  pairsAround(input: Parameters<typeof pairsAround>[0]): ReturnType<typeof pairsAround>;
  open(input: { id: string }): OpenedDetection | null;
  image(input: { id: string }): StoredImage | null;
  pastReads(input: PastReadsQuery): PastReads;
  /** When the oldest detection on this unit was last seen, ms since the epoch; null if there is none. */
  oldest(input: null): number | null;
}

/** A hot plate's pattern or description, and how far back to look. */
export interface PastReadsQuery {
  pattern?: string | undefined;
  description?:
    | {
        make?: string | undefined;
        model?: string | undefined;
        colour?: string | undefined;
        body?: string | undefined;
      }
    | undefined;
  sinceMs: number;
}

/** Most dots of a map. */
const maxSeen = 10_000;
/** Most detections that a stakeout or a count reads, and most points of a path. */
const maxDetections = 20_000;
const maxPoints = 2000;
/** Most pairs of reads that no car makes. */
const maxPairs = 50;

/** Answers look-ups on its own connection; `limitMs`: time limit of each. */
export function createLookUps(db: Database, limitMs: number): LookUps {
  const index = createDetectionIndex(db);
  const records = createRecordReader(db);
  const find = createFinder(index);

  const deadline = () => performance.now() + limitMs;
  /** Leaves out detections that were purged since they were found. */
  const show = (rows: readonly FoundRow[], query?: DetectionQuery): FoundDetection[] => {
    const mayBe = query === undefined ? () => null : mayBeOf(query);
    return rows.flatMap(({ rowid }) => {
      const row = index.record(rowid);
      return row ? [{ ...shown(row.detection, row.hit), mayBe: mayBe(row.detection) }] : [];
    });
  };
  const queryOf = (part: Partial<DetectionQuery>): DetectionQuery => ({
    alike: false,
    possible: false,
    hits: false,
    read: 'any',
    ...part,
  });

  /** A detection as a dot; none if it was purged since it was found. */
  const seenRead = ({ rowid }: FoundRow): SeenRead[] => {
    const seen = index.sighting(rowid);
    if (seen === undefined) return [];
    const { lastSeenMs, hit, ...rest } = seen;
    return [{ ...rest, lastSeen: new Date(lastSeenMs).toISOString(), hit: hit === 1 }];
  };

  /** The vehicles of a query's detections, by their plates. */
  const vehiclesOf = (query: DetectionQuery): StakeoutResult => {
    const { rows, next } = find(query, { limit: maxDetections, deadlineMs: deadline() });
    const groups = Map.groupBy(rows, ({ plate }) => plate);
    const unread = groups.get(null)?.length ?? 0;
    groups.delete(null);
    const vehicles = [...groups].flatMap(([plate, seen]): SeenVehicle[] => {
      const [newest] = show(seen.slice(0, 1));
      const [oldest] = show(seen.slice(-1));
      if (plate === null || !newest || !oldest) return [];
      return [
        {
          plate,
          state: newest.state,
          times: seen.length,
          firstSeen: oldest.firstSeen,
          lastSeen: newest.lastSeen,
          hit: seen.some(({ rowid }) => index.isHit(rowid)),
          latest: newest.id,
        },
      ];
    });
    const reads = rows.slice(0, maxSeen).flatMap(seenRead);
    return { vehicles, detections: rows.length, unread, reads, more: next !== null };
  };

  return {
    page({ query, limit, after }) {
      const { rows, next } = find(query, { limit, after, deadlineMs: deadline() });
      const cursor = next && {
        t: next.t,
        id: next.rowid === null ? null : (index.idOf(next.rowid) ?? null),
      };
      return {
        detections: show(rows, query),
        next: cursor && textOfCursor(cursor),
        searchedTo: next && new Date(next.t).toISOString(),
      };
    },

    overview({ query }) {
      const { rows, next } = find(query, { limit: maxSeen, deadlineMs: deadline() });
      return { reads: rows.flatMap(seenRead), more: next !== null };
    },

    stakeout: ({ area, from, to }) => vehiclesOf(queryOf({ area, from, to })),

    canvass: ({ id }) => vehiclesOf(queryOf({ canvass: id })),

    path({ plate, from, to }) {
      const query = queryOf({ plate, from, to });
      const { rows, next } = find(query, { limit: maxPoints, deadlineMs: deadline() });
      const placed = show(rows).filter(({ latitude }) => latitude !== null);
      return { detections: placed.reverse(), more: next !== null };
    },

    company(input) {
      const { plate, from, to } = input;
      const deadlineMs = deadline();
      const { rows, next } = find(queryOf({ plate, from, to }), { limit: maxPoints, deadlineMs });
      return companyOf(input, rows, { index, deadlineMs, more: next !== null });
    },

    twoPlaces({ plate, from, to }) {
      const query = queryOf({ plate, from, to });
      const { rows, next } = find(query, { limit: maxPoints, deadlineMs: deadline() });
      const found = rows.flatMap(({ rowid }) => index.record(rowid) ?? []).reverse();
      const pairs = impossiblePairs(found).map(
        ({ sooner, later, way }): TwoPlaces => ({
          ...way,
          reads: [shown(sooner.detection, sooner.hit), shown(later.detection, later.hit)],
        }),
      );
      return {
        pairs: pairs.reverse().slice(0, maxPairs),
        more: next !== null || pairs.length > maxPairs,
      };
    },

    pairs: ({ pairs }) =>
      pairs.flatMap(({ earlier, later, leastM, mostS, leastMps }) => {
        const [sooner, other] = [earlier, later].map((id) => {
          const rowid = index.rowidOf(id);
          return rowid === undefined ? undefined : index.record(rowid);
        });
        if (sooner === undefined || other === undefined) return [];
        const reads: TwoPlaces['reads'] = [
          shown(sooner.detection, sooner.hit),
          shown(other.detection, other.hit),
        ];
        return [{ leastM, mostS, leastMps, reads }];
      }),

    pairsAround: (input) => pairsAround(input, index),

    open({ id }) {
      const detection = records.detection(id);
      return detection === undefined ? null : { detection, hits: records.hitsOf(id) };
    },

    image: ({ id }) => records.image(id) ?? null,

    oldest: () => index.oldestSeenMs(),

    pastReads({ pattern, description, sinceMs }) {
      // As hot plates match: an entry with wildcards exactly, a full plate also by its look-alikes.
      const alike = pattern !== undefined && !isWildcard(pattern);
      const query = queryOf({ plate: pattern, alike, from: sinceMs, ...description });
      const { rows, next } = find(query, { limit: maxDetections, deadlineMs: deadline() });
      // Without a plate, two detections cannot be matched to one vehicle; each counts as one.
      const unread = rows.filter(({ plate }) => plate === null).length;
      const plates = new Set(rows.map(({ plate }) => plate));
      plates.delete(null);
      return {
        detections: rows.length,
        vehicles: plates.size + unread,
        more: next !== null,
      };
    },
  };
}

function shown(detection: Detection, hit: boolean): FoundDetection {
  const { id, read, unread, firstSeen, lastSeen, agency, unit, head, fix, vehicle } = detection;
  return {
    id,
    plate: read?.plate ?? null,
    state: read?.state?.code ?? null,
    confidence: read?.confidence ?? null,
    unread,
    mayBe: null,
    firstSeen,
    lastSeen,
    agency,
    unit,
    head,
    headingDeg: detection.direction.headingDeg,
    latitude: fix.latitude,
    longitude: fix.longitude,
    fixQuality: fix.quality,
    hit,
    vehicle,
    images: detection.images.map((each) => ({ id: each.id, kind: each.kind })),
  };
}
