import { distanceM } from './distance.ts';
import type { PastFix } from './fix-history.ts';

const fastestMps = 120;
const slackM = 50;

/**
 * Holds back a fix that the vehicle cannot have reached since the last one, until the next fix confirms it: a single
 * jump is an error of the receiver, a lasting one is the true place.
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
