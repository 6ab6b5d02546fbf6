import type { Clock } from '../../platform/clock.ts';
import type { Facts } from './tables.ts';

/** The latest time is saved whenever it has moved this far, because each save writes to disk. */
const stepMs = 30_000;
/** How far the saved time may be ahead of a confirmed clock. */
export const aheadToleranceMs = 3_600_000;

/**
 * A clock that never returns a time before the latest that this unit's accounts have seen, in this run or an earlier
 * one. Setting the computer's clock back therefore cannot revive a session, training or account. Only a clock that
 * `isConfirmed` by another source takes back a saved time that is ahead of it: that one was wrong.
 */
export function createSteadyTime(facts: Facts, clock: Clock, isConfirmed: () => boolean): Clock {
  let seen = 0;
  let marked = 0;
  return () => {
    const stored = facts.read('latestTimeMs');
    let latest = typeof stored === 'number' ? stored : 0;
    const now = clock();
    if (Math.max(latest, seen) > now + aheadToleranceMs && isConfirmed()) {
      facts.write('latestTimeMs', now);
      latest = now;
      marked = now;
      seen = now;
    }
    // The saved time went back: a rescue, or another process, has reset it because it was in the future.
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
