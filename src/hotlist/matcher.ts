import type { HotlistConfig } from '../config/sections/hotlist.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Category, HitMatch, MatchQuery } from './hit-match.ts';
import {
  bestFirst,
  candidateKeys,
  type JudgedPlate,
  judgePartial,
  judgePlate,
  judgeStacked,
  judgeState,
  type Read,
  readOf,
  stackedReads,
  wildcardPattern,
} from './judge-match.ts';
import { listAge } from './list-age.ts';
import type { HotList } from './list-rules.ts';
import { createListSwitches, type ListSwitch } from './list-switches.ts';
import { leastNearMinP, type NearMinP, nearMinPFor } from './near-min-p.ts';
import { type EntryRow, entryColumns, hotEntryOf } from './tables.ts';

/** An entry and its list. */
type Candidate = EntryRow & { listId: string; asOfMs: number };

/** Finds the entries that a read matches. */
export interface Matcher {
  match(query: MatchQuery): HitMatch[];
  /** Call it after this connection switched lists on or off. */
  refresh(): void;
}

const candidatesOf = `
  SELECT ${entryColumns}, list_id AS listId, as_of_ms AS asOfMs FROM generation CROSS JOIN entry ON entry.generation = generation.id
  WHERE generation.state = 'active' AND entry.canonical`;

/**
 * Matches on a database that other threads and processes write. Each query is one statement, so it sees either the old
 * list or the new one. Entries with wildcards are few (`maxWildcards`) and are kept in memory until another list is put
 * into use. Switching a list on or off takes effect at the next query.
 */
export function createMatcher(deps: {
  db: Database;
  config: NearMinP & Pick<HotlistConfig, 'stateCertainAt'>;
  lists: readonly HotList[];
  deniedCategories: readonly Category[];
  clock: Clock;
}): Matcher {
  const { db, config, clock } = deps;
  const lists = new Map(deps.lists.map((list) => [list.id, list]));
  const denied = new Set(deps.deniedCategories);
  const listChoices = createListSwitches(db);
  const candidates = db.prepare<[string], Candidate>(`${candidatesOf} = ?`);
  const candidatesOfKeys = db.prepare<[string], Candidate>(
    `${candidatesOf} IN (SELECT value FROM json_each(?))`,
  );
  const activeIds = db
    .prepare<[], number>("SELECT id FROM generation WHERE state = 'active' ORDER BY id")
    .pluck();
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck();
  const leastMinP = leastNearMinP(config, deps.lists);
  let version: number | undefined;
  let active = '';
  let choices: ReadonlyMap<string, ListSwitch> = new Map();
  let wildcards: { candidate: Candidate; pattern: RegExp }[] = [];

  function refresh(): void {
    const now = dataVersion.get();
    if (now === version) return;
    version = now;
    choices = listChoices.all();
    const ids = activeIds.all().join();
    if (ids === active) return;
    active = ids;
    wildcards = candidates
      .all('')
      .map((candidate) => ({ candidate, pattern: wildcardPattern(candidate.plate) }));
  }

  function match(query: MatchQuery): HitMatch[] {
    const read = readOf(query);
    if (read.plate === '' && read.possible.size === 0) return [];
    refresh();
    const nowMs = clock();
    const matches: HitMatch[] = [];
    for (const candidate of candidatesOfKeys.all(keysOf(read))) {
      const list = usable(candidate, nowMs);
      if (list === null) continue;
      const judged = judgePlate(read, candidate.plate, {
        nearMinP: nearMinPFor(config, candidate.category, list),
        oIsZero: list.layout.letterO === 'zero',
      });
      if (judged === null || (judged.tier === 'near' && !list.near)) continue;
      matches.push(matchOf(read, candidate, list, judged, nowMs));
    }
    matches.push(...matchStacked(read, nowMs));
    for (const { candidate, pattern } of wildcards) {
      const list = usable(candidate, nowMs);
      if (list === null) continue;
      const judged = judgePartial(
        read,
        pattern,
        list.near ? nearMinPFor(config, candidate.category, list) : null,
      );
      if (judged !== null) matches.push(matchOf(read, candidate, list, judged, nowMs));
    }
    return bestFirst(matches, read);
  }

  /** The keys to look up, as a JSON array. */
  const keysOf = (read: Read) => JSON.stringify(candidateKeys(read, leastMinP));

  function matchStacked(read: Read, nowMs: number): HitMatch[] {
    const reads = stackedReads(read, config.stateCertainAt);
    if (reads.size === 0) return [];
    return candidatesOfKeys.all(JSON.stringify([...reads.keys()])).flatMap((candidate) => {
      const list = usable(candidate, nowMs);
      if (!list?.near) return [];
      const judged = judgeStacked(read, reads, candidate, config.stateCertainAt);
      return judged === null ? [] : [matchOf(read, candidate, list, judged, nowMs)];
    });
  }

  /** The candidate's list, if list and entry may alert now. */
  function usable(candidate: Candidate, nowMs: number): HotList | null {
    const list = lists.get(candidate.listId);
    if (list === undefined || !(choices.get(list.id)?.enabled ?? list.enabled)) return null;
    // The policy may be stricter than when the file was imported.
    if (denied.has(candidate.category)) return null;
    if (candidate.expiresMs !== null && candidate.expiresMs <= nowMs) return null;
    return listAge(list, candidate.asOfMs, nowMs).expired ? null : list;
  }

  function matchOf(
    read: Read,
    candidate: Candidate,
    list: HotList,
    judged: JudgedPlate,
    nowMs: number,
  ): HitMatch {
    const { id, name, type, priority } = list;
    const { ageS, old } = listAge(list, candidate.asOfMs, nowMs);
    return {
      ...judged,
      entry: hotEntryOf(candidate),
      list: { id, name, type, priority, asOf: new Date(candidate.asOfMs).toISOString(), ageS, old },
      stateAgreement: judgeState(read, candidate.state, config.stateCertainAt),
    };
  }

  return {
    match,
    refresh() {
      version = undefined;
      refresh();
    },
  };
}
