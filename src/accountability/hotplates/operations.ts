import { z } from 'zod';
import { listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { byId, flag } from '../gate/input-fields.ts';
import type { OperationFacts } from '../gate/operation.ts';
import { changesSchema, draftSchema } from './check-entry.ts';
import { hotPlateStates, removalOutcomes, type ShownHotPlate } from './hot-plate.ts';
import type { HotPlateWithLog, PastReads } from './hot-plates.ts';
import type { Reminder } from './reminders.ts';

// Entering, approving, changing, renewing, removing and looking at hot plates (HOT-5 to HOT-16).

const note = z.string().trim().min(3).max(500);
const states = z
  .union([z.array(z.enum(hotPlateStates)), z.string().transform((text) => text.split(','))])
  .pipe(z.array(z.enum(hotPlateStates)).min(1));
const plate = draftSchema.shape.plate.unwrap();

/** States of entries that are on the list or may still be. */
const openStates = ['draft', 'awaiting', 'active'] as const;

export const enterHotPlate = change({
  name: 'hotplates.enter',
  http: { method: 'POST', path: '/hotplates' },
  permission: 'hotplates.enter',
  category: 'Hot Plate Upload',
  input: draftSchema,
  answer: record<ShownHotPlate>(),
  query: ({ plateAgain: _, ...entered }) => entered,
});

/** An operation that changes an entry. */
function step<Input, Parsed extends { id: string }>(
  facts: Pick<OperationFacts, 'name' | 'http' | 'permission' | 'category'> & {
    input: z.ZodType<Parsed, Input>;
  },
) {
  return change({
    ...facts,
    answer: record<ShownHotPlate>(),
    object: ({ id }) => `hotplate ${id}`,
  });
}

export const approveHotPlate = step({
  name: 'hotplates.approve',
  http: { method: 'POST', path: '/hotplates/:id/approve' },
  permission: 'hotplates.approve',
  category: 'Hot Plate Upload',
  input: byId.extend({
    note: note.nullable().default(null),
    textLookedThrough: z
      .boolean()
      .default(false)
      .describe('Accept the text despite the remarks on it'),
    revision: z
      .int()
      .min(1)
      .optional()
      .describe('The one that was seen; refused if the entry was changed since'),
  }),
});

export const refuseHotPlate = step({
  name: 'hotplates.refuse',
  http: { method: 'POST', path: '/hotplates/:id/refuse' },
  permission: 'hotplates.approve',
  category: 'Hot Plate Upload',
  input: byId.extend({ note }),
});

export const changeHotPlate = step({
  name: 'hotplates.change',
  http: { method: 'POST', path: '/hotplates/:id/change' },
  permission: 'hotplates.enter',
  category: 'Hot Plate Upload',
  input: byId.extend({
    draft: changesSchema.describe('The fields to change; the others stay as they are'),
    reason: note,
  }),
});

export const renewHotPlate = step({
  name: 'hotplates.renew',
  http: { method: 'POST', path: '/hotplates/:id/renew' },
  permission: 'hotplates.enter',
  category: 'Hot Plate Upload',
  input: byId.extend({
    days: draftSchema.shape.days.describe(
      'Days that are added to the term that runs; of an ended one, from now',
    ),
    expires: draftSchema.shape.expires,
    reason: note.describe('Why the need still exists'),
  }),
});

/** Confirms that an entry is still good, where the policy asks for it (B 466.11). */
export const refreshHotPlate = step({
  name: 'hotplates.refresh',
  http: { method: 'POST', path: '/hotplates/:id/refresh' },
  permission: 'hotplates.enter',
  category: 'Hot Plate Upload',
  input: byId,
});

export const removeHotPlate = step({
  name: 'hotplates.remove',
  http: { method: 'POST', path: '/hotplates/:id/remove' },
  permission: 'hotplates.enter',
  category: 'Hot Plate Delete',
  input: byId.extend({ outcome: z.enum(removalOutcomes), note: note.nullable().default(null) }),
});

export const reportRecovered = step({
  name: 'hotplates.recovered',
  http: { method: 'POST', path: '/hotplates/:id/recovered' },
  permission: 'alerts.respond',
  category: 'Hot Plate Delete',
  input: byId.extend({ note: note.nullable().default(null) }),
});

export const listHotPlates = look({
  name: 'hotplates.list',
  http: { method: 'GET', path: '/hotplates' },
  permission: 'hotlist.browse',
  category: 'Hot List Browsing',
  inquiry: true,
  input: z.strictObject({ states: states.default([...openStates]) }),
  answer: listOf<ShownHotPlate>(),
  results: (entries) => entries.length,
});

/** What awaits the approval of this person, with its plate: whoever approves it must see it. Approving is the purpose. */
export const listAwaiting = look({
  name: 'hotplates.awaiting',
  http: { method: 'GET', path: '/hotplates/awaiting' },
  permission: 'hotplates.approve',
  category: 'Hot List Browsing',
  input: z.strictObject({ id: z.uuid().optional().describe('This entry alone') }),
  answer: listOf<ShownHotPlate>(),
  object: ({ id }) => (id === undefined ? 'hot plates that await approval' : `hotplate ${id}`),
  query: () => ({}),
  results: (entries) => entries.length,
});

export const showHotPlate = look({
  name: 'hotplates.show',
  http: { method: 'GET', path: '/hotplates/:id' },
  permission: 'hotlist.browse',
  category: 'Hot List Browsing',
  inquiry: true,
  input: byId,
  answer: record<HotPlateWithLog>(),
  object: ({ id }) => `hotplate ${id}`,
  results: () => 1,
});

/** How many past reads a plate with wildcards would have matched; POST, so that no plate appears in an address. */
export const previewWildcards = look({
  name: 'hotplates.preview',
  http: { method: 'POST', path: '/hotplates/preview' },
  permission: 'hotplates.enter',
  category: 'Detection Browsing',
  inquiry: true,
  input: z.strictObject({ plate }),
  answer: record<PastReads>(),
  results: ({ ever }) => ever,
});

/** Whether a plate was read before; POST, so that no plate appears in an address. */
export const lookUpPastReads = look({
  name: 'hotplates.past-reads',
  http: { method: 'POST', path: '/hotplates/past-reads' },
  permission: 'detections.search',
  category: 'Detection Browsing',
  inquiry: true,
  input: z.strictObject({ plate }),
  answer: record<PastReads>(),
  results: ({ ever }) => ever,
});

export const listReminders = look({
  name: 'hotplates.reminders',
  http: { method: 'GET', path: '/hotplates/reminders' },
  permission: 'hotplates.enter',
  category: 'Hot List Browsing',
  input: z.strictObject({ all: flag.default(false) }),
  answer: listOf<Reminder>(),
  results: (reminders) => reminders.length,
});
