import { z } from 'zod';
import type { SuspensionZone } from '../../config/sections/suspension.ts';
import { listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { beforeTime, byId, nothing } from '../gate/input-fields.ts';
import type { CourtOrder } from './court-order.ts';

/** The longest that an order can be entered for, days; a longer one is entered again. */
export const longestOrderDays = 60;

export const enterCourtOrder = change({
  name: 'capture.order',
  http: { method: 'POST', path: '/capture/orders' },
  permission: 'capture.order',
  category: 'Configuration Change',
  inquiry: true,
  input: z.strictObject({
    number: z.string().trim().min(2).max(64).describe('Number of the order or warrant'),
    court: z.string().trim().min(3).max(120),
    zones: z.array(z.string().trim().min(1)).min(1).describe('The zones that it covers'),
    until: beforeTime.describe('A day: to its end'),
  }),
  answer: record<CourtOrder>(),
});

export const endCourtOrder = change({
  name: 'capture.end-order',
  http: { method: 'POST', path: '/capture/orders/:id/end' },
  permission: 'capture.order',
  category: 'Configuration Change',
  input: byId,
  answer: record<CourtOrder>(),
  object: ({ id }) => `court order ${id}`,
});

/** A zone of the configuration, and where it is in words. */
export type ShownZone = SuspensionZone & { where: string };

export const listSuspendedZones = look({
  name: 'capture.zones',
  http: { method: 'GET', path: '/capture/zones' },
  permission: 'policy.read',
  category: 'Configuration Change',
  input: nothing,
  answer: listOf<ShownZone>(),
  results: (zones) => zones.length,
});

export const listCourtOrders = look({
  name: 'capture.orders',
  http: { method: 'GET', path: '/capture/orders' },
  permission: 'policy.read',
  category: 'Configuration Change',
  input: nothing,
  answer: listOf<CourtOrder>(),
  results: (orders) => orders.length,
});
