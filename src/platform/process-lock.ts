import { chownSync, closeSync, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import { kindOf } from './problem.ts';
import { refuseStranger } from './regular-file.ts';

/**
 * Takes a lock that one process on the machine, and one holder in it, can have: an empty database, locked as a whole.
 * The system frees it when its holder ends for any reason, so none is left behind by a crash. The file stays, because
 * another process may be about to lock it. Returns null if it is taken; throws if the file cannot be made.
 */
export function takeProcessLock(path: string): Disposable | null {
  refuseStranger(path);
  if (!existsSync(path)) make(path);
  const lock = new SQLite(path, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (kindOf(error) === 'busy') return null;
    throw error;
  }
  return { [Symbol.dispose]: () => void lock.close() };
}

/** A command that runs as root gives the file to the folder's owner, or the daemon could not use it. */
function make(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  const { uid, gid } = statSync(dirname(path));
  if (process.getuid?.() === 0 && uid !== 0) chownSync(path, uid, gid);
}
