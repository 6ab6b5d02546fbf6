import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { readAgain } from '../platform/guarded-database.ts';
import { messageOf } from '../platform/problem.ts';
import type { ListStatus } from './hit-match.ts';
import { listStatus } from './list-age.ts';
import { createListRemovals } from './list-removals.ts';
import type { HotList } from './list-rules.ts';
import { createListSwitches } from './list-switches.ts';
import type { ListsFile } from './lists-file.ts';
import { currentGenerations, currentRefusals } from './tables.ts';

/** The states of the configured lists, in the order of the configuration. */
export interface ListStates {
  /** `fault`: why reads cannot be matched now; null if they can. Never throws: what cannot be read is a problem. */
  all(fault: string | null): ListStatus[];
  /** How many entries a list has. */
  entriesOf(listId: string): number;
}

/** Reads the states from the database. */
export function createListStates(deps: {
  db: Database;
  lists: readonly HotList[];
  file: Pick<ListsFile, 'lost'>;
  clock: Clock;
}): ListStates {
  const { db, lists, file, clock } = deps;
  const generations = currentGenerations(db);
  const refusals = currentRefusals(db);
  const choices = createListSwitches(db);
  const removals = createListRemovals(db);

  function read(fault: string | null): ListStatus[] {
    const nowMs = clock();
    const byList = new Map(generations().map((each) => [each.listId, each]));
    const chosen = choices.all();
    const removed = removals.all();
    const refused = new Map(refusals().map((each) => [each.listId, each]));
    return lists.map((list) => {
      const { id } = list;
      const facts = {
        generation: byList.get(id),
        choice: chosen.get(id),
        removal: removed.get(id),
        refusal: refused.get(id),
        lost: file.lost,
      };
      const status = listStatus(list, facts, nowMs);
      return fault === null || !status.enabled ? status : { ...status, problem: fault };
    });
  }

  return {
    all(fault) {
      try {
        return readAgain(() => read(fault));
      } catch (error) {
        const problem = `GONE, it does not alert: ${messageOf(error)}`;
        const unknown = {
          generation: undefined,
          choice: undefined,
          removal: undefined,
          refusal: undefined,
          lost: null,
        };
        return lists.map((list) => ({ ...listStatus(list, unknown, clock()), problem }));
      }
    },
    entriesOf: (listId) => generations().find((each) => each.listId === listId)?.entries ?? 0,
  };
}

/** What of the states a person sees change; their ages change all the time. */
export function fingerprint(lists: readonly ListStatus[]): string {
  return JSON.stringify(
    lists.map(({ id, state, asOf, importedAt, chosen, removed, problem }) => [
      id,
      state,
      asOf,
      importedAt,
      chosen,
      removed,
      problem,
    ]),
  );
}
