import type { Operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Search } from '../search/search.ts';
import type { Canvasses } from './canvasses.ts';
import { beginCanvass, endCanvass, joinCanvass, listCanvasses, showCanvass } from './operations.ts';

/** Canvasses, on this unit (CAP-12). */
export function canvassOperations(deps: {
  canvasses: Canvasses;
  search: Pick<Search, 'ask'>;
}): Operation[] {
  const { canvasses, search } = deps;
  return [
    beginCanvass.does((input, { actor, inquiry }) => {
      const { caseNumber = null, incidentNumber = null } = inquiry ?? {};
      if (caseNumber === null && incidentNumber === null) {
        const words = 'A canvass belongs to a case (--case) or an incident (--incident). Give one.';
        throw new Refusal(400, 'case-missing', words);
      }
      return canvasses.begin({ ...input, caseNumber, incidentNumber }, actor.name);
    }),
    joinCanvass.does(({ id }, { actor, inquiry }) =>
      canvasses.join(id, inquiry?.caseNumber ?? inquiry?.incidentNumber ?? '', actor.name),
    ),
    endCanvass.does((_, { actor }) => canvasses.end(actor.name)),
    listCanvasses.does(() => canvasses.list()),
    showCanvass.does(async ({ id }) => {
      const canvass = canvasses.get(id);
      return { canvass, ...(await search.ask('canvass', { id })) };
    }),
  ];
}
