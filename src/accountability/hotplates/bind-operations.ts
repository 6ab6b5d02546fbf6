import { isWildcard, normaliseListedPlate } from '../../hotlist/plate-text.ts';
import type { Operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { ShownHotPlate } from './hot-plate.ts';
import type { HotPlates } from './hot-plates.ts';
import {
  approveHotPlate,
  changeHotPlate,
  enterHotPlate,
  listAwaiting,
  listHotPlates,
  listReminders,
  lookUpPastReads,
  previewWildcards,
  refreshHotPlate,
  refuseHotPlate,
  removeHotPlate,
  renewHotPlate,
  reportRecovered,
  showHotPlate,
} from './operations.ts';

/** What people do with hot plates, on this unit. */
export function hotPlateOperations(deps: {
  hotPlates: HotPlates;
  place: 'unit' | 'headquarters';
}): Operation[] {
  const { hotPlates, place } = deps;
  /** A unit counted its own reads alone when the entry was made there; headquarters has those of all units. */
  const withAllReads = async <Entry extends ShownHotPlate>(
    entry: Entry,
    nowMs: number,
  ): Promise<Entry> =>
    place === 'unit' || entry.pastReads === null
      ? entry
      : { ...entry, pastReads: await hotPlates.countWouldMatch(entry, nowMs) };

  return [
    enterHotPlate.does((draft, { actor, nowMs }) => hotPlates.enter(draft, actor, nowMs)),
    approveHotPlate.does((input, { actor, nowMs }) => hotPlates.approve(input, actor, nowMs)),
    refuseHotPlate.does((input, { actor, nowMs }) => hotPlates.refuse(input, actor, nowMs)),
    changeHotPlate.does((input, { actor, nowMs }) => hotPlates.change(input, actor, nowMs)),
    renewHotPlate.does((input, { actor, nowMs }) => hotPlates.renew(input, actor, nowMs)),
    refreshHotPlate.does(({ id }, { actor, nowMs }) => hotPlates.refresh(id, actor, nowMs)),
    removeHotPlate.does((input, { actor, nowMs }) => hotPlates.remove(input, actor, nowMs)),
    reportRecovered.does((input, { actor, nowMs }) => hotPlates.recovered(input, actor, nowMs)),
    listHotPlates.does((input, { nowMs }) => hotPlates.list(input.states, nowMs)),
    listAwaiting.does(async ({ id }, { actor, nowMs }) => {
      const entries =
        id === undefined
          ? hotPlates.awaiting(actor, nowMs)
          : hotPlates.list(['draft', 'awaiting'], nowMs).filter((entry) => entry.id === id);
      const shown: ShownHotPlate[] = [];
      for (const entry of entries) shown.push(await withAllReads(entry, nowMs));
      return shown;
    }),
    showHotPlate.does(async (input, { nowMs }) => {
      const shown = hotPlates.show(input.id, nowMs);
      return { ...shown, entry: await withAllReads(shown.entry, nowMs) };
    }),
    previewWildcards.does(({ plate }, { nowMs }) => {
      const listed = normalised(plate);
      if (isWildcard(listed)) return hotPlates.pastReads(listed, nowMs);
      throw new Refusal(
        400,
        'whole-plate',
        'A preview needs a plate with ? or *. For a whole plate, hotplates.past-reads shows whether it was read before.',
      );
    }),
    lookUpPastReads.does(({ plate }, { nowMs }) => hotPlates.pastReads(normalised(plate), nowMs)),
    listReminders.does(({ all }, { actor, nowMs }) => {
      if (all && !actor.permissions.has('hotplates.delete-any')) {
        throw new Refusal(
          403,
          'not-yours',
          "You may see reminders of your own entries only; leave out 'all'.",
        );
      }
      return hotPlates.reminders(all ? null : actor.account, nowMs);
    }),
  ];
}

function normalised(typed: string): string {
  const listed = normaliseListedPlate(typed);
  if ('plate' in listed) return listed.plate;
  throw new Refusal(400, 'bad-plate', `The plate ${listed.unusable}.`);
}
