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
  [{ ...whole, hitIds: ['x'] }, 'hit ids[0]: is not an id; give it in full, as a list shows it'],
  [{ ...whole, at: 'noon' }, 'at: is not a time; write it like 2026-11-21T06:00:00Z'],
  [
    { ...whole, answer: 'x', reason: '' },
    'answer: give one of yes, no; reason: give at least 3 characters',
  ],
])('a fault of an input is told in words: %#', (given, words) => {
  const { error } = schema.safeParse(given);
  expect(error && faultWords(error)).toBe(words);
});
