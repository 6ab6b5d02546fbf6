import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Database, whenExchanged } from '../platform/database.ts';
import { kindOf } from '../platform/problem.ts';

/** How long a commit waits while another connection writes, and how often it asks, ms. */
const lockPatienceMs = 5000;
const lockEveryMs = 5;

/**
 * Commits that survive a power cut without blocking the event loop. SQLite writes the transaction to its write-ahead
 * log without a sync (`synchronous=NORMAL`, which in WAL mode never corrupts the database); then a thread of the pool
 * syncs the log, once for all commits made since. That has the effect of `synchronous=FULL`, but a slow disk, or
 * another connection that holds the database, only delays this promise.
 */
export interface DurableCommit {
  /**
   * Runs a transaction, which must begin by taking the write lock, and resolves with its result once it is on the disk.
   * Its first attempt is made before this returns. An urgent one leaves a checkpoint that is due, which takes long, to
   * the next that is not, and waits for no sync but its own.
   */
  run<T>(transaction: () => T, options?: { isUrgent?: boolean }): Promise<T>;
  close(): Promise<void>;
}

export function createDurableCommit(db: Database): DurableCommit {
  let log: Promise<FileHandle> | null = null;
  /** The sync in progress, and the next one, for commits that came too late for the first. */
  let current: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  whenExchanged(db, () => {
    const gone = log;
    log = null;
    void gone?.then((file) => file.close()).catch(() => undefined);
  });

  const openLog = async (): Promise<FileHandle> => {
    // The log's directory entry must be on the disk too.
    const folder = await open(dirname(db.name), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    return open(`${db.name}-wal`, 'r');
  };

  const sync = async (): Promise<void> => {
    log ??= openLog().catch((error: unknown) => {
      log = null;
      throw error;
    });
    await (await log).datasync();
  };

  const start = (): Promise<void> => {
    const started = sync().finally(() => {
      if (current === started) current = null;
    });
    current = started;
    return started;
  };

  /** A sync that starts after this call. */
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

  const lockTimeoutMs = Number(db.pragma('busy_timeout', { simple: true }));

  const checkpointPages = Number(db.pragma('wal_autocheckpoint', { simple: true }));

  const attempt = <T>(transaction: () => T, isUrgent: boolean): T => {
    if (isUrgent) db.pragma('wal_autocheckpoint = 0');
    db.pragma('synchronous = NORMAL');
    // SQLite would wait for the lock in this thread.
    db.pragma('busy_timeout = 0');
    try {
      return transaction();
    } finally {
      db.pragma(`busy_timeout = ${lockTimeoutMs}`);
      db.pragma('synchronous = FULL');
      if (isUrgent) db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
    }
  };

  const commit = async <T>(transaction: () => T, isUrgent: boolean): Promise<T> => {
    const untilMs = performance.now() + lockPatienceMs;
    for (;;) {
      try {
        return attempt(transaction, isUrgent);
      } catch (error) {
        if (kindOf(error) !== 'busy' || performance.now() > untilMs) throw error;
      }
      await delay(lockEveryMs);
    }
  };

  return {
    async run<T>(transaction: () => T, { isUrgent = false } = {}): Promise<T> {
      const result = await commit(transaction, isUrgent);
      await (isUrgent ? sync() : synced());
      return result;
    },
    async close() {
      await (await log)?.close();
      log = null;
    },
  };
}
