import { workerData } from 'node:worker_threads';
import SQLite from 'better-sqlite3';
import { answerCalls } from '../../platform/thread-call.ts';

/** The task: copy the write-ahead log into the database, also empty it, or return free pages to the disk. */
export type CompactionTask = 'sync' | 'empty-log' | 'shrink';

/** The result: whether the log is empty now, and how many free pages are left. */
export interface CompactionOutcome {
  logEmpty: boolean;
  freePages: number;
}

const pagesAtATime = 64;
const busyMs = 2000;

const db = new SQLite(String(workerData));
db.pragma(`busy_timeout = ${busyMs}`);
db.pragma('secure_delete = ON');
// Nothing needs to be on the disk before the final sync.
db.pragma('synchronous = NORMAL');
db.pragma('wal_autocheckpoint = 0');

const freePages = (): number => Number(db.pragma('freelist_count', { simple: true }));

function checkpoint(mode: 'PASSIVE' | 'TRUNCATE'): boolean {
  const [result] = db.pragma(`wal_checkpoint(${mode})`) as { busy: number; log: number }[];
  return result?.busy === 0 && result.log === 0;
}

function shrink(): void {
  // In small steps: each holds the write lock that the daemon's stores need.
  for (let free = freePages(); free > 0; ) {
    db.pragma(`incremental_vacuum(${pagesAtATime})`);
    const left = freePages();
    if (left >= free) break;
    free = left;
  }
}

const handlers = {
  perform(task: CompactionTask): CompactionOutcome {
    if (task === 'shrink') shrink();
    // Nearly all is copied while others can write; only the end of it blocks them.
    let logEmpty = checkpoint('PASSIVE');
    if (task !== 'sync') logEmpty = checkpoint('TRUNCATE');
    return { logEmpty, freePages: freePages() };
  },
};

export type CompactionHandlers = typeof handlers;

answerCalls(handlers);
