import { join } from 'node:path';
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

/**
 * Search over `lookout.db` of a data folder, which must exist at the first look-up. `limitMs`: a search that takes
 * longer ends with what it has found, and returns how far it came.
 */
export function createSearch(deps: { dataDir: string; limitMs?: number }): Search {
  const { dataDir, limitMs = 3000 } = deps;
  const workerData: SearchThread = { path: join(dataDir, 'lookout.db'), limitMs };
  const thread = createThread<LookUps>(new URL('./search-worker.ts', import.meta.url), {
    workerData,
    ended: 'the search has ended',
    restarts: true,
    unrefWhenIdle: true,
  });

  const ask: Search['ask'] = async (kind, input) => {
    if (thread.waiting >= maxWaiting) {
      const words = 'Too many searches are already waiting; try again in a moment.';
      throw new Refusal(503, 'search-busy', words);
    }
    return await thread.call(kind, input);
  };

  return {
    ask,
    countPastReads: (query) => ask('pastReads', query),
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}
