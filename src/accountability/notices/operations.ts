import { z } from 'zod';
import { listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { flag, nothing, wholeNumber } from '../gate/input-fields.ts';
import type { NoticeList, Receipt, Waiting } from './notice.ts';

// Everyone reads their own notices; who read what is for those on duty. A notice holds no plate, and which ones a person
// has read is in their receipts: the log records once in a login that they were looked at.

const number = wholeNumber(1, Number.MAX_SAFE_INTEGER);

export const listNotices = look({
  name: 'notices.list',
  http: { method: 'GET', path: '/notices' },
  permission: 'signed-in',
  category: 'System',
  oncePerSession: true,
  input: z.strictObject({
    all: flag.default(false).describe('Those that were read, too'),
    limit: wholeNumber(1, 500).default(100),
  }),
  answer: record<NoticeList>(),
  results: ({ notices }) => notices.length,
});

export const readNotices = change({
  name: 'notices.read',
  http: { method: 'POST', path: '/notices/read' },
  permission: 'signed-in',
  category: 'System',
  input: z.strictObject({
    numbers: z.array(number).max(500).nullable().default(null).describe('Null: all of one’s own'),
  }),
  answer: z.object({ read: z.number() }),
  results: ({ read }) => read,
});

export const countWaiting = look({
  name: 'notices.waiting',
  http: { method: 'GET', path: '/notices/waiting' },
  permission: 'signed-in',
  category: 'System',
  oncePerSession: true,
  input: nothing,
  answer: record<Waiting>(),
  results: ({ notices, reports, decisions }) =>
    notices + reports + decisions.hotPlates + decisions.accounts + decisions.releases,
});

export const listReceipts = look({
  name: 'notices.receipts',
  http: { method: 'GET', path: '/notices/receipts' },
  permission: 'alerts.watch',
  category: 'Hit List Browsing',
  input: z.strictObject({
    kind: z.enum(['hit', 'hotplate']),
    id: z.uuid(),
  }),
  answer: listOf<Receipt>(),
  object: ({ kind, id }) => `${kind} ${id}`,
  results: (receipts) => receipts.length,
});
