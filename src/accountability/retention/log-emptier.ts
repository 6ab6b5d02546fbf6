import { setTimeout } from 'node:timers/promises';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import { openCompaction } from './compaction.ts';

/** Takes overwritten text out of the database's write-ahead log soon after it was overwritten. */
export interface LogEmptier extends AsyncDisposable {
  /** Begins; not to be awaited. What a reader keeps it from is done when the log is next copied. */
  empty(): void;
}

/** Tries of one emptying, and how long between them: a reader of the database leaves in a moment. */
const mostTries = 10;
const betweenMs = 200;

/** Works in a thread, because a disk can take longer than the daemon's event loop can wait. */
export function createLogEmptier({ db, log }: { db: Database; log: Log }): LogEmptier {
  const leaving = new AbortController();
  let working: Promise<void> = Promise.resolve();

  const empty = async (): Promise<void> => {
    await using thread = openCompaction(db.name);
    for (let left = mostTries; left > 0 && !leaving.signal.aborted; left -= 1) {
      const { logEmpty } = await thread.call('perform', 'empty-log');
      if (logEmpty) return;
      await setTimeout(betweenMs, undefined, { signal: leaving.signal }).catch(() => undefined);
    }
  };

  return {
    empty() {
      working = working.then(empty).catch((error: unknown) => {
        log.warn({ problem: messageOf(error) }, 'the write-ahead log could not be emptied');
      });
    },
    async [Symbol.asyncDispose]() {
      leaving.abort();
      await working;
    },
  };
}
