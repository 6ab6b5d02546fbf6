import type { Clock } from '../../platform/clock.ts';
import type { Facts } from './tables.ts';

/** The latest time is saved whenever it has moved this far, because each save writes to disk. */
const stepMs = 30_000;

/**
 * A clock that never returns a time before the latest that this unit's accounts have seen, in this run or an earlier
 * one. Setting the computer's clock back therefore cannot revive a session, training or account.
 */
export function createSteadyTime(facts: Facts, clock: Clock): Clock {
  let seen = 0;
  let marked = 0;
  return () => {
    const stored = facts.read('latestTimeMs');
    const latest = typeof stored === 'number' ? stored : 0;
    const now = clock();
    // The saved time went back: a rescue has reset it because it was in the future.
    if (latest < marked) seen = 0;
    marked = latest;
    if (now > latest + stepMs) {
      facts.write('latestTimeMs', now);
      marked = now;
    }
    seen = Math.max(now, latest, seen);
    return seen;
  };
}
