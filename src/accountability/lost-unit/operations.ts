import { z } from 'zod';
import { record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { byId, nothing } from '../gate/input-fields.ts';
import type { AskedOrder, UnitOrder } from './unit-orders.ts';
import type { UnitRevocation } from './unit-revocations.ts';

// Locking and wiping by someone on the unit itself, and, at headquarters, by a command to another (BRE-1). For the former
// the room adds the unit's id to the audit record.

const reason = z.string().trim().min(3).max(500);
const unitId = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is not the id of a unit, like car-7');

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
    unit: unitId.describe('The id of the lost unit'),
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

/** At headquarters: locks a unit that is lost, or unlocks it again. It obeys when it next has a link. */
export const orderLock = change({
  name: 'units.order-lock',
  http: { method: 'POST', path: '/units/:unit/lock-orders' },
  permission: 'accounts.change',
  category: 'System',
  input: z.strictObject({
    unit: unitId.describe('The id of the unit'),
    deed: z.enum(['lock', 'unlock']),
    reason,
  }),
  answer: record<UnitOrder>(),
  object: ({ unit }) => `unit ${unit}`,
});

/** Of what nothing brings back: the id is typed again. */
const finalDeed = z.strictObject({
  unit: unitId.describe('The id of the unit'),
  again: z.string().trim().describe('The id of the unit, typed again'),
  reason,
});

/** At headquarters: destroys everything on a unit that is lost, as soon as it has a link. */
export const orderWipe = change({
  name: 'units.order-wipe',
  http: { method: 'POST', path: '/units/:unit/wipe-orders' },
  permission: 'retention.purge',
  category: 'System',
  input: finalDeed,
  answer: record<UnitOrder>(),
  object: ({ unit }) => `unit ${unit}`,
});

/** At headquarters: revokes the certificates of a unit that is lost, so that the broker lets it in no more. */
export const revokeUnit = change({
  name: 'units.revoke',
  http: { method: 'POST', path: '/units/:unit/revocations' },
  permission: 'accounts.change',
  category: 'System',
  input: finalDeed,
  answer: record<UnitRevocation>(),
  object: ({ unit }) => `unit ${unit}`,
});

/** At headquarters: what was asked for and ordered, and what units have obeyed; whose certificates are revoked. */
export const listUnitOrders = look({
  name: 'units.orders',
  http: { method: 'GET', path: '/units/orders' },
  permission: 'accounts.change',
  category: 'System',
  input: nothing,
  answer: record<{ orders: UnitOrder[]; asked: AskedOrder[]; revocations: UnitRevocation[] }>(),
});
