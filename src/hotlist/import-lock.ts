import { chownSync, closeSync, openSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import { kindOf, TemporaryProblem } from '../platform/problem.ts';

/**
 * Lets one thread of one process at a time write the lists, by a lock on an empty database beside them. The system
 * frees the lock when its holder exits for any reason, so a crash never leaves it locked, and its holder knows that a
 * half-written import has no owner. Throws a TemporaryProblem if it cannot get the lock within `waitMs`.
 */
export async function withImportLock<T>(
  hotlistPath: string,
  waitMs: number,
  work: () => T | Promise<T>,
): Promise<T> {
  const lockPath = `${hotlistPath}.import-lock`;
  closeSync(openSync(lockPath, 'a', 0o600));
  if (process.getuid?.() === 0) {
    // A command run as root must give the file to the daemon's user, who could not use it otherwise.
    const { uid, gid } = statSync(hotlistPath);
    chownSync(lockPath, uid, gid);
  }
  const lock = new SQLite(lockPath, { timeout: 0 });
  try {
    const deadline = performance.now() + waitMs;
    while (!tryLock(lock)) {
      if (performance.now() > deadline) {
        throw new TemporaryProblem(
          'another import into these hot lists is running; try again when it is done',
        );
      }
      await sleep(200);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function tryLock(lock: SQLite.Database): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (kindOf(error) === 'busy') return false;
    throw error;
  }
}
