import { join } from 'node:path';
import { DamagedDatabase } from '../../platform/damaged-database.ts';
import { type OwnDatabase, whenExchanged } from '../../platform/database.ts';
import { kindOf } from '../../platform/problem.ts';
import { createThread } from '../../platform/thread-call.ts';
import { Refusal } from '../gate/refusal.ts';
import type { LookUps, PastReadsQuery } from './look-up.ts';
import type { PastReads } from './results.ts';
import type { SearchThread } from './search-worker.ts';

/** Runs look-ups in a thread with its own connection, so that they do not block the daemon's event loop. */
export interface Search extends AsyncDisposable {
  ask<Kind extends keyof LookUps>(
    kind: Kind,
    input: Parameters<LookUps[Kind]>[0],
  ): Promise<ReturnType<LookUps[Kind]>>;
  /** How many past reads a hot plate would have matched (HOT-13). */
  countPastReads(query: PastReadsQuery): Promise<PastReads>;
}

const maxWaiting = 32;

const damagedAdvice =
  'The running lookout sets it aside and begins a new one; if none runs, start it.';

/**
 * Search over `lookout.db` of a data folder, which must exist at the first look-up. `limitMs`: a search that takes
 * longer ends with what it has found, and returns how far it came.
 */
export function createSearch(deps: {
  dataDir: string;
  limitMs?: number;
  /** The database, in the process that owns it. */
  file?: OwnDatabase;
}): Search {
  const { dataDir, limitMs = 3000, file } = deps;
  const workerData: SearchThread = { path: join(dataDir, 'lookout.db'), limitMs };
  const start = () =>
    createThread<LookUps>(new URL('./search-worker.ts', import.meta.url), {
      workerData,
      ended: 'the search has ended',
      restarts: true,
      unrefWhenIdle: true,
    });
  let thread = start();

  const ask: Search['ask'] = async (kind, input) => {
    if (thread.waiting >= maxWaiting) {
      const words = 'Too many searches are already waiting; try again in a moment.';
      throw new Refusal(503, 'search-busy', words);
    }
    const exchanges = file?.exchanges ?? 0;
    try {
      return await thread.call(kind, input);
    } catch (error) {
      if (kindOf(error) !== 'damaged') throw error;
      file?.foundDamage(error, exchanges);
      throw new DamagedDatabase(workerData.path, error, damagedAdvice);
    }
  };

  if (file !== undefined) {
    // The thread has the file of that name open, which is another one then.
    whenExchanged(file.db, () => {
      const gone = thread;
      thread = start();
      void gone[Symbol.asyncDispose]();
    });
  }

  return {
    ask,
    countPastReads: (query) => ask('pastReads', query),
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}
