import { isWildcard } from '../../hotlist/plate-text.ts';
import type { Detection } from '../../records/detection.ts';
import type { FoundRow, Sighting } from '../../records/detection-index.ts';
import type { DetectionStore } from '../../records/detection-store.ts';
import type { StoredImage } from '../../records/record-reader.ts';
import { companyOf } from './company.ts';
import { createFinder } from './find.ts';
import { mayBeOf } from './may-be.ts';
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
  type VehiclePath,
} from './results.ts';
import { impossiblePairs } from './two-places.ts';

/** The look-ups that any store answers. */
export interface LookUps {
  page(input: {
    query: DetectionQuery;
    limit: number;
    after?: Cursor | undefined;
  }): Promise<DetectionPage>;
  overview(input: { query: DetectionQuery }): Promise<Overview>;
  stakeout(input: Stakeout): Promise<StakeoutResult>;
  /** The vehicles of a canvass (CAP-12). */
  canvass(input: { id: string }): Promise<StakeoutResult>;
  /** The detections of one full plate that have a position, oldest first. */
  path(input: {
    plate: string;
    from?: number | undefined;
    to?: number | undefined;
  }): Promise<VehiclePath>;
  /** The vehicles that were seen together with one. */
  company(input: CompanyQuery): Promise<Company>;
  /** Pairs of reads of one plate that no car makes, newest first. */
  twoPlaces(input: {
    plate: string;
    from?: number | undefined;
    to?: number | undefined;
  }): Promise<PlatesInTwoPlaces>;
  open(input: { id: string }): Promise<OpenedDetection | null>;
  image(input: { id: string }): Promise<StoredImage | null>;
  pastReads(input: PastReadsQuery): Promise<PastReads>;
  /** When the oldest detection here was last seen, ms since the epoch; null if there is none. */
  oldest(input: null): Promise<number | null>;
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

/** Answers look-ups from a store; `limitMs`: time limit of each. */
export function createLookUps(store: DetectionStore, limitMs: number): LookUps {
  const { index } = store;
  const find = createFinder(index);

  const deadline = () => performance.now() + limitMs;
  /** Leaves out detections that were purged since they were found. */
  const show = async (
    rows: readonly FoundRow[],
    query?: DetectionQuery,
  ): Promise<FoundDetection[]> => {
    const mayBe = query === undefined ? () => null : mayBeOf(query);
    return (await index.records(rows)).flatMap((row) =>
      row ? [{ ...shown(row.detection, row.hit), mayBe: mayBe(row.detection) }] : [],
    );
  };
  const queryOf = (part: Partial<DetectionQuery>): DetectionQuery => ({
    alike: false,
    possible: false,
    hits: false,
    read: 'any',
    ...part,
  });

  /** A detection as a dot; none if it was purged since it was found. */
  const seenRead = (seen: Sighting | undefined): SeenRead[] => {
    if (seen === undefined) return [];
    const { lastSeenMs, hit, ...rest } = seen;
    return [{ ...rest, lastSeen: new Date(lastSeenMs).toISOString(), hit: hit === 1 }];
  };

  /** The vehicles of a query's detections, by their plates. */
  const vehiclesOf = async (query: DetectionQuery): Promise<StakeoutResult> => {
    const { rows, next } = await find(query, { limit: maxDetections, deadlineMs: deadline() });
    const sightings = await index.sightings(rows);
    const hits = new Set(rows.filter((_row, at) => sightings[at]?.hit === 1));
    const groups = Map.groupBy(rows, ({ plate }) => plate);
    const unread = groups.get(null)?.length ?? 0;
    groups.delete(null);
    const ofPlates = [...groups];
    const newests = await index.records(ofPlates.flatMap(([, seen]) => seen.slice(0, 1)));
    const oldests = await index.records(ofPlates.flatMap(([, seen]) => seen.slice(-1)));
    const vehicles = ofPlates.flatMap(([plate, seen], at): SeenVehicle[] => {
      const [newest, oldest] = [newests[at]?.detection, oldests[at]?.detection];
      if (plate === null || !newest || !oldest) return [];
      return [
        {
          plate,
          state: newest.read?.state?.code ?? null,
          times: seen.length,
          firstSeen: oldest.firstSeen,
          lastSeen: newest.lastSeen,
          hit: seen.some((row) => hits.has(row)),
          latest: newest.id,
        },
      ];
    });
    const reads = sightings.slice(0, maxSeen).flatMap(seenRead);
    return { vehicles, detections: rows.length, unread, reads, more: next !== null };
  };

  return {
    async page({ query, limit, after }) {
      const { rows, next } = await find(query, { limit, after, deadlineMs: deadline() });
      const [last] = next?.row ? await index.sightings([next.row]) : [];
      const cursor = next && { t: next.t, id: last?.id ?? null };
      return {
        detections: await show(rows, query),
        next: cursor && textOfCursor(cursor),
        searchedTo: next && new Date(next.t).toISOString(),
      };
    },

    async overview({ query }) {
      const { rows, next } = await find(query, { limit: maxSeen, deadlineMs: deadline() });
      return { reads: (await index.sightings(rows)).flatMap(seenRead), more: next !== null };
    },

    stakeout: ({ area, from, to }) => vehiclesOf(queryOf({ area, from, to })),

    canvass: ({ id }) => vehiclesOf(queryOf({ canvass: id })),

    async path({ plate, from, to }) {
      const query = queryOf({ plate, from, to });
      const { rows, next } = await find(query, { limit: maxPoints, deadlineMs: deadline() });
      const placed = (await show(rows)).filter(({ latitude }) => latitude !== null);
      return { detections: placed.reverse(), more: next !== null };
    },

    async company(input) {
      const { plate, from, to } = input;
      const deadlineMs = deadline();
      const query = queryOf({ plate, from, to });
      const { rows, next } = await find(query, { limit: maxPoints, deadlineMs });
      return companyOf(input, rows, { index, deadlineMs, more: next !== null });
    },

    async twoPlaces({ plate, from, to }) {
      const query = queryOf({ plate, from, to });
      const { rows, next } = await find(query, { limit: maxPoints, deadlineMs: deadline() });
      const found = (await index.records(rows)).filter((row) => row !== undefined).reverse();
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

    open: async ({ id }) => store.opened(id),

    image: async ({ id }) => store.image(id),

    oldest: async () => index.oldestSeenMs(),

    async pastReads({ pattern, description, sinceMs }) {
      // As hot plates match: an entry with wildcards exactly, a full plate also by its look-alikes.
      const alike = pattern !== undefined && !isWildcard(pattern);
      const query = queryOf({ plate: pattern, alike, from: sinceMs, ...description });
      const { rows, next } = await find(query, { limit: maxDetections, deadlineMs: deadline() });
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

/** A record as searches show it. */
export function shown(detection: Detection, hit: boolean): FoundDetection {
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
