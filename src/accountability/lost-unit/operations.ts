import { z } from 'zod';
import { change, look } from '../gate/definition.ts';
import { byId } from '../gate/input-fields.ts';

// Locking and wiping by someone on the unit itself; headquarters does both by a command (BRE-1). The room adds the
// unit's id to the audit record.

const reason = z.string().trim().min(3).max(500);

export const lockUnit = change({
  name: 'unit.lock',
  http: { method: 'POST', path: '/unit/lock' },
  permission: 'accounts.change',
  category: 'System',
  input: z.strictObject({ reason }),
  answer: z.object({ locked: z.literal(true) }),
});

export const wipeUnit = change({
  name: 'unit.wipe',
  http: { method: 'POST', path: '/unit/wipe' },
  permission: 'retention.purge',
  category: 'System',
  input: z.strictObject({
    reason,
    unit: z.string().describe('The id of the unit, typed again'),
  }),
  answer: z.object({ wiping: z.literal(true) }),
});

const told = z.object({
  id: z.uuid(),
  /** Headquarters' computer has it; somebody there must still order what is wished. */
  received: z.boolean(),
});

/** Another unit was lost: asks the people at headquarters to lock or wipe it. Nothing happens until they order it. */
export const reportLostUnit = change({
  name: 'unit.report-lost',
  http: { method: 'POST', path: '/unit/lost-reports' },
  permission: 'errors.report',
  category: 'System',
  input: z.strictObject({
    unit: z
      .string()
      .trim()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is not the id of a unit, like car-7')
      .describe('The id of the lost unit'),
    wish: z.enum(['lock', 'wipe']),
    reason,
  }),
  answer: told,
  object: ({ unit }) => `unit ${unit}`,
});

/** Whether headquarters' computer has such a report. */
export const showLostReport = look({
  name: 'unit.lost-report',
  http: { method: 'GET', path: '/unit/lost-reports/:id' },
  permission: 'errors.report',
  category: 'System',
  input: byId,
  answer: told,
});
