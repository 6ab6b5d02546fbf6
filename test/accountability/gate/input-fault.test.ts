import { expect, it } from 'vitest';
import { z } from 'zod';
import { faultWords } from '../../../src/accountability/gate/input-fault.ts';

const schema = z.strictObject({
  id: z.uuid(),
  answer: z.enum(['yes', 'no']),
  caseNumber: z.string(),
  reason: z.string().trim().min(3),
  notes: z.string().min(10, 'say it in a sentence').optional(),
  hitIds: z.array(z.uuid()).default([]),
  at: z.iso.datetime().optional(),
});

const id = '0193f0a0-0000-7000-8000-000000000000';
const whole = { id, answer: 'yes', caseNumber: '26-1', reason: 'court' };

it.each([
  [{ ...whole, id: 'nope' }, 'id: is not an id; give it in full, as a list shows it'],
  [{ ...whole, answer: 'maybe' }, 'answer: give one of yes, no'],
  [{ ...whole, caseNumber: undefined }, 'case number: must be given'],
  [{ ...whole, reason: 'x' }, 'reason: give at least 3 characters'],
  [{ ...whole, notes: 'x' }, 'notes: say it in a sentence'],
  [
    { ...whole, hitIds: ['x'] },
    'hit ids, number 1: is not an id; give it in full, as a list shows it',
  ],
  [{ ...whole, at: 'noon' }, 'at: is not a time; write it like 2026-11-21T06:00:00Z'],
  [
    { ...whole, answer: 'x', reason: '' },
    'answer: give one of yes, no; reason: give at least 3 characters',
  ],
])('a fault of an input is told in words: %#', (given, words) => {
  const { error } = schema.safeParse(given);
  expect(error && faultWords(error)).toBe(words);
});

const shape = z.strictObject({
  covers: z.strictObject({
    spans: z
      .array(z.strictObject({ to: z.iso.date() }))
      .min(1)
      .max(2),
  }),
  limit: z.coerce.number<unknown>().int().min(1).max(500).default(1),
  seed: z.string().max(3).optional(),
  code: z
    .string()
    .regex(/^[a-z]+$/)
    .optional(),
  all: z.stringbool().or(z.boolean()).optional(),
  scope: z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('case') })]).optional(),
});
const covers = { spans: [{ to: '2026-01-31' }] };

it.each([
  [{ covers: { spans: [] } }, 'spans: must be given'],
  [
    { covers: { spans: [...covers.spans, { to: 'x' }] } },
    'spans, number 2, to: is not a day; write it like 2026-01-31',
  ],
  [{ covers: { spans: Array(3).fill(covers.spans[0]) } }, 'spans: give at most 2'],
  [{ covers: {} }, 'spans: must be given'],
  [{ covers, limit: 'many' }, 'limit: is not a number'],
  [{ covers, limit: 0 }, 'limit: give a number of at least 1'],
  [{ covers, limit: 501 }, 'limit: give a number of at most 500'],
  [{ covers, limit: 1.5 }, 'limit: is not a whole number'],
  [{ covers, seed: 'long' }, 'seed: give at most 3 characters'],
  [{ covers, code: 'A1' }, 'code: is not written as it must be'],
  [{ covers, all: 'maybe' }, 'all: give yes or no'],
  [{ covers, scope: { kind: 'plate' } }, 'kind: give case'],
  [{ covers, caseNumbr: 'x' }, 'there is no case numbr here; leave it out'],
])('no word of the schema reaches a person: %#', (given, words) => {
  const { error } = shape.safeParse(given);
  expect(error && faultWords(error)).toBe(words);
});
