import { Worker } from 'node:worker_threads';
import type { CompactionOutcome, CompactionTask } from './compaction-worker.ts';

/**
 * A thread with its own connection that copies the write-ahead log into the database and empties it: syncing a disk
 * may take longer than the daemon's loop can wait.
 */
export function openCompaction(databasePath: string) {
  const worker = new Worker(new URL('./compaction-worker.ts', import.meta.url), {
    workerData: databasePath,
  });
  return {
    perform(task: CompactionTask): Promise<CompactionOutcome> {
      return new Promise((resolve, reject) => {
        const done = () => {
          worker.off('message', answered);
          worker.off('error', failed);
          worker.off('exit', ended);
        };
        const answered = (outcome: CompactionOutcome) => {
          done();
          resolve(outcome);
        };
        const failed = (error: Error) => {
          done();
          reject(error);
        };
        const ended = () => failed(new Error('the thread that empties the log has ended'));
        worker.on('message', answered);
        worker.on('error', failed);
        worker.on('exit', ended);
        worker.postMessage(task);
      });
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await worker.terminate();
    },
  };
}
