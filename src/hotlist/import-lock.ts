import { chownSync, closeSync, openSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import { kindOf, TemporaryProblem } from '../platform/problem.ts';

/**
 * Lets one thread of one process at a time write the lists: a locked empty database beside them. The system
 * frees the lock when its holder dies, however it dies, so a crash never leaves one behind and whoever holds
 * it knows that a half-written import belongs to nobody. Throws a TemporaryProblem when it stays taken for `waitMs`.
 */
export async function withImportLock<T>(
  hotlistPath: string,
  waitMs: number,
  work: () => T | Promise<T>,
): Promise<T> {
  const lockPath = `${hotlistPath}.import-lock`;
  closeSync(openSync(lockPath, 'a', 0o600));
  if (process.getuid?.() === 0) {
    // A command run as root must not shut out a daemon that is another user.
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
