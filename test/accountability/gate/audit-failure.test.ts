import { expect, test } from 'vitest';
import { z } from 'zod';
import { record } from '../../../src/accountability/gate/answer.ts';
import { change, look } from '../../../src/accountability/gate/definition.ts';
import { openGate } from '../../support/gate.ts';

const workshop = { role: 'it_manager' } as const;
const definition = {
  permission: 'signed-in',
  category: 'System',
  input: z.strictObject({}),
  answer: record<{ orders: number }>(),
} as const;
const order = change({
  ...{ name: 'cameras.set', http: { method: 'POST', path: '/orders' } },
  ...definition,
});
const count = look({
  ...{ name: 'cameras.settings', http: { method: 'GET', path: '/orders' } },
  ...definition,
});

/** A workshop whose orders are counted. */
function openWorkshop() {
  let orders = 0;
  const opened = openGate([
    order.does(() => {
      orders += 1;
      return { orders };
    }),
    count.does(() => ({ orders })),
  ]);
  return { ...opened, orders: () => orders };
}

test('AUD-3: what cannot be recorded as begun is not done, and a look that cannot be recorded shows nothing', async () => {
  const { perform, breakAudit, orders } = openWorkshop();
  breakAudit(() => true);
  await expect(perform(workshop, order, {})).rejects.toThrow('nothing is shown or changed');
  await expect(perform(workshop, count, {})).rejects.toThrow('nothing is shown or changed');
  expect(orders()).toBe(0);
});

test('AUD-3: a change that is made, and of which only the end cannot be recorded, is not told as not made', async () => {
  const { perform, breakAudit, orders, records } = openWorkshop();
  breakAudit(({ outcome }) => outcome === 'done');
  await expect(perform(workshop, order, {})).rejects.toMatchObject({
    code: 'audit-unfinished',
    message:
      'It was done and stays, but the audit log could not record its end (the disk is full). Look whether it is there before you do it again.',
  });
  expect(orders()).toBe(1);
  expect(records.map(({ outcome }) => outcome)).toEqual(['started']);
});
