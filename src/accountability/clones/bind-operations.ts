import type { Operation } from '../gate/operation.ts';
import type { Search } from '../search/search.ts';
import type { CloneFindingRows } from './finding-rows.ts';
import { judgeClone, listClones, openClone } from './operations.ts';

/** At headquarters: what people do with plates that were read in two places. */
export function cloneOperations({
  rows,
  search,
}: {
  rows: CloneFindingRows;
  search: Pick<Search, 'ask'>;
}): Operation[] {
  return [
    listClones.does((asked) => rows.list(asked)),
    openClone.does(async ({ id }) => {
      const { pairs, ...finding } = rows.open(id);
      return { ...finding, pairs: await search.ask('pairs', { pairs }) };
    }),
    judgeClone.does(({ id, verdict, note }, { actor, nowMs }) =>
      rows.judge(id, { verdict, note: note ?? null, by: actor.name, atMs: nowMs }),
    ),
  ];
}
