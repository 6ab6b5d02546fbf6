import { setTimeout as sleep } from 'node:timers/promises';
import { TemporaryProblem } from '../platform/problem.ts';
import { takeProcessLock } from '../platform/process-lock.ts';

/**
 * Lets one thread of one process at a time write the lists. The system frees the lock when its holder ends for any
 * reason, and its holder knows that a half-written import has no owner. Throws a TemporaryProblem if it cannot get the
 * lock within `waitMs`.
 */
export async function withImportLock<T>(
  hotlistPath: string,
  waitMs: number,
  work: () => T | Promise<T>,
): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    using lock = takeProcessLock(`${hotlistPath}.import-lock`);
    if (lock !== null) return await work();
    if (performance.now() > deadline) {
      throw new TemporaryProblem(
        'another import into these hot lists is running; try again when it is done',
      );
    }
    await sleep(200);
  }
}
