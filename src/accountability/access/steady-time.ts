import type { Clock } from '../../platform/clock.ts';
import type { Facts } from './tables.ts';

/** How far time moves before the mark is written anew; each write goes to the disk. */
const STEP_MS = 30_000;

/**
 * A clock that never goes back behind the latest time that this unit's accounts have seen, in this run or an earlier
 * one: setting the computer's clock back revives no session, training or account.
 */
export function createSteadyTime(facts: Facts, clock: Clock): Clock {
  let seen = 0;
  let marked = 0;
  return () => {
    const stored = facts.read('latestTimeMs');
    const latest = typeof stored === 'number' ? stored : 0;
    const now = clock();
    // The mark itself went back: a rescue has said that it had run ahead.
    if (latest < marked) seen = 0;
    marked = latest;
    if (now > latest + STEP_MS) {
      facts.write('latestTimeMs', now);
      marked = now;
    }
    seen = Math.max(now, latest, seen);
    return seen;
  };
}
