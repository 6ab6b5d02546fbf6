import { workerData } from 'node:worker_threads';
import SQLite from 'better-sqlite3';
import { answerCalls, sendNote } from '../platform/thread-call.ts';
import { followIntoArchive } from './copier.ts';
import { type ArchiveSettings, connectArchive } from './postgres/connect.ts';

/** Start data of the thread. */
export interface CopierThread {
  path: string;
  settings: ArchiveSettings;
}

const patienceMs = 60_000;

const { path, settings } = workerData as CopierThread;

/** Goes on until the thread is ended; rejects if it cannot begin. */
async function follow(_input: null): Promise<void> {
  using open = new DisposableStack();
  const db = open.adopt(new SQLite(path, { fileMustExist: true }), (each) => void each.close());
  db.pragma('busy_timeout = 10000');
  await followIntoArchive({
    db,
    connect: () => connectArchive(settings, { connections: 1, patienceMs }),
    onHealth: sendNote,
    signal: new AbortController().signal,
  });
}

answerCalls({ follow });

/** What the thread does. */
export interface CopierCalls {
  follow: typeof follow;
}
