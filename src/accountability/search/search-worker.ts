import { parentPort, workerData } from 'node:worker_threads';
import SQLite from 'better-sqlite3';
import { messageOf } from '../../platform/problem.ts';
import { createLookUps, type LookUps } from './look-up.ts';

/** What the thread is started with. */
export interface SearchThread {
  path: string;
  limitMs: number;
}

/** A question and its answer. */
export interface SearchCall {
  id: number;
  kind: keyof LookUps;
  input: unknown;
}
export type SearchReply = { id: number } & ({ output: unknown } | { error: string });

const { path, limitMs } = workerData as SearchThread;
const db = new SQLite(path, { readonly: true, fileMustExist: true });
db.pragma('busy_timeout = 2000');
db.pragma('cache_size = -32768');
const lookUps = createLookUps(db, limitMs);

parentPort?.on('message', ({ id, kind, input }: SearchCall) => {
  const answer = lookUps[kind] as (input: unknown) => unknown;
  let reply: SearchReply;
  try {
    reply = { id, output: answer(input) };
  } catch (error) {
    reply = { id, error: messageOf(error) };
  }
  parentPort?.postMessage(reply);
});
