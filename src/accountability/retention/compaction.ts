import { type CallableThread, createThread } from '../../platform/thread-call.ts';
import type { CompactionHandlers } from './compaction-worker.ts';

/**
 * A thread with its own connection that copies the write-ahead log into the database and empties it: syncing a disk can
 * take longer than the daemon's event loop can wait.
 */
export function openCompaction(databasePath: string): CallableThread<CompactionHandlers> {
  return createThread(new URL('./compaction-worker.ts', import.meta.url), {
    workerData: databasePath,
    ended: 'the thread that empties the log has ended',
    restarts: true,
  });
}
