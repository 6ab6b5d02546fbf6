import { EventEmitter } from 'node:events';
import type { HotlistConfig } from '../config/sections/hotlist.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import { type CallableThread, createThread } from '../platform/thread-call.ts';
import type { HitMatch, HotEntry, ListStatus, MatchQuery } from './hit-match.ts';
import type { ImportRequest, ImportResult } from './import-result.ts';
import type { HotlistHandlers, HotlistTask } from './import-worker.ts';
import { compareMatches } from './judge-match.ts';
import { listStatus } from './list-age.ts';
import { type HotList, type HotlistPolicy, resolveLists, rowRules } from './list-rules.ts';
import { createListSwitches } from './list-switches.ts';
import { createMatcher } from './matcher.ts';
import { canonicalKey, normalisePlate } from './plate-text.ts';
import { type AgeLimits, needsSweep } from './sweep.ts';
import {
  currentGenerations,
  currentRefusals,
  type EntryRow,
  entryColumns,
  hotEntryOf,
  hotlistMigrations,
} from './tables.ts';

/** The hot lists of a unit. */
export interface Hotlist extends AsyncDisposable {
  /** From now on detects changes of other processes, and with `maintain` deletes expired lists. */
  start(): void;
  /** Entries that a read matches, best first. Synchronous; uses the current state of the lists. */
  match(query: MatchQuery): HitMatch[];
  /** Throws if the lists cannot be matched. */
  probe(): void;
  /** Every configured list, in the order of the configuration. */
  status(): ListStatus[];
  /**
   * Replaces a list by a file, in a thread of its own with low priority; imports wait for each other.
   * Guarantees, for a file from headquarters as for one from an operator:
   * - resolves once the new list is in force and on the disk, for this and every other process at once;
   * - rejects with a Problem (what is wrong and what to do) and leaves the old list in force, whole, when the
   *   file does not have `sha256`, cannot be read, is cut short, shrank too much, has too many unusable rows,
   *   is older than what is in force, or is too old to be kept: the same file would be refused again;
   * - rejects with a TemporaryProblem or another error, the old list in force, when another import has not ended for
   *   long, the disk is full or the unit is being stopped: the same file may be taken later;
   * - a crash or power cut at any moment leaves either the old list or the new one;
   * - the same file with the same `asOf` may be given again and changes nothing that a reader sees.
   */
  importFile(request: ImportRequest): Promise<ImportResult>;
  /** Entries of a list in the order of their plates; with a plate, the entries that match it. */
  entries(listId: string, page: { offset: number; limit: number; plate?: string }): HotEntry[];
  /** Switches a list on or off on this unit, overriding the configuration, for every process at once (HOT-15). */
  setEnabled(listId: string, enabled: boolean, by: string): void;
  /** Takes a list out of use at once and deletes its entries. Returns how many it had. */
  deleteList(listId: string): Promise<number>;
  /** Emitted when a list was replaced or its state changed, also by another process. */
  on(event: 'changed', listener: (lists: ListStatus[]) => void): void;
}

/** Entries of another room that alert like those of a list: the hot plates. */
export interface LocalEntries {
  /** Uses the current state; fast, and never waits for another process. */
  match(query: MatchQuery): HitMatch[];
}

/** Options of the hot lists. */
export interface HotlistOptions {
  /** The database; created if missing. Other processes may have it open too. */
  path: string;
  config: HotlistConfig;
  /** The policy in force; without one (a replay, a benchmark) lists are imported unchecked. */
  policy?: HotlistPolicy;
  /** Entries that people created on this unit. */
  local?: LocalEntries;
  log: Log;
  clock?: Clock;
  /**
   * Delete expired and left-over lists, with an import and, once started, at intervals: for the daemon. Default true.
   */
  maintain?: boolean;
  /** Whether the clock is reliable; while it is not, no list is deleted for its age. */
  believesClock?: () => boolean;
}

const lookEveryMs = 1000;
const maintainEveryMs = 60_000;

/** Opens the hot lists, which can then be queried and changed. Throws a Problem if the database cannot be opened. */
export function createHotlist(options: HotlistOptions): Hotlist {
  const { path, config, log, clock = systemClock, believesClock = () => true } = options;
  using open = new DisposableStack();
  const db = open.adopt(openDatabase(path, hotlistMigrations), (own) => void own.close());
  const events = new EventEmitter<{ changed: [ListStatus[]] }>();
  const lists = resolveLists(config.lists, options.policy);
  const rules = rowRules(options.policy);
  const { deniedCategories } = rules;
  const matcher = createMatcher({ db, config, lists, deniedCategories, clock });
  const generations = currentGenerations(db);
  const refusals = currentRefusals(db);
  const choices = createListSwitches(db);
  const maxAges = new Map(lists.map((list) => [list.id, list.maxAgeH]));
  const page = db.prepare<[string, number, number], EntryRow>(
    `SELECT ${entryColumns} FROM generation JOIN entry ON entry.generation = generation.id
     WHERE list_id = ? AND generation.state = 'active' ORDER BY canonical, plate, entry.id LIMIT ? OFFSET ?`,
  );
  const byKey = db.prepare<[string, string], EntryRow>(
    `SELECT ${entryColumns} FROM generation JOIN entry ON entry.generation = generation.id
     WHERE list_id = ? AND generation.state = 'active' AND canonical = ? ORDER BY plate, entry.id`,
  );
  const retire = db.prepare(
    "UPDATE generation SET state = 'retired' WHERE list_id = ? AND state IN ('active', 'expired')",
  );
  const ageLimits = (): AgeLimits | null =>
    options.maintain !== false && believesClock() ? { nowMs: clock(), maxAges } : null;
  let closed = false;
  let running: CallableThread<HotlistHandlers> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  function status(): ListStatus[] {
    const nowMs = clock();
    const byList = new Map(generations().map((each) => [each.listId, each]));
    const chosen = choices.all();
    const refused = new Map(refusals().map((each) => [each.listId, each]));
    return lists.map((list) => {
      const { id } = list;
      return listStatus(list, byList.get(id), chosen.get(id), refused.get(id), nowMs);
    });
  }

  function configured(listId: string): HotList {
    const list = lists.find(({ id }) => id === listId);
    if (list !== undefined) return list;
    const ids = lists.map(({ id }) => id).join(', ');
    throw new Problem(
      `no hot list "${listId}" is configured: ${ids === '' ? 'hotlist.lists is empty' : `the lists are ${ids}`}`,
    );
  }

  /** Runs a task in a thread after those before it. */
  function enqueue(task: () => HotlistTask): Promise<ImportResult | null> {
    const done = queue.then(() => {
      if (closed) throw new Error('the hot lists are closing; the import was not started');
      return perform(task());
    });
    queue = done.catch(() => undefined);
    return done;
  }

  async function perform(task: HotlistTask): Promise<ImportResult | null> {
    await using thread = createThread<HotlistHandlers>(
      new URL('./import-worker.ts', import.meta.url),
      { ended: 'the import was stopped; the old list stays in use' },
    );
    running = thread;
    try {
      return await thread.call('perform', task);
    } finally {
      running = undefined;
    }
  }

  async function importFile(request: ImportRequest): Promise<ImportResult> {
    const list = configured(request.listId);
    const result = await enqueue(() => ({
      kind: 'import',
      path,
      list,
      rules,
      request,
      nowMs: clock(),
      limits: ageLimits(),
    }));
    if (result === null) throw new Error('an import returned no result');
    if (!result.dryRun) {
      const { listId, entries, rejected, asOf, ms } = result;
      log.info({ list: listId, entries, rejected, asOf, ms: Math.round(ms) }, 'hot list imported');
      look();
    }
    return result;
  }

  let seen = fingerprint(status());
  function look(): void {
    const current = status();
    const now = fingerprint(current);
    if (now === seen) return;
    seen = now;
    events.emit('changed', current);
  }

  /** Unreadable local entries must not stop the matching of lists. */
  function matchLocal(query: MatchQuery): HitMatch[] {
    try {
      return options.local?.match(query) ?? [];
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'the local hot plates could not be matched');
      return [];
    }
  }

  let sweeping = false;
  function maintain(): void {
    if (closed || sweeping || !needsSweep(db, ageLimits())) return;
    sweeping = true;
    enqueue(() => ({ kind: 'sweep', path, limits: ageLimits(), waits: false }))
      // Usually another process's import, which sweeps as well; tried again later.
      .catch((error) => log.debug({ reason: messageOf(error) }, 'hot list sweep postponed'))
      .finally(() => {
        sweeping = false;
      });
  }

  const timers: NodeJS.Timeout[] = [];
  const opened = open.move();

  const match = (query: MatchQuery): HitMatch[] => {
    const matches = matcher.match(query);
    const local = matchLocal(query);
    return local.length === 0 ? matches : [...matches, ...local].sort(compareMatches);
  };

  return {
    start() {
      timers.push(setInterval(look, lookEveryMs).unref());
      if (options.maintain === false) return;
      maintain();
      timers.push(setInterval(maintain, maintainEveryMs).unref());
    },
    match,
    probe: () => void match({ plate: '0', characters: [], alternatives: [], state: null }),
    status,
    importFile,
    entries(listId, { offset, limit, plate }) {
      const { id } = configured(listId);
      if (plate === undefined) return page.all(id, limit, offset).map(hotEntryOf);
      const rows = byKey.all(id, canonicalKey(normalisePlate(plate)));
      return rows.slice(offset, offset + limit).map(hotEntryOf);
    },
    setEnabled(listId, enabled, by) {
      choices.set(configured(listId).id, { enabled, by, atMs: clock() });
      matcher.refresh();
      look();
    },
    async deleteList(listId) {
      const { id } = configured(listId);
      const entries = generations().find((each) => each.listId === id)?.entries ?? 0;
      retire.run(id);
      matcher.refresh();
      look();
      await enqueue(() => ({ kind: 'sweep', path, limits: null, waits: true }));
      return entries;
    },
    on(event, listener) {
      events.on(event, listener);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const timer of timers) clearInterval(timer);
      await running?.[Symbol.asyncDispose]();
      await queue;
      opened.dispose();
    },
  };
}

function fingerprint(lists: ListStatus[]): string {
  return JSON.stringify(
    lists.map(({ id, state, asOf, importedAt, chosen, problem }) => [
      id,
      state,
      asOf,
      importedAt,
      chosen,
      problem,
    ]),
  );
}
