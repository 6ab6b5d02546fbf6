import { EventEmitter } from 'node:events';
import type { HotlistConfig } from '../config/sections/hotlist.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';

import { kindOf, messageOf, Problem, TemporaryProblem } from '../platform/problem.ts';
import { type CallableThread, createThread } from '../platform/thread-call.ts';
import type { HitMatch, HotEntry, ListStatus, MatchQuery } from './hit-match.ts';
import type { ImportRequest, ImportResult } from './import-result.ts';
import type { HotlistHandlers, HotlistTask } from './import-worker.ts';
import { compareMatches } from './judge-match.ts';
import { listStatus } from './list-age.ts';
import { type HotList, type HotlistPolicy, resolveLists, rowRules } from './list-rules.ts';
import { createListSwitches } from './list-switches.ts';
import { openListsFile } from './lists-file.ts';
import { createMatcher } from './matcher.ts';
import { canonicalKey, normalisePlate } from './plate-text.ts';
import { type AgeLimits, needsSweep } from './sweep.ts';
import {
  currentGenerations,
  currentRefusals,
  type EntryRow,
  entryColumns,
  hotEntryOf,
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
   *   long, the disk is full, the clock may be wrong or the unit is being stopped: the same file may be taken later;
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
  /** Emitted when the database was damaged and set aside: every list must come again. */
  on(event: 'lost', listener: () => void): void;
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
const examineEveryMs = 6 * 3_600_000;

/** Opens the hot lists, which can then be queried and changed. Throws a Problem if the database cannot be opened. */
export function createHotlist(options: HotlistOptions): Hotlist {
  const { path, config, log, clock = systemClock, believesClock = () => true } = options;
  using open = new DisposableStack();
  const file = openListsFile({
    path,
    isOwner: options.maintain !== false,
    log,
    onExchanged: () => onExchanged(),
  });
  const db = open.adopt(file.db, (own) => void own.close());
  const events = new EventEmitter<{ changed: [ListStatus[]]; lost: [] }>();
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
  /** Why the last read could not be matched; null if it could. */
  let fault: string | null = null;
  let closed = false;
  let running: CallableThread<HotlistHandlers> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  function withFault(list: ListStatus): ListStatus {
    return fault === null || !list.enabled ? list : { ...list, problem: fault };
  }

  /** A damaged database is set aside by the first try, so that the second one reads the new one. */
  function status(): ListStatus[] {
    try {
      return currentStatus();
    } catch (error) {
      return statusWithout(error);
    }
  }

  function statusWithout(error: unknown): ListStatus[] {
    try {
      return currentStatus();
    } catch {
      const problem = `GONE, it does not alert: ${messageOf(error)}`;
      const unknown = { generation: undefined, choice: undefined, refusal: undefined, lost: null };
      return lists.map((list) => ({ ...listStatus(list, unknown, clock()), problem }));
    }
  }

  function currentStatus(): ListStatus[] {
    const nowMs = clock();
    const byList = new Map(generations().map((each) => [each.listId, each]));
    const chosen = choices.all();
    const refused = new Map(refusals().map((each) => [each.listId, each]));
    return lists.map((list) => {
      const { id } = list;
      const facts = {
        generation: byList.get(id),
        choice: chosen.get(id),
        refusal: refused.get(id),
        lost: file.lost,
      };
      return withFault(listStatus(list, facts, nowMs));
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

  /** By a clock that may be wrong a list seems too old, or dated ahead: the same file may be taken later. */
  async function enqueueImport(task: () => HotlistTask): Promise<ImportResult | null> {
    try {
      return await enqueue(task);
    } catch (error) {
      if (believesClock() || !(error instanceof Problem)) throw error;
      throw new TemporaryProblem(error.message);
    }
  }

  async function perform(task: HotlistTask): Promise<ImportResult | null> {
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

  async function importFile(request: ImportRequest): Promise<ImportResult> {
    const list = configured(request.listId);
    const result = await enqueueImport(() => ({
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
    if (closed) return;
    const current = status();
    const now = fingerprint(current);
    if (now === seen) return;
    seen = now;
    events.emit('changed', current);
  }

  /** The second try reads the database that has taken the place of a damaged one. */
  function localMatches(query: MatchQuery): HitMatch[] {
    try {
      return options.local?.match(query) ?? [];
    } catch (error) {
      if (kindOf(error) !== 'damaged') throw error;
      return options.local?.match(query) ?? [];
    }
  }

  /** Unreadable local entries must not stop the matching of lists. */
  function matchLocal(query: MatchQuery): HitMatch[] {
    try {
      return localMatches(query);
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'the local hot plates could not be matched');
      return [];
    }
  }

  let sweeping = false;
  function isSweepDue(): boolean {
    try {
      return needsSweep(db, ageLimits());
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'the hot lists could not be looked through');
      return false;
    }
  }

  function maintain(): void {
    if (closed || sweeping || !isSweepDue()) return;
    sweeping = true;
    enqueue(() => ({ kind: 'sweep', path, limits: ageLimits(), waits: false }))
      // Usually another process's import, which sweeps as well; tried again later.
      .catch((error) => log.debug({ reason: messageOf(error) }, 'hot list sweep postponed'))
      .finally(() => {
        sweeping = false;
      });
  }

  function onExchanged(): void {
    matcher.refresh();
    // Not in the middle of the statement that has found the damage.
    setImmediate(() => {
      look();
      if (!closed) events.emit('lost');
    });
  }

  /** Reads the whole file, so that damage is found before a plate lies in it. */
  function examine(): void {
    if (closed) return;
    enqueue(() => ({ kind: 'examine', path })).catch((error) =>
      log.debug({ reason: messageOf(error) }, 'the hot lists could not be examined'),
    );
  }

  const timers: NodeJS.Timeout[] = [];
  const opened = open.move();

  /** Damage or a disk that does not answer must not keep the daemon from its other work. */
  function matchLists(query: MatchQuery): HitMatch[] {
    try {
      const matches = matcher.match(query);
      fault = null;
      return matches;
    } catch (error) {
      // A damaged database that was set aside has its own problem, until the lists are here again.
      if (kindOf(error) === 'damaged' && matchesNow(query)) return [];
      fault = `GONE, it does not alert: the lists cannot be matched: ${messageOf(error)}`;
      log.error({ problem: messageOf(error) }, 'a read could not be matched against the hot lists');
      return [];
    }
  }

  function matchesNow(query: MatchQuery): boolean {
    try {
      matcher.match(query);
      return true;
    } catch {
      return false;
    }
  }

  const match = (query: MatchQuery): HitMatch[] => {
    const matches = matchLists(query);
    const local = matchLocal(query);
    return local.length === 0 ? matches : [...matches, ...local].sort(compareMatches);
  };

  return {
    start() {
      timers.push(setInterval(look, lookEveryMs).unref());
      if (options.maintain === false) return;
      examine();
      maintain();
      timers.push(setInterval(maintain, maintainEveryMs).unref());
      timers.push(setInterval(examine, examineEveryMs).unref());
    },
    match,
    probe() {
      try {
        matcher.match({ plate: '0', characters: [], alternatives: [], state: null });
      } catch (error) {
        // A restart does not mend a damaged file: it is set aside, or its problem says that it cannot be.
        if (kindOf(error) !== 'damaged') throw error;
      }
    },
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
    on(event: 'changed' | 'lost', listener: (lists: ListStatus[]) => void) {
      events.on(event, listener as () => void);
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
