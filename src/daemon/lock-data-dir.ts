import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, Problem } from '../platform/problem.ts';
import { takeProcessLock } from '../platform/process-lock.ts';
import { readRegularFile, refuseStranger } from '../platform/regular-file.ts';

/**
 * Ensures that only one daemon works on a data folder, until the lock is disposed of or the process ends, however it
 * does. Beside the lock, `lookout.pid` tells people who holds it; a process id alone proves nothing, because after a
 * power cut another process may have the same.
 */
export function lockDataDir(dataDir: string): Disposable {
  const pidPath = join(dataDir, 'lookout.pid');
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Problem(`unit.dataDir: ${dataDir} cannot be made (${messageOf(error)})`);
  }
  const lock = unlessUnwritable(dataDir, () => takeProcessLock(join(dataDir, 'lookout.lock')));
  if (lock === null) {
    throw new Problem(
      `unit.dataDir: ${dataDir} is in use by the lookout with process id ${holderIn(pidPath)}; stop that one first`,
    );
  }
  using held = new DisposableStack();
  held.use(lock);
  refuseStranger(pidPath);
  unlessUnwritable(dataDir, () => writeFileSync(pidPath, `${process.pid}\n`, { mode: 0o600 }));
  held.defer(() => {
    try {
      rmSync(pidPath, { force: true });
    } catch {
      // The disk is gone; the file tells people only, and the next start writes it anew.
    }
  });
  return held.move();
}

function unlessUnwritable<T>(dataDir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(`unit.dataDir: ${dataDir} cannot be written to (${messageOf(error)})`);
  }
}

function holderIn(pidPath: string): string {
  try {
    return readRegularFile(pidPath).toString('utf8').trim();
  } catch {
    return 'unknown';
  }
}
