import { setPriority } from 'node:os';
import { examineDatabase, openDatabase } from '../platform/database.ts';
import { answerCalls } from '../platform/thread-call.ts';
import { type EntriesFile, writeEntriesFile } from './entries-file.ts';
import { importList } from './import-list.ts';
import { withImportLock } from './import-lock.ts';
import type { ImportRequest, ImportResult } from './import-result.ts';
import type { HotList, RowRules } from './list-rules.ts';
import { type AgeLimits, sweep } from './sweep.ts';
import { hotlistMigrations } from './tables.ts';

/** The task of the thread. */
export type HotlistTask = { path: string } & (
  | {
      kind: 'import';
      limits: AgeLimits | null;
      list: HotList;
      rules: RowRules;
      request: ImportRequest;
      nowMs: number;
    }
  /** `waits`: wait for an import in progress; otherwise the sweep is postponed. */
  | { kind: 'sweep'; limits: AgeLimits | null; waits: boolean }
  /** Writes the entries in use of a list to `file`. */
  | { kind: 'write-entries'; listId: string; file: string }
  /** Reads the whole file; throws a DamagedDatabase if a page is damaged. */
  | { kind: 'examine' }
);

const importWaitMs = 600_000;

async function perform(task: HotlistTask): Promise<ImportResult | EntriesFile | null> {
  // For this thread only: cameras and matching have priority.
  setPriority(5);
  const db = openDatabase(task.path, hotlistMigrations);
  try {
    if (task.kind === 'examine') {
      examineDatabase(db);
      return null;
    }
    if (task.kind === 'write-entries') {
      // Under the lock no import replaces the list, and no sweep deletes it, while it is read.
      return await withImportLock(task.path, importWaitMs, () =>
        writeEntriesFile(db, task.listId, task.file),
      );
    }
    if (task.kind === 'sweep') {
      await withImportLock(task.path, task.waits ? importWaitMs : 0, () => sweep(db, task.limits));
      return null;
    }
    const { list, rules, request, nowMs, limits } = task;
    return await withImportLock(task.path, importWaitMs, async () => {
      // Remove what a crash left, which only uses disk space.
      if (request.dryRun !== true) sweep(db, limits);
      return importList(db, list, rules, request, nowMs);
    });
  } finally {
    db.close();
  }
}

const handlers = { perform };

export type HotlistHandlers = typeof handlers;

answerCalls(handlers);
