import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Database } from '../platform/database.ts';

/**
 * Commits that outlive a power cut without holding up the event loop: SQLite writes the transaction to its
 * write-ahead log and does not wait (`synchronous=NORMAL`, which in WAL mode never harms the database), and the log
 * is then synced from a thread of the pool, once for all commits that came meanwhile. What `synchronous=FULL` does
 * in the caller's thread, done elsewhere: a slow disk costs this promise's time alone.
 */
export function createDurableCommit(db: Database) {
  let log: FileHandle | null = null;
  /** The sync under way, and the one that starts when it is over, for commits that came too late for it. */
  let current: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  const sync = async (): Promise<void> => {
    if (!log) {
      log = await open(`${db.name}-wal`, 'r');
      // The log's own name must be in its folder for good, too.
      const folder = await open(dirname(db.name), 'r');
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    }
    await log.datasync();
  };

  const start = (): Promise<void> => {
    const started = sync().finally(() => {
      if (current === started) current = null;
    });
    current = started;
    return started;
  };

  /** A sync that began after this call. */
  const synced = (): Promise<void> => {
    if (!current) return start();
    const after = current;
    next ??= after
      .catch(() => {})
      .then(() => {
        next = null;
        return start();
      });
    return next;
  };

  return {
    /** Runs a transaction and resolves with its result once it is on the disk. */
    async run<T>(transaction: () => T): Promise<T> {
      db.pragma('synchronous = NORMAL');
      let result: T;
      try {
        result = transaction();
      } finally {
        db.pragma('synchronous = FULL');
      }
      await synced();
      return result;
    },
    async close(): Promise<void> {
      await log?.close();
      log = null;
    },
  };
}
