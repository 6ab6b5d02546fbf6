import { join } from 'node:path';
import type { ArchiveSettings } from '../../archive/postgres/connect.ts';
import { DamagedDatabase } from '../../platform/damaged-database.ts';
import { type OwnDatabase, whenExchanged } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { kindOf } from '../../platform/problem.ts';
import { createThread } from '../../platform/thread-call.ts';
import { Refusal } from '../gate/refusal.ts';
import type { PastReadsQuery } from './look-up.ts';
import type { PastReads } from './results.ts';
import type { SearchCalls, SearchNote, SearchThread } from './search-worker.ts';

/** Runs look-ups in a thread with its own connection, so that they do not block the daemon's event loop. */
export interface Search extends AsyncDisposable {
  ask<Kind extends keyof SearchCalls>(
    kind: Kind,
    input: Parameters<SearchCalls[Kind]>[0],
  ): Promise<Awaited<ReturnType<SearchCalls[Kind]>>>;
  /** Where there is an archive: how many look-ups it answered since the start, and how many the own files in its place. */
  readonly answered: { byArchive: number; byOwnFiles: number };
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
  /** At headquarters with an archive. */
  archive?: ArchiveSettings | null;
  log?: Log;
}): Search {
  const { dataDir, limitMs = 3000, file, archive = null, log } = deps;
  const workerData: SearchThread = { path: join(dataDir, 'lookout.db'), limitMs, archive };
  const answered = { byArchive: 0, byOwnFiles: 0 };
  const onNote = (note: SearchNote): void => {
    if ('problem' in note) log?.warn(note, 'the archive did not answer a search');
    else answered[note.answeredBy === 'archive' ? 'byArchive' : 'byOwnFiles'] += 1;
  };
  const start = () =>
    createThread<SearchCalls>(new URL('./search-worker.ts', import.meta.url), {
      workerData,
      ended: 'the search has ended',
      restarts: true,
      unrefWhenIdle: true,
      onNote,
    });
  let thread = start();

  const ask = async <Kind extends keyof SearchCalls>(
    kind: Kind,
    input: Parameters<SearchCalls[Kind]>[0],
  ): Promise<Awaited<ReturnType<SearchCalls[Kind]>>> => {
    if (thread.waiting >= maxWaiting) {
      const words = 'Too many searches are already waiting; try again in a moment.';
      throw new Refusal(503, 'search-busy', words);
    }
    const exchanges = file?.exchanges ?? 0;
    // A promise of an answer of any kind would lose its kind once it is awaited here.
    return thread.call(kind, input).catch((error) => {
      if (kindOf(error) !== 'damaged') throw error;
      file?.foundDamage(error, exchanges);
      throw new DamagedDatabase(workerData.path, error, damagedAdvice);
    });
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
    answered,
    countPastReads: (query) => ask('pastReads', query),
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}
