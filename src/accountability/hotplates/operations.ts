import { z } from 'zod';
import { isWildcard, normaliseListedPlate } from '../../hotlist/plate-text.ts';
import { type Operation, operation, type Written } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import { changesSchema, draftSchema } from './check-entry.ts';
import { type HotPlate, hotPlateStates, removalOutcomes } from './hot-plate.ts';
import type { HotPlates, PastReads } from './hot-plates.ts';
import type { Reminder } from './reminders.ts';

const entryId = z.uuid();
const note = z.string().trim().min(3).max(500);
const states = z
  .union([z.array(z.enum(hotPlateStates)), z.string().transform((text) => text.split(','))])
  .pipe(z.array(z.enum(hotPlateStates)).min(1));

/** States of entries that are on the list or may still be. */
const openStates = ['draft', 'awaiting', 'active'] as const;

/** An operation that changes an entry. */
function step<Input extends { id: string }, Output>(
  given: Pick<Written<Input, Output>, 'name' | 'http' | 'permission' | 'input' | 'run'>,
): Operation {
  return operation({
    ...{ category: 'Hot Plate Upload', inquiry: false, effect: 'change' },
    object: ({ id }) => `hotplate ${id}`,
    ...given,
  });
}

/** Entering, approving, changing, renewing, removing and looking at hot plates (HOT-5 to HOT-16). */
export function hotPlateOperations(deps: { hotPlates: HotPlates }): Operation[] {
  const { hotPlates } = deps;

  return [
    operation({
      name: 'hotplates.enter',
      http: { method: 'POST', path: '/hotplates' },
      permission: 'hotplates.enter',
      category: 'Hot Plate Upload',
      inquiry: false,
      effect: 'change',
      input: draftSchema,
      query: ({ plateAgain: _, ...entered }) => entered,
      run: (draft, { actor, nowMs }) => hotPlates.enter(draft, actor, nowMs),
    }),
    step({
      name: 'hotplates.approve',
      http: { method: 'POST', path: '/hotplates/:id/approve' },
      permission: 'hotplates.approve',
      input: z.strictObject({
        id: entryId,
        note: note.nullable().default(null),
        textLookedThrough: z
          .boolean()
          .default(false)
          .describe('Accept the text despite the remarks on it'),
      }),
      run: (input, { actor, nowMs }) => hotPlates.approve(input, actor, nowMs),
    }),
    step({
      name: 'hotplates.refuse',
      http: { method: 'POST', path: '/hotplates/:id/refuse' },
      permission: 'hotplates.approve',
      input: z.strictObject({ id: entryId, note }),
      run: (input, { actor, nowMs }) => hotPlates.refuse(input, actor, nowMs),
    }),
    step({
      name: 'hotplates.change',
      http: { method: 'POST', path: '/hotplates/:id/change' },
      permission: 'hotplates.enter',
      input: z.strictObject({
        id: entryId,
        draft: changesSchema.describe('The fields to change; the others stay as they are'),
        reason: note,
      }),
      run: (input, { actor, nowMs }) => hotPlates.change(input, actor, nowMs),
    }),
    step({
      name: 'hotplates.renew',
      http: { method: 'POST', path: '/hotplates/:id/renew' },
      permission: 'hotplates.enter',
      input: z.strictObject({
        id: entryId,
        days: draftSchema.shape.days,
        expires: draftSchema.shape.expires,
        reason: note.describe('Why the need still exists'),
      }),
      run: (input, { actor, nowMs }) => hotPlates.renew(input, actor, nowMs),
    }),
    operation({
      name: 'hotplates.remove',
      http: { method: 'POST', path: '/hotplates/:id/remove' },
      permission: 'hotplates.enter',
      category: 'Hot Plate Delete',
      inquiry: false,
      effect: 'change',
      input: z.strictObject({
        id: entryId,
        outcome: z.enum(removalOutcomes),
        note: note.nullable().default(null),
      }),
      object: ({ id }) => `hotplate ${id}`,
      run: (input, { actor, nowMs }) => hotPlates.remove(input, actor, nowMs),
    }),
    operation({
      name: 'hotplates.recovered',
      http: { method: 'POST', path: '/hotplates/:id/recovered' },
      permission: 'alerts.respond',
      category: 'Hot Plate Delete',
      inquiry: false,
      effect: 'change',
      input: z.strictObject({ id: entryId, note: note.nullable().default(null) }),
      object: ({ id }) => `hotplate ${id}`,
      run: (input, { actor, nowMs }) => hotPlates.recovered(input, actor, nowMs),
    }),
    operation({
      name: 'hotplates.list',
      http: { method: 'GET', path: '/hotplates' },
      permission: 'hotlist.browse',
      category: 'Hot List Browsing',
      inquiry: true,
      effect: 'look',
      input: z.strictObject({ states: states.default([...openStates]) }),
      results: (entries: HotPlate[]) => entries.length,
      run: (input, { nowMs }) => hotPlates.list(input.states, nowMs),
    }),
    operation({
      name: 'hotplates.show',
      http: { method: 'GET', path: '/hotplates/:id' },
      permission: 'hotlist.browse',
      category: 'Hot List Browsing',
      inquiry: true,
      effect: 'look',
      input: z.strictObject({ id: entryId }),
      object: ({ id }) => `hotplate ${id}`,
      results: () => 1,
      run: (input, { nowMs }) => hotPlates.show(input.id, nowMs),
    }),
    operation({
      name: 'hotplates.preview',
      http: { method: 'GET', path: '/hotplates/preview' },
      permission: 'hotplates.enter',
      category: 'Detection Browsing',
      inquiry: true,
      effect: 'look',
      input: z.strictObject({ plate: draftSchema.shape.plate.unwrap() }),
      results: ({ ever }: PastReads) => ever,
      run({ plate }, { nowMs }) {
        const listed = normalised(plate);
        if (isWildcard(listed)) return hotPlates.pastReads(listed, nowMs);
        throw new Refusal(
          400,
          'whole-plate',
          'A preview needs a plate with ? or *. For a whole plate, hotplates.past-reads shows whether it was read before.',
        );
      },
    }),
    operation({
      name: 'hotplates.past-reads',
      http: { method: 'GET', path: '/hotplates/past-reads' },
      permission: 'detections.search',
      category: 'Detection Browsing',
      inquiry: true,
      effect: 'look',
      input: z.strictObject({ plate: draftSchema.shape.plate.unwrap() }),
      results: ({ ever }: PastReads) => ever,
      run: ({ plate }, { nowMs }) => hotPlates.pastReads(normalised(plate), nowMs),
    }),
    operation({
      name: 'hotplates.reminders',
      http: { method: 'GET', path: '/hotplates/reminders' },
      permission: 'hotplates.enter',
      category: 'Hot List Browsing',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({ all: z.stringbool().or(z.boolean()).default(false) }),
      results: (reminders: Reminder[]) => reminders.length,
      run({ all }, { actor, nowMs }) {
        if (all && !actor.permissions.has('hotplates.delete-any')) {
          throw new Refusal(
            403,
            'not-yours',
            "You may see reminders of your own entries only; leave out 'all'.",
          );
        }
        return hotPlates.reminders(all ? null : actor.account, nowMs);
      },
    }),
  ];
}

function normalised(typed: string): string {
  const listed = normaliseListedPlate(typed);
  if ('plate' in listed) return listed.plate;
  throw new Refusal(400, 'bad-plate', `The plate ${listed.unusable}.`);
}
