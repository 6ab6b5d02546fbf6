import { type Clock, systemClock } from '../platform/clock.ts';

/** The time for rules such as age of lists and re-arming. */
export interface RuleClock {
  now: Clock;
  /** Whether the frames of a recording set the time. */
  readonly isReplay: boolean;
  /** A frame of this time (ms since the epoch) was seen: in a replay it is now that time. */
  sawFrame(takenAtMs: number): void;
}

/** The system's clock; or, for a replay, that of the frames, which begins at `replayFromMs` (ms since the epoch). */
export function createRuleClock(replayFromMs?: number): RuleClock {
  if (replayFromMs === undefined) return { now: systemClock, isReplay: false, sawFrame() {} };
  let nowMs = replayFromMs;
  return {
    now: () => nowMs,
    isReplay: true,
    sawFrame(takenAtMs) {
      nowMs = takenAtMs;
    },
  };
}
