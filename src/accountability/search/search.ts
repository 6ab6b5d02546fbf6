import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Refusal } from '../gate/refusal.ts';
import type { LookUps, PastReadsQuery } from './look-up.ts';
import type { PastReads } from './results.ts';
import type { SearchCall, SearchReply, SearchThread } from './search-worker.ts';

/** Looks things up in a thread with a connection of its own, so that the daemon's loop never waits for it. */
export interface Search extends AsyncDisposable {
  ask<Kind extends keyof LookUps>(
    kind: Kind,
    input: Parameters<LookUps[Kind]>[0],
  ): Promise<ReturnType<LookUps[Kind]>>;
  /** How many past reads a hot plate would have matched (HOT-13). */
  countPastReads(query: PastReadsQuery): Promise<PastReads>;
}

interface Waiting {
  resolve(output: unknown): void;
  reject(error: Error): void;
}

const mostWaiting = 32;

/**
 * Search over `lookout.db` of a data folder, which must be there when it is first asked. `limitMs`: a search that
 * takes longer ends with what it has found, and says how far it came.
 */
export function createSearch(deps: { dataDir: string; limitMs?: number }): Search {
  const { dataDir, limitMs = 3000 } = deps;
  let thread: Worker | null = null;
  const waiting = new Map<number, Waiting>();
  let lastId = 0;

  const fail = (error: Error): void => {
    thread = null;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };

  const start = (): Worker => {
    const workerData: SearchThread = { path: join(dataDir, 'lookout.db'), limitMs };
    const worker = new Worker(new URL('./search-worker.ts', import.meta.url), { workerData });
    worker.on('message', (reply: SearchReply) => {
      const asked = waiting.get(reply.id);
      waiting.delete(reply.id);
      if (waiting.size === 0) worker.unref();
      if ('error' in reply) asked?.reject(new Error(reply.error));
      else asked?.resolve(reply.output);
    });
    // The next question starts another one.
    worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => {
      if (thread === worker) fail(new Error('the search ended'));
    });
    return worker;
  };

  const ask: Search['ask'] = (kind, input) => {
    if (waiting.size >= mostWaiting) {
      const words = 'Too many searches are already waiting; try again in a moment.';
      return Promise.reject(new Refusal(503, 'search-busy', words));
    }
    thread ??= start();
    const worker = thread;
    lastId += 1;
    const call: SearchCall = { id: lastId, kind, input };
    return new Promise((resolve, reject) => {
      waiting.set(call.id, { resolve: resolve as Waiting['resolve'], reject });
      worker.ref();
      worker.postMessage(call);
    });
  };

  return {
    ask,
    countPastReads: (query) => ask('pastReads', query),
    async [Symbol.asyncDispose]() {
      const worker = thread;
      fail(new Error('the search is closed'));
      await worker?.terminate();
    },
  };
}
