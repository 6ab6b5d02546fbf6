import { EventEmitter } from 'node:events';
import type { HotlistConfig } from '../config/sections/hotlist.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { kindOf, Problem } from '../platform/problem.ts';
import type { EntriesFile } from './entries-file.ts';
import { asOfEntries } from './entries-list.ts';
import type { HitMatch, HotEntry, ListStatus, MatchQuery } from './hit-match.ts';
import type { ImportRequest, ImportResult } from './import-result.ts';
import { createListEntries, type EntriesPage } from './list-entries.ts';
import { createListRemovals, type ListRemoval } from './list-removals.ts';
import { type HotList, type HotlistPolicy, resolveLists, rowRules } from './list-rules.ts';
import { createListSequences, type ListSequences } from './list-sequences.ts';
import { createListStates, fingerprint } from './list-states.ts';
import { createListSwitches } from './list-switches.ts';
import { createListTasks } from './list-tasks.ts';
import { startListUpkeep } from './list-upkeep.ts';
import { createListingEnds, type ListingEnds } from './listing-end.ts';
import { openListsFile } from './lists-file.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { createSteadyMatch, type LocalEntries } from './steady-match.ts';
import type { AgeLimits } from './sweep.ts';

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
  /**
   * Writes the entries in use of a list to a file that `importFile` takes with `form: 'entries'`. Throws a Problem if there
   * are none.
   */
  writeEntries(listId: string, file: string): Promise<EntriesFile>;
  /** Entries of a list in the order of their plates; with a plate, the entries that match it. */
  entries(listId: string, page: EntriesPage): HotEntry[];
  /** Whether what alerts are of is still listed. */
  readonly listingEnds: ListingEnds;
  /** Switches a list on or off on this unit, overriding the configuration, for every process at once (HOT-15). */
  setEnabled(listId: string, enabled: boolean, by: string): void;
  /** Takes a list out of use at once and deletes its entries, and says so with who did it. Returns how many it had. */
  deleteList(listId: string, by: string): Promise<number>;
  /** The same for a list that headquarters took back from all units. */
  withdraw(request: WithdrawRequest): Promise<{ entries: number }>;
  /** Which manifests of headquarters were taken. */
  readonly sequences: ListSequences;
  /** Emitted when a list was replaced or its state changed, also by another process. */
  on(event: 'changed', listener: (lists: ListStatus[]) => void): void;
  /** Emitted when the database was damaged and set aside: every list must come again. */
  on(event: 'lost', listener: () => void): void;
}

/** A list that headquarters took back. */
export interface WithdrawRequest {
  listId: string;
  /** Who did it there, and when; null: it does not say. */
  by: string | null;
  atMs: number;
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

/** Opens the hot lists, which can then be queried and changed. Throws a Problem if the database cannot be opened. */
export function createHotlist(options: HotlistOptions): Hotlist {
  const { path, config, log, clock = systemClock, believesClock = () => true } = options;
  const isOwner = options.maintain !== false;
  using open = new DisposableStack();
  const file = openListsFile({ path, isOwner, log, onExchanged: () => onExchanged() });
  const db = open.adopt(file.db, (own) => void own.close());
  const events = new EventEmitter<{ changed: [ListStatus[]]; lost: [] }>();
  const lists = resolveLists(config.lists, options.policy);
  const rules = rowRules(options.policy);
  const matcher = createMatcher({ db, config, lists, ...rules, clock });
  const steady = createSteadyMatch({ matcher, local: options.local, log });
  const states = createListStates({ db, lists, file, clock });
  const tasks = createListTasks({ file, believesClock });
  const choices = createListSwitches(db);
  const entries = createListEntries(db);
  const listingEnds = createListingEnds(db, clock);
  const removals = createListRemovals(db);
  const maxAges = new Map(lists.map((list) => [list.id, list.maxAgeH]));
  const ageLimits = (): AgeLimits | null =>
    isOwner && believesClock() ? { nowMs: clock(), maxAges } : null;
  const status = () => states.all(steady.fault);
  const opened = open.move();
  const working = new DisposableStack();
  let seen = fingerprint(status());

  /** Tells of states that changed, also by another process. */
  function look(): void {
    if (working.disposed) return;
    const current = status();
    const now = fingerprint(current);
    if (now === seen) return;
    seen = now;
    events.emit('changed', current);
  }

  async function remove(listId: string, removal: ListRemoval): Promise<number> {
    const { id } = configured(lists, listId);
    const count = states.entriesOf(id);
    removals.remove(id, removal);
    matcher.refresh();
    look();
    await tasks.run(() => ({ kind: 'sweep', path, limits: null, waits: true }));
    return count;
  }

  function onExchanged(): void {
    matcher.refresh();
    // Not in the middle of the statement that has found the damage.
    setImmediate(() => {
      look();
      if (!working.disposed) events.emit('lost');
    });
  }

  return {
    start() {
      working.adopt(setInterval(look, lookEveryMs).unref(), clearInterval);
      if (isOwner) working.use(startListUpkeep({ db, path, tasks, ageLimits, log }));
    },
    match: steady.match,
    probe: () => probe(matcher),
    status,
    async importFile(request) {
      const own = configured(lists, request.listId);
      const list = request.form === 'entries' ? asOfEntries(own) : own;
      const result = await tasks.runImport(() => ({
        kind: 'import',
        path,
        list,
        rules,
        request,
        nowMs: clock(),
        limits: ageLimits(),
      }));
      if (!result.dryRun) {
        logImport(log, result);
        look();
      }
      return result;
    },
    writeEntries: (listId, file) =>
      tasks.writeEntries(() => ({
        ...{ kind: 'write-entries', path, file },
        listId: configured(lists, listId).id,
      })),
    listingEnds,
    entries: (listId, page) => entries(configured(lists, listId).id, page),
    setEnabled(listId, enabled, by) {
      choices.set(configured(lists, listId).id, { enabled, by, atMs: clock() });
      matcher.refresh();
      look();
    },
    deleteList: (listId, by) => remove(listId, { by, atMs: clock(), from: 'here' }),
    withdraw: async ({ listId, by, atMs }) => ({
      entries: await remove(listId, { by, atMs, from: 'headquarters' }),
    }),
    sequences: createListSequences(db),
    on(event: 'changed' | 'lost', listener: (lists: ListStatus[]) => void) {
      events.on(event, listener as () => void);
    },
    async [Symbol.asyncDispose]() {
      working.dispose();
      await tasks.close();
      opened.dispose();
    },
  };
}

function configured(lists: readonly HotList[], listId: string): HotList {
  const list = lists.find(({ id }) => id === listId);
  if (list !== undefined) return list;
  const ids = lists.map(({ id }) => id).join(', ');
  throw new Problem(
    `no hot list "${listId}" is configured: ${ids === '' ? 'hotlist.lists is empty' : `the lists are ${ids}`}`,
  );
}

function probe(matcher: Matcher): void {
  try {
    matcher.match({ plate: '0', characters: [], alternatives: [], state: null });
  } catch (error) {
    // A restart does not mend a damaged file: it is set aside, or its problem says that it cannot be.
    if (kindOf(error) !== 'damaged') throw error;
  }
}

function logImport(log: Log, { listId, entries, rejected, asOf, ms }: ImportResult): void {
  log.info({ list: listId, entries, rejected, asOf, ms: Math.round(ms) }, 'hot list imported');
}
