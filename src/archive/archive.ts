import { join } from 'node:path';
import { type Database, whenExchanged } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { type CallableThread, createThread } from '../platform/thread-call.ts';
import { followChanges } from './changes.ts';
import type { ArchiveHealth } from './copier.ts';
import type { CopierCalls, CopierThread } from './copier-worker.ts';
import type { ArchiveSettings } from './postgres/connect.ts';

/** The copy of all detections in PostgreSQL, kept up in a thread of its own. */
export interface Archive extends AsyncDisposable {
  start(): void;
  health(): ArchiveHealth;
}

const againMs = 5000;

/**
 * Opens the archive of headquarters: from now on changes of the detections in `db` (`lookout.db` of the data folder) are noted, and
 * once it is started they come into the archive. Null where there is none; then nothing is noted.
 */
export function openArchive(deps: {
  db: Database;
  dataDir: string;
  settings: ArchiveSettings | null;
  log: Log;
}): Archive | null {
  const { db, dataDir, settings, log } = deps;
  const { ended } = followChanges(db, settings !== null);
  if (ended) {
    log.warn(
      'headquarters.archive was taken away: what is in that archive stays there until somebody drops it',
    );
  }
  if (settings === null) return null;
  const threadData: CopierThread = { path: join(dataDir, 'lookout.db'), settings };
  let health: ArchiveHealth = {
    ...{ state: 'starting', waiting: 0, behindS: 0, copied: 0, toFill: 0, problem: null },
  };
  let thread: CallableThread<CopierCalls> | null = null;
  let again: NodeJS.Timeout | undefined;

  const onNote = (next: ArchiveHealth): void => {
    if (next.problem !== null && next.problem !== health.problem) {
      log.warn({ problem: next.problem }, 'the archive is not kept up');
    } else if (next.problem === null && next.state !== health.state) {
      log.info({ state: next.state }, 'the archive is kept up');
    }
    health = next;
  };

  const start = (): void => {
    const own = createThread<CopierCalls>(new URL('./copier-worker.ts', import.meta.url), {
      ...{ workerData: threadData, ended: 'the archive is not kept up any more', onNote },
    });
    thread = own;
    own.call('follow', null).catch((error) => {
      if (thread !== own) return;
      onNote({ ...health, state: 'away', problem: messageOf(error) });
      void own[Symbol.asyncDispose]();
      again = setTimeout(start, againMs);
    });
  };

  const stop = async (): Promise<void> => {
    clearTimeout(again);
    const gone = thread;
    thread = null;
    await gone?.[Symbol.asyncDispose]();
  };

  whenExchanged(db, () => {
    // The thread has the damaged file open. The new one is another database, as the archive will be told.
    followChanges(db, true);
    if (thread !== null) void stop().then(start);
  });

  return { start, health: () => health, [Symbol.asyncDispose]: stop };
}
