import { kindOf, messageOf, Problem, TemporaryProblem } from '../platform/problem.ts';
import { type CallableThread, createThread } from '../platform/thread-call.ts';
import type { EntriesFile } from './entries-file.ts';
import type { ImportResult } from './import-result.ts';
import type { HotlistHandlers, HotlistTask } from './import-worker.ts';
import type { ListsFile } from './lists-file.ts';

/** Work on the database that a thread of low priority does, one task after another. */
export interface ListTasks {
  /** Runs a task after those before it. Rejects with a TemporaryProblem if it found the database damaged. */
  run(task: () => HotlistTask): Promise<ImportResult | EntriesFile | null>;
  /**
   * The same for an import. By a clock that may be wrong a list seems too old, or dated ahead: what is refused then may be
   * taken later, and rejects with a TemporaryProblem.
   */
  runImport(task: () => HotlistTask): Promise<ImportResult>;
  /** The same for a file of the entries of a list. */
  writeEntries(task: () => HotlistTask): Promise<EntriesFile>;
  /** Stops the task that is running, and starts no other. */
  close(): Promise<void>;
}

/** The tasks of one database. */
export function createListTasks(deps: {
  file: ListsFile;
  believesClock: () => boolean;
}): ListTasks {
  const { file, believesClock } = deps;
  let isClosed = false;
  let running: CallableThread<HotlistHandlers> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  async function perform(task: HotlistTask): Promise<ImportResult | EntriesFile | null> {
    await using thread = createThread<HotlistHandlers>(
      new URL('./import-worker.ts', import.meta.url),
      { ended: 'the import was stopped; the old list stays in use' },
    );
    running = thread;
    const { exchanges } = file;
    try {
      return await thread.call('perform', task);
    } catch (error) {
      if (kindOf(error) !== 'damaged') throw error;
      file.foundDamage(error, exchanges);
      throw new TemporaryProblem(messageOf(error));
    } finally {
      running = undefined;
    }
  }

  function run(task: () => HotlistTask): Promise<ImportResult | EntriesFile | null> {
    const done = queue.then(() => {
      if (isClosed) throw new Error('the hot lists are closing; the import was not started');
      return perform(task());
    });
    queue = done.catch(() => undefined);
    return done;
  }

  async function runImport(task: () => HotlistTask): Promise<ImportResult> {
    try {
      const result = await run(task);
      if (result === null || !('listId' in result)) throw new Error('an import returned no result');
      return result;
    } catch (error) {
      if (believesClock() || !(error instanceof Problem)) throw error;
      throw new TemporaryProblem(error.message);
    }
  }

  return {
    run,
    runImport,
    async writeEntries(task) {
      const result = await run(task);
      if (result === null || 'listId' in result) throw new Error('no file of entries was made');
      return result;
    },
    async close() {
      isClosed = true;
      await running?.[Symbol.asyncDispose]();
      await queue;
    },
  };
}
