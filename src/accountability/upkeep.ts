import { systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';

const everyMs = 60_000;

/** What the unit does for its records by itself; the daemon alone starts it. */
export interface Upkeep extends Disposable {
  start(): void;
}

/**
 * Starts what has its own timer (expiry of entries, purges, orders written down by another process) and sees each
 * minute to sessions and made packages. Disposal stops the minute; the rest stops with its room.
 */
export function createUpkeep(deps: {
  entryExpiry: { start(): void };
  retention: { start(): void };
  lostUnit: { start(): void };
  people: { sweep(): void };
  packages: { discardOld(nowMs: number): void | Promise<void> };
  holds: { lookAgain(): Promise<void> };
  log: Log;
}): Upkeep {
  const { entryExpiry, retention, lostUnit, people, packages, holds, log } = deps;
  let timer: NodeJS.Timeout | undefined;

  /** A full disk or a log that cannot be written does not end the daemon: the next minute tries again. */
  const attempt = async (work: () => void | Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.error(
        { problem: messageOf(error) },
        'the regular upkeep of sessions, packages or holds failed',
      );
    }
  };

  return {
    start() {
      entryExpiry.start();
      retention.start();
      lostUnit.start();
      void attempt(holds.lookAgain);
      timer = setInterval(() => {
        void attempt(people.sweep);
        void attempt(() => packages.discardOld(systemClock()));
      }, everyMs);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
