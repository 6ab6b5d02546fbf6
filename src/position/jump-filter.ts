import type { PastFix } from './fix-history.ts';
import type { Place } from './nmea-sentence.ts';

const fastestMps = 120;
const slackM = 50;
const metresPerDegree = 111_195;

/**
 * Holds back a fix that the vehicle cannot have reached since the last one, until the next fix bears it out: a
 * single jump is an error of the receiver, a lasting one is where we are.
 */
export function createJumpFilter(): { accepts(fix: PastFix): boolean; readonly jumps: number } {
  let last: PastFix | null = null;
  let doubted: PastFix | null = null;
  let jumps = 0;
  return {
    accepts(fix) {
      if (last === null || last.key === fix.key || reachable(last, fix)) {
        last = fix;
        doubted = null;
        return true;
      }
      if (doubted !== null && doubted.key !== fix.key && reachable(doubted, fix)) {
        last = fix;
        doubted = null;
        return true;
      }
      if (doubted?.key !== fix.key) jumps += 1;
      doubted = fix;
      return false;
    },
    get jumps() {
      return jumps;
    },
  };
}

function reachable(from: PastFix, to: PastFix): boolean {
  const seconds = Math.max(0, to.atMs - from.atMs) / 1000;
  return distanceM(from.solution, to.solution) <= slackM + fastestMps * seconds;
}

/** Flat-earth distance, good to a per cent over some kilometres. */
function distanceM(a: Place, b: Place): number {
  const north = (b.latitude - a.latitude) * metresPerDegree;
  const across = ((b.longitude - a.longitude + 540) % 360) - 180;
  return Math.hypot(north, across * metresPerDegree * Math.cos((a.latitude * Math.PI) / 180));
}
