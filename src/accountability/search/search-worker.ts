import { workerData } from 'node:worker_threads';
import SQLite from 'better-sqlite3';
import { answerCalls } from '../../platform/thread-call.ts';
import { createLookUps } from './look-up.ts';

/** Start data of the thread. */
export interface SearchThread {
  path: string;
  limitMs: number;
}

const { path, limitMs } = workerData as SearchThread;
const db = new SQLite(path, { readonly: true, fileMustExist: true });
db.pragma('busy_timeout = 2000');
db.pragma('cache_size = -32768');
answerCalls(createLookUps(db, limitMs));
