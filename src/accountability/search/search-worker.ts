import { workerData } from 'node:worker_threads';
import SQLite from 'better-sqlite3';
import type { ArchiveSettings } from '../../archive/postgres/connect.ts';
import { answerCalls, sendNote } from '../../platform/thread-call.ts';
import { createOwnStore } from '../../records/detection-store.ts';
import { createLookUps, type LookUps } from './look-up.ts';
import { createPairLookUps, type PairLookUps } from './pairs-around.ts';

/** The calls that the thread answers. */
export interface SearchCalls extends LookUps, PairLookUps {}

/** Start data of the thread. */
export interface SearchThread {
  path: string;
  limitMs: number;
  /** At headquarters with an archive. */
  archive: ArchiveSettings | null;
}

/** Tells who answered, and why the archive did not. */
export type SearchNote = { answeredBy: 'archive' | 'own files' } | { problem: string };

const { path, limitMs, archive } = workerData as SearchThread;
const db = new SQLite(path, { readonly: true, fileMustExist: true });
db.pragma('busy_timeout = 2000');
db.pragma('cache_size = -32768');
const ownStore = createOwnStore(db);
const own = createLookUps(ownStore, limitMs);
answerCalls<SearchCalls>({
  ...(archive === null ? own : await fromArchive(archive)),
  ...createPairLookUps(ownStore.index),
});

/** Look-ups that the archive answers where it can, else `lookout.db`, which has all as well. */
async function fromArchive(settings: ArchiveSettings): Promise<LookUps> {
  // Units have none, and its client takes as long to load as all the rest.
  const { createArchiveReader } = await import('../../archive/archive-reader.ts');
  const reader = createArchiveReader({
    ...{ db, settings },
    patienceMs: limitMs + 2000,
    log: (problem) => sendNote({ problem } satisfies SearchNote),
  });
  const ask = async <Answer>(look: (lookUps: LookUps) => Promise<Answer>): Promise<Answer> => {
    const answer = await reader.ask((store) => look(createLookUps(store, limitMs)));
    const answeredBy = answer === null ? 'own files' : 'archive';
    sendNote({ answeredBy } satisfies SearchNote);
    return answer === null ? look(own) : answer.result;
  };
  return {
    page: (input) => ask((lookUps) => lookUps.page(input)),
    overview: (input) => ask((lookUps) => lookUps.overview(input)),
    stakeout: (input) => ask((lookUps) => lookUps.stakeout(input)),
    canvass: (input) => ask((lookUps) => lookUps.canvass(input)),
    path: (input) => ask((lookUps) => lookUps.path(input)),
    company: (input) => ask((lookUps) => lookUps.company(input)),
    twoPlaces: (input) => ask((lookUps) => lookUps.twoPlaces(input)),
    open: (input) => ask((lookUps) => lookUps.open(input)),
    image: (input) => ask((lookUps) => lookUps.image(input)),
    pastReads: (input) => ask((lookUps) => lookUps.pastReads(input)),
    oldest: (input) => ask((lookUps) => lookUps.oldest(input)),
  };
}
