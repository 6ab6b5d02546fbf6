import { distanceM } from '../../position/distance.ts';
import type { Detection } from '../../records/detection.ts';

/**
 * Two reads of one plate that no car makes: a straight line between them, as short as the fixes allow, in the longest time that
 * the clocks allow, is faster than any car drives on a road. Then there are two such plates, or one of the reads is wrong.
 */
export interface ImpossibleWay {
  /** The shortest distance between both, metres, and the longest time, seconds. */
  leastM: number;
  mostS: number;
  /** The speed that it would take at least, metres a second. */
  leastMps: number;
}

/** Reads that are further apart in time are not compared: nothing is too fast then. */
export const comparedWithinMs = 86_400_000;
/** 150 mph in a straight line: no road is straight, so that a car drives faster than that. */
const fastestMps = 67;
/** Nearer than this a plate is read by two units at once, and each has its own place. */
const nearM = 2000;
/** Reads below this may be misreads of another plate, of the whole and of its worst character. */
const sureOfPlate = 0.9;
const sureOfCharacter = 0.8;
/** From the camera to the plate, and of a surveyed place. */
const reachM = 100;
/** A fix of satellites without a quality figure, and what one unit of that (HDOP) is worth. */
const unknownFixM = 50;
const perHdopM = 10;
/** A clock that no satellite confirms at the read; one that does is right to this. */
const unconfirmedClockMs = 60_000;
const confirmedClockMs = 2000;

/** How fast the vehicle would have been between both reads; null if a car can do it, or if nobody can say. */
export function impossibleWay(one: Detection, other: Detection): ImpossibleWay | null {
  // One unit is in one place: its fixes are wrong, if anything.
  if (one.unit === other.unit) return null;
  if (!isSure(one) || !isSure(other) || areOfOtherStates(one, other)) return null;
  const [from, to] = [placeOf(one), placeOf(other)];
  if (from === null || to === null) return null;
  const leastM = distanceM(from, to) - from.withinM - to.withinM;
  if (leastM < nearM) return null;
  const [first, last] = one.lastSeen < other.lastSeen ? [one, other] : [other, one];
  // From the first moment of one to the last of the other.
  const longestMs = Date.parse(last.lastSeen) - Date.parse(first.firstSeen);
  const mostS = (Math.max(0, longestMs) + clockMs(one) + clockMs(other)) / 1000;
  const leastMps = leastM / mostS;
  return leastMps > fastestMps ? { leastM, mostS, leastMps } : null;
}

/** Most units whose last read is looked at for one read. */
const mostUnits = 200;

/**
 * Of each read of one plate the nearest before it that no car makes with it, if there is one; `reads` are the earliest first.
 * Others may lie between both. Each is compared with the last sure read of every other unit alone, from which the earlier
 * ones of that unit were within reach: the work grows with the reads, not with their square.
 */
export function impossiblePairs<Read extends { detection: Detection }>(
  reads: readonly Read[],
): { sooner: Read; later: Read; way: ImpossibleWay }[] {
  let last: Read[] = [];
  return reads.flatMap((later) => {
    const { detection } = later;
    if (!isComparable(detection)) return [];
    const before = last;
    const isFollowed = (each: Read): boolean =>
      each.detection.unit === detection.unit && !areOfOtherStates(each.detection, detection);
    last = [later, ...before.filter((each) => !isFollowed(each))].slice(0, mostUnits);
    for (const sooner of before) {
      const way = impossibleWay(sooner.detection, detection);
      if (way !== null) return [{ sooner, later, way }];
    }
    return [];
  });
}

/** Whether a read says for sure which plate was where, so that it can be compared at all. */
export function isComparable(read: Detection): boolean {
  return isSure(read) && placeOf(read) !== null;
}

interface Sight {
  latitude: number;
  longitude: number;
  lastSeenMs: number;
}

/** A quick no, before the records are opened, for what no error of fixes and clocks makes too fast. */
export function mayBeImpossible(one: Sight, other: Sight): boolean {
  const m = distanceM(one, other);
  const s = Math.abs(one.lastSeenMs - other.lastSeenMs) / 1000;
  return m >= nearM && m > fastestMps * s;
}

function isSure({ read }: Detection): boolean {
  return (
    read !== null &&
    read.confidence >= sureOfPlate &&
    read.characters.every(({ p }) => p >= sureOfCharacter)
  );
}

/** The same characters of two states are two plates. */
function areOfOtherStates(one: Detection, other: Detection): boolean {
  const [left, right] = [one.read?.state?.code, other.read?.state?.code];
  return left !== undefined && right !== undefined && left !== right;
}

/** Where the vehicle was, and within how many metres of it. */
function placeOf({ fix }: Detection) {
  const { latitude, longitude, simulated, hdop, ageMs, speedMps, source } = fix;
  if (latitude === null || longitude === null || simulated) return null;
  const drivenM = ((ageMs ?? 0) / 1000) * (speedMps ?? fastestMps);
  const ofFixM = source === 'fixed' ? 0 : hdop === null ? unknownFixM : hdop * perHdopM;
  return { latitude, longitude, withinM: reachM + ofFixM + (source === 'fixed' ? 0 : drivenM) };
}

/** By how much the time of a read may be wrong: what its fix says of the clock. */
function clockMs({ fix, firstSeen, lastSeen }: Detection): number {
  if (fix.fixedAtMs === null || fix.ageMs === null) return unconfirmedClockMs;
  const satelliteMs = fix.fixedAtMs + fix.ageMs;
  const off = Math.max(Date.parse(firstSeen) - satelliteMs, satelliteMs - Date.parse(lastSeen), 0);
  return confirmedClockMs + off;
}
