import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { type Feed, pause } from './feed.ts';
import { createNmeaLines } from './nmea-lines.ts';
import { burstsOf, readNmeaLog, restamped } from './replay-log.ts';

/** A gap in a log is shortened to this. */
const longestGapMs = 30_000;

/** Plays an NMEA log at the pace of its own times; with `restamp` it sends the current time, like a receiver. */
export function createReplayFeed(options: {
  path: string;
  restamp: boolean;
  loop: boolean;
  clock: Clock;
  log: Log;
}): Feed {
  const { path, restamp, loop, clock, log } = options;
  const lines = createNmeaLines();
  let connected = false;
  let problem: string | null = null;

  return {
    async run(onEpoch, signal) {
      try {
        const bursts = burstsOf(await readNmeaLog(path));
        if (bursts.length === 0) {
          problem = `${path}: contains no NMEA sentence`;
          return;
        }
        connected = true;
        do {
          let dueMs = performance.now();
          for (const burst of bursts) {
            dueMs += Math.min(burst.afterMs, longestGapMs);
            const waitMs = dueMs - performance.now();
            if (waitMs > 0) await pause(waitMs, signal);
            if (signal.aborted) return;
            const nowMs = clock();
            for (const line of burst.lines) {
              lines.take(restamp ? restamped(line, nowMs) : line, nowMs, onEpoch);
            }
          }
          // One second is between the last moment and the first, as between any two.
          if (loop) await pause(1000, signal);
        } while (loop && !signal.aborted);
        connected = false;
        problem = `${path}: the end of the log was reached`;
      } catch (error) {
        problem = messageOf(error);
        log.warn('position: the NMEA log cannot be played');
      }
    },
    status: () => ({
      connected,
      problem,
      baud: null,
      sentences: lines.sentences,
      rejected: lines.rejected,
    }),
  };
}
