import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Database, whenExchanged } from '../../platform/database.ts';
import type { CallableThread } from '../../platform/thread-call.ts';
import type { ImageFile } from '../../records/image-rows.ts';
import type { Removal } from '../../records/removal.ts';
import { openCompaction } from './compaction.ts';
import type { CompactionHandlers } from './compaction-worker.ts';
import type { Candidate, Walk } from './expired-rows.ts';
import type { OpenRun } from './purge-runs.ts';

/** Time on the event loop per slice. */
const sliceMs = 3;
const syncAfter = 400;

/**
 * Removes rows in slices of a few milliseconds on the daemon's connection. The thread that empties the write-ahead log
 * and the removal of files run between slices. The caller must run one removal at a time.
 */
export function createRemover(deps: {
  db: Database;
  removal: Removal;
  /**
   * Called before a candidate is taken and again in the transaction that removes it, because a hold may have been set
   * in between.
   */
  mayGo: (candidate: Candidate) => boolean;
}) {
  const { db, removal, mayGo } = deps;
  let compaction: CallableThread<CompactionHandlers> | null = null;
  // It has the file of that name open, which is another one then.
  whenExchanged(db, () => {
    const gone = compaction;
    compaction = null;
    void gone?.[Symbol.asyncDispose]();
  });
  /** Whether the write-ahead log may still contain removed data. */
  let hasTraces = false;
  let isBreakingOff = false;

  /** Removes candidates until the time of the slice is up; returns how many it examined. */
  const slice = db.transaction(
    (candidates: readonly Candidate[], run: OpenRun, gone: ImageFile[]): number => {
      const startedMs = performance.now();
      let looked = 0;
      for (const candidate of candidates) {
        if (looked > 0 && performance.now() - startedMs > sliceMs) break;
        looked += 1;
        if (!mayGo(candidate)) continue;
        const { what, id } = candidate;
        const removed = what === 'detection' ? removal.detection(id) : removal.image(id);
        run.count(candidate, removed);
        gone.push(...removed.files);
      }
      run.save();
      return looked;
    },
  );

  /** The disk is synced once for many slices, in another thread. */
  const removeSlice = (
    candidates: readonly Candidate[],
    run: OpenRun,
    gone: ImageFile[],
  ): number => {
    const before = gone.length;
    db.pragma('synchronous = NORMAL');
    db.pragma('wal_autocheckpoint = 0');
    try {
      return slice.immediate(candidates, run, gone);
    } catch (error) {
      gone.length = before;
      run.revert();
      throw error;
    } finally {
      db.pragma('synchronous = FULL');
      db.pragma('wal_autocheckpoint = 1000');
    }
  };

  const compact = (task: 'sync' | 'empty-log' | 'shrink') => {
    compaction ??= openCompaction(db.name);
    return compaction.call('perform', task);
  };

  return {
    hasTraces: (): boolean => hasTraces,

    /** Removes all candidates of the walks that may be removed. `begin` is called before each removal. */
    async remove(walks: readonly Walk[], begin: () => OpenRun): Promise<void> {
      let unsynced = 0;
      const gone: ImageFile[] = [];
      const settle = async () => {
        unsynced = 0;
        await compact('sync');
        await removal.removeFiles(gone.splice(0));
      };
      try {
        for (const walk of walks) {
          for (
            let candidates = walk.next();
            candidates.length > 0 && !isBreakingOff;
            candidates = walk.next()
          ) {
            let rest = candidates.filter(mayGo);
            await nextTurn();
            while (rest.length > 0) {
              const run = begin();
              const looked = removeSlice(rest, run, gone);
              hasTraces = true;
              rest = rest.slice(looked);
              unsynced += looked;
              await nextTurn();
            }
            if (unsynced >= syncAfter) await settle();
          }
        }
      } finally {
        // An interrupted run has removed rows too, and no later run would remove their files.
        if (unsynced > 0) await settle();
      }
    },

    /** Removes deleted data from the write-ahead log; `shrink` also returns free pages to the disk. */
    async eraseTraces(shrink: boolean): Promise<void> {
      const { logEmpty } = await compact(shrink ? 'shrink' : 'empty-log');
      if (!logEmpty) {
        throw new Error('the write-ahead log could not be emptied; the next run will try again');
      }
      hasTraces = false;
    },

    /** Makes running removals stop at their next step, and waits until `work` is done; later removals run normally. */
    async breakOff(work: Promise<unknown>): Promise<void> {
      isBreakingOff = true;
      await work;
      isBreakingOff = false;
    },

    /** Ends the thread; the next removal starts a new one. */
    async closeThread(): Promise<void> {
      const closing = compaction;
      compaction = null;
      await closing?.[Symbol.asyncDispose]();
    },
  };
}
