import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from '../../platform/database.ts';
import type { ImageFile } from '../../records/image-rows.ts';
import type { createRemoval } from '../../records/removal.ts';
import { openCompaction } from './compaction.ts';
import type { Candidate, Walk } from './expired-rows.ts';
import type { OpenRun } from './purge-runs.ts';

/** Of the event loop, per slice. */
const sliceMs = 3;
const syncAfter = 400;

/**
 * Removes rows in slices of a few milliseconds on the connection of the daemon. The thread that empties the write-ahead
 * log and the removal of files wait their turn between them. One piece of work at a time: the caller sees to that.
 */
export function createRemover(deps: {
  db: Database;
  removal: ReturnType<typeof createRemoval>;
  /** Asked before a walk's step and again in the transaction that removes: a hold may have come in between. */
  mayGo: (candidate: Candidate) => boolean;
}) {
  const { db, removal, mayGo } = deps;
  let compaction: ReturnType<typeof openCompaction> | null = null;
  /** Whether what was removed may still be read in the write-ahead log. */
  let hasTraces = false;
  let isBreakingOff = false;

  /** Removes candidates until the slice is over; returns how many it looked at. */
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

    /** Removes all that the walks bring and that may go. `begin` is called before each removal. */
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
        // A run that breaks off has removed rows all the same, and their files have no other to remove them.
        if (unsynced > 0) await settle();
      }
    },

    /** Empties the write-ahead log of what was removed; `shrink` also gives free pages back. */
    async eraseTraces(shrink: boolean): Promise<void> {
      const { logEmpty } = await compact(shrink ? 'shrink' : 'empty-log');
      if (!logEmpty) {
        throw new Error('the write-ahead log could not be emptied; the next run will try again');
      }
      hasTraces = false;
    },

    /** Has what runs break off at its next step, and waits until `work` is done; the next removal runs as ever. */
    async breakOff(work: Promise<unknown>): Promise<void> {
      isBreakingOff = true;
      await work;
      isBreakingOff = false;
    },

    /** Ends the thread; the next removal starts another. */
    async closeThread(): Promise<void> {
      const closing = compaction;
      compaction = null;
      await closing?.[Symbol.asyncDispose]();
    },
  };
}
