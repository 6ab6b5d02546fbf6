import { join } from 'node:path';
import { createThread } from '../../platform/thread-call.ts';
import { Refusal } from '../gate/refusal.ts';
import type { LookUps, PastReadsQuery } from './look-up.ts';
import type { PastReads } from './results.ts';
import type { SearchThread } from './search-worker.ts';

/** Looks things up in a thread with a connection of its own, so that the daemon's loop never waits for it. */
export interface Search extends AsyncDisposable {
  ask<Kind extends keyof LookUps>(
    kind: Kind,
    input: Parameters<LookUps[Kind]>[0],
  ): Promise<ReturnType<LookUps[Kind]>>;
  /** How many past reads a hot plate would have matched (HOT-13). */
  countPastReads(query: PastReadsQuery): Promise<PastReads>;
}

const mostWaiting = 32;

/**
 * Search over `lookout.db` of a data folder, which must be there when it is first asked. `limitMs`: a search that
 * takes longer ends with what it has found, and says how far it came.
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
    if (thread.waiting >= mostWaiting) {
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
