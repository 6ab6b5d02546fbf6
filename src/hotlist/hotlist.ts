import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { HotlistConfig, ListConfig } from '../platform/config/sections/hotlist.ts';
import { openDatabase } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import type { HitMatch, HotEntry, ListStatus, MatchQuery } from './hit-match.ts';
import type { ImportRequest, ImportResult } from './import-result.ts';
import type { HotlistTask, HotlistTaskOutcome } from './import-worker.ts';
import { listStatus } from './list-age.ts';
import { createMatcher } from './matcher.ts';
import { currentGenerations, type EntryRow, hotEntryOf, hotlistMigrations } from './store.ts';
import { needsSweep } from './sweep.ts';

/** The hot lists of a unit. */
export interface Hotlist extends AsyncDisposable {
  /** Entries that a read matches, best first. Synchronous; reads the lists as they are at this moment. */
  match(query: MatchQuery): HitMatch[];
  /** Every configured list, in the order of the configuration. */
  status(): ListStatus[];
  /**
   * Replaces a list by a file, in a thread of its own with low priority; imports wait for each other.
   * Guarantees, for a file from headquarters as for one from an operator:
   * - resolves once the new list is in force and on the disk, for this and every other process at once;
   * - rejects with a Problem (what is wrong and what to do) and leaves the old list in force, whole, when the
   *   file does not have `sha256`, cannot be read, is cut short, shrank too much, has too many unusable rows,
   *   is older than what is in force, or is too old to be kept: the same file would be refused again;
   * - rejects with another error, the old list in force, when the disk is full or the unit is being stopped;
   * - a crash or power cut at any moment leaves either the old list or the new one;
   * - the same file with the same `asOf` may be given again and changes nothing that a reader sees.
   */
  importFile(request: ImportRequest): Promise<ImportResult>;
  /** Entries of a list in the order of the plates, for the command line. */
  entries(listId: string, page: { offset: number; limit: number }): HotEntry[];
  /** Tells when a list was replaced or a list's state changed, also by another process. */
  on(event: 'changed', listener: (lists: ListStatus[]) => void): void;
}

/** What hot lists are made of. */
export interface HotlistOptions {
  /** The database; made when missing. Other processes may have it open too. */
  path: string;
  config: HotlistConfig;
  log: Log;
  clock?: Clock;
  /** Delete what is too old or left over, at once and from time to time: for the daemon. Default true. */
  maintain?: boolean;
}

const lookEveryMs = 1000;
const maintainEveryMs = 60_000;

/** Opens the hot lists. Throws a Problem when the database cannot be opened. */
export function createHotlist(options: HotlistOptions): Hotlist {
  const { path, config, log, clock = systemClock } = options;
  const db = openDatabase(path, hotlistMigrations);
  const events = new EventEmitter<{ changed: [ListStatus[]] }>();
  const matcher = createMatcher({ db, config, clock });
  const generations = currentGenerations(db);
  const maxAges = new Map(config.lists.map((list) => [list.id, list.maxAgeH]));
  const page = db.prepare<[string, number, number], EntryRow>(
    `SELECT entry.* FROM generation JOIN entry ON entry.generation = generation.id
     WHERE listId = ? AND generation.state = 'active' ORDER BY canonical, plate, entry.id LIMIT ? OFFSET ?`,
  );
  let closed = false;
  let running: Worker | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  function status(): ListStatus[] {
    const nowMs = clock();
    const byList = new Map(generations().map((each) => [each.listId, each]));
    return config.lists.map((list) => listStatus(list, byList.get(list.id), nowMs));
  }

  function configured(listId: string): ListConfig {
    const list = config.lists.find(({ id }) => id === listId);
    if (list !== undefined) return list;
    const ids = config.lists.map(({ id }) => id).join(', ');
    throw new Problem(
      `no hot list "${listId}" is configured: ${ids === '' ? 'hotlist.lists is empty' : `the lists are ${ids}`}`,
    );
  }

  /** Runs a task in a thread when those before it are done. */
  function enqueue(task: () => HotlistTask): Promise<ImportResult | null> {
    const done = queue.then(() => {
      if (closed) throw new Error('the hot lists are closing; the import was not started');
      return perform(task());
    });
    queue = done.catch(() => undefined);
    return done;
  }

  async function perform(task: HotlistTask): Promise<ImportResult | null> {
    const worker = new Worker(new URL('./import-worker.ts', import.meta.url), { workerData: task });
    running = worker;
    try {
      const outcome = await new Promise<HotlistTaskOutcome>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', () => reject(new Error('the import was stopped; the old list stays')));
      });
      if ('result' in outcome) return outcome.result;
      throw outcome.problem ? new Problem(outcome.error) : new Error(outcome.error);
    } finally {
      running = undefined;
      await worker.terminate();
    }
  }

  async function importFile(request: ImportRequest): Promise<ImportResult> {
    const list = configured(request.listId);
    const result = await enqueue(() => ({
      ...{ kind: 'import', path, list, request, maxAges },
      nowMs: clock(),
    }));
    if (result === null) throw new Error('an import gave no result');
    if (!result.dryRun) {
      const { listId, entries, rejected, asOf, ms } = result;
      log.info({ list: listId, entries, rejected, asOf, ms: Math.round(ms) }, 'hot list imported');
      look();
    }
    return result;
  }

  let seen = fingerprint(status());
  function look(): void {
    const lists = status();
    const now = fingerprint(lists);
    if (now === seen) return;
    seen = now;
    events.emit('changed', lists);
  }

  let sweeping = false;
  function maintain(): void {
    if (sweeping || !needsSweep(db, clock(), maxAges)) return;
    sweeping = true;
    enqueue(() => ({ kind: 'sweep', path, nowMs: clock(), maxAges }))
      // Mostly another process's import, which sweeps as well; the next look tries again.
      .catch((error) => log.debug({ reason: messageOf(error) }, 'hot list sweep put off'))
      .finally(() => {
        sweeping = false;
      });
  }

  const timers = [setInterval(look, lookEveryMs)];
  if (options.maintain !== false) {
    maintain();
    timers.push(setInterval(maintain, maintainEveryMs));
  }
  for (const timer of timers) timer.unref();

  return {
    match: matcher.match,
    status,
    importFile,
    entries(listId, { offset, limit }) {
      return page.all(configured(listId).id, limit, offset).map(hotEntryOf);
    },
    on(event, listener) {
      events.on(event, listener);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const timer of timers) clearInterval(timer);
      await running?.terminate();
      await queue;
      db.close();
    },
  };
}

function fingerprint(lists: ListStatus[]): string {
  return JSON.stringify(
    lists.map(({ id, state, asOf, importedAt }) => [id, state, asOf, importedAt]),
  );
}
