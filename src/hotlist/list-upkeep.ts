import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import type { ListTasks } from './list-tasks.ts';
import { type AgeLimits, needsSweep } from './sweep.ts';

const sweepEveryMs = 60_000;
const examineEveryMs = 6 * 3_600_000;

/** Starts to delete expired and left-over lists, and to look through the file; returns what ends it. */
export function startListUpkeep(deps: {
  db: Database;
  path: string;
  tasks: ListTasks;
  ageLimits: () => AgeLimits | null;
  log: Log;
}): Disposable {
  const { db, path, tasks, ageLimits, log } = deps;
  let isSweeping = false;

  function isSweepDue(): boolean {
    try {
      return needsSweep(db, ageLimits());
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'the hot lists could not be looked through');
      return false;
    }
  }

  function sweep(): void {
    if (isSweeping || !isSweepDue()) return;
    isSweeping = true;
    tasks
      .run(() => ({ kind: 'sweep', path, limits: ageLimits(), waits: false }))
      // Usually another process's import, which sweeps as well; tried again later.
      .catch((error) => log.debug({ reason: messageOf(error) }, 'hot list sweep postponed'))
      .finally(() => {
        isSweeping = false;
      });
  }

  /** Reads the whole file, so that damage is found before a plate lies in it. */
  function examine(): void {
    tasks
      .run(() => ({ kind: 'examine', path }))
      .catch((error) =>
        log.debug({ reason: messageOf(error) }, 'the hot lists could not be examined'),
      );
  }

  examine();
  sweep();
  const timers = [
    setInterval(sweep, sweepEveryMs).unref(),
    setInterval(examine, examineEveryMs).unref(),
  ];
  return {
    [Symbol.dispose]() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
