import { systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';

const everyMs = 60_000;

/** The unit's automatic work on its records; only the daemon starts it. */
export interface Upkeep extends AsyncDisposable {
  start(): void;
}

/**
 * Starts the rooms with their own timers (expiry of entries, purges, orders of other processes) and each minute checks
 * sessions, packages and notices. Disposal stops the minute timer and waits for the work under way, which writes to the data
 * folder; the others stop with their rooms.
 */
export function createUpkeep(deps: {
  belief: { save(): void; believes(): boolean };
  /** Null where the unit shares nothing. */
  agency: { start(): void } | null;
  entryExpiry: { start(): void };
  retention: { start(): void };
  lostUnit: { start(): void };
  people: { sweep(): void; lockSessions(note: string): void };
  packages: { discardOld(nowMs: number): void | Promise<void> };
  holds: { lookAgain(): Promise<void> };
  inboxes: { gather(): void; sweep(): void };
  log: Log;
}): Upkeep {
  const {
    belief,
    agency,
    entryExpiry,
    retention,
    lostUnit,
    people,
    packages,
    holds,
    inboxes,
    log,
  } = deps;
  let timer: NodeJS.Timeout | undefined;
  const underWay = new Set<Promise<void>>();

  /** A full disk or a log that cannot be written does not end the daemon: tried again in the next minute. */
  const attempt = (work: () => void | Promise<void>): void => {
    const done = (async () => work())()
      .catch((error: unknown) => {
        log.error(
          { problem: messageOf(error) },
          'the regular upkeep of sessions, packages, holds or notices failed',
        );
      })
      .finally(() => underWay.delete(done));
    underWay.add(done);
  };

  return {
    start() {
      attempt(() => {
        if (!belief.believes()) people.lockSessions('the clock is not sure after the start');
      });
      attempt(belief.save);
      agency?.start();
      entryExpiry.start();
      retention.start();
      lostUnit.start();
      attempt(holds.lookAgain);
      timer = setInterval(() => {
        attempt(belief.save);
        attempt(people.sweep);
        attempt(() => packages.discardOld(systemClock()));
        if (!belief.believes()) return;
        attempt(inboxes.gather);
        attempt(inboxes.sweep);
      }, everyMs);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}
