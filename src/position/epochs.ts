import type { Fix, FixQuality } from './fix.ts';
import type { Dimension, NmeaSentence, PositionClaim } from './nmea-sentence.ts';
import { createCalendar } from './nmea-time.ts';

/** A receiver's solution for one moment: all parts of a fix that do not depend on when it is requested. */
export type Solution = Pick<
  Fix,
  'latitude' | 'longitude' | 'altitudeM' | 'speedMps' | 'courseDeg' | 'hdop' | 'satellites'
> & { quality: FixQuality; latitude: number; longitude: number };

/** One moment of the receiver. Reported again, under the same key, as more of its sentences arrive. */
export interface Epoch {
  key: string | number;
  /** System time at which its first sentence arrived. */
  receivedAtMs: number;
  /** The receiver's own UTC time; null until it has sent the date. */
  fixedAtMs: number | null;
  /** Null: the receiver reports no fix. */
  solution: Solution | null;
  /** Whether the solution is known to be three-dimensional; time is trusted only after several of those. */
  threeD: boolean;
}

const dimensionHoldsMs = 5000;

/**
 * Joins the sentences of one moment: they share a time of day (VTG and GSA have none and belong to the current moment).
 * Constellations, distinguished by talker (GP, GL, …), do not affect each other: the first talker that claims a fix is
 * used, and within one talker a void sentence outweighs a claim.
 */
export function createEpochs(): {
  add(sentence: NmeaSentence, receivedAtMs: number): Epoch | null;
} {
  const calendar = createCalendar();
  let current: { key: number; timeMs: number | null; receivedAtMs: number } | null = null;
  let claims: PositionClaim[] = [];
  let movement: { speedMps: number | null; courseDeg: number | null } | null = null;
  let dimension: { value: Dimension; atMs: number } | null = null;
  let count = 0;

  function open(timeMs: number | null, receivedAtMs: number) {
    if (current !== null && current.timeMs === timeMs && timeMs !== null) return current;
    count += 1;
    claims = [];
    movement = null;
    current = { key: count, timeMs, receivedAtMs };
    return current;
  }

  function epochNow(): Epoch | null {
    if (current === null || claims.length === 0) return null;
    const solved = dimension?.value ?? null;
    return {
      key: current.key,
      receivedAtMs: current.receivedAtMs,
      fixedAtMs: current.timeMs === null ? null : calendar.dated(current.timeMs),
      solution: solve(claims, movement, solved),
      threeD: solved === 3,
    };
  }

  return {
    add(sentence, receivedAtMs) {
      if (dimension !== null && receivedAtMs - dimension.atMs > dimensionHoldsMs) dimension = null;
      switch (sentence.type) {
        case 'ZDA':
          if (sentence.date === null || sentence.timeMs === null) return null;
          calendar.anchor(sentence.date, sentence.timeMs);
          return current?.timeMs === sentence.timeMs ? epochNow() : null;
        case 'GSA':
          if (sentence.dimension !== null) {
            // Several GSA per moment are normal, one per constellation: the best of them counts.
            const sameMoment = dimension !== null && receivedAtMs - dimension.atMs < 300;
            const value =
              sameMoment && dimension !== null && dimension.value > sentence.dimension
                ? dimension.value
                : sentence.dimension;
            dimension = { value, atMs: receivedAtMs };
          }
          return epochNow();
        case 'VTG':
          movement = { speedMps: sentence.speedMps, courseDeg: sentence.courseDeg };
          return epochNow();
        default: {
          open(sentence.timeMs, receivedAtMs);
          if (sentence.date !== null && sentence.timeMs !== null) {
            calendar.anchor(sentence.date, sentence.timeMs);
          }
          const repeated = claims.findIndex(
            (claim) => claim.talker === sentence.talker && claim.type === sentence.type,
          );
          if (repeated >= 0) claims[repeated] = sentence;
          else claims.push(sentence);
          return epochNow();
        }
      }
    },
  };
}

function solve(
  claims: PositionClaim[],
  movement: { speedMps: number | null; courseDeg: number | null } | null,
  dimension: Dimension | null,
): Solution | null {
  if (dimension === 1) return null;
  const talkers = [...new Set(claims.map((claim) => claim.talker))];
  const believed = talkers
    .map((talker) => claims.filter((claim) => claim.talker === talker))
    .find((own) => own.every((claim) => claim.quality !== 'none'));
  const place = believed?.find((claim) => claim.place !== null)?.place;
  if (believed === undefined || place === null || place === undefined) return null;
  const first = <K extends keyof PositionClaim>(field: K): PositionClaim[K] | null =>
    believed.find((claim) => claim[field] !== null)?.[field] ?? null;
  return {
    quality: qualityOf(believed, dimension),
    ...place,
    altitudeM: dimension === 2 ? null : first('altitudeM'),
    speedMps: first('speedMps') ?? movement?.speedMps ?? null,
    courseDeg: first('courseDeg') ?? movement?.courseDeg ?? null,
    hdop: first('hdop'),
    satellites: first('satellites'),
  };
}

/** A doubtful claim (simulated, manual, estimated) outweighs a good one; otherwise the best one counts. */
function qualityOf(claims: PositionClaim[], dimension: Dimension | null): FixQuality {
  const qualities = new Set(claims.map((claim) => claim.quality));
  const order: FixQuality[] = ['simulated', 'manual', 'estimated', 'rtk', 'differential'];
  const said = order.find((quality) => qualities.has(quality));
  if (said !== undefined) return said;
  return dimension === 3 ? 'fix-3d' : 'fix-2d';
}
