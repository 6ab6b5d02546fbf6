import { z } from 'zod';
import { listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { nothing, wholeNumber } from '../gate/input-fields.ts';
import type { OperationFacts } from '../gate/operation.ts';
import { hitReference } from './operations.ts';
import { type ReportView, reportOutcomes, reportStates } from './report.ts';

// Reports of employees, and the inbox of those who look after them (VER-12). What a report says is not in the audit log,
// which the person may read of whom a violation is reported.

const sentence = z.string().trim().min(10, 'say it in a sentence').max(4000);
const byNumber = z.strictObject({ number: wholeNumber(1, Number.MAX_SAFE_INTEGER) });

export const reportError = change({
  name: 'errors.report',
  http: { method: 'POST', path: '/reports' },
  permission: 'errors.report',
  category: 'Error Report',
  input: z.strictObject({
    kind: z.enum(['error', 'violation']),
    subject: z.string().trim().min(3).max(120),
    text: sentence,
    hitId: hitReference.optional(),
    about: z
      .string()
      .trim()
      .toLowerCase()
      .max(64)
      .optional()
      .describe('Username of the person of whom a violation is reported; they never see it'),
  }),
  answer: record<ReportView & { readers: string[] }>(),
  object: ({ kind }) => `report of ${kind === 'error' ? 'an error' : 'a violation'}`,
  query: ({ kind, hitId }) => (kind === 'error' && hitId !== undefined ? { hitId } : {}),
});

export const listOwnReports = look({
  name: 'reports.mine',
  http: { method: 'GET', path: '/reports/mine' },
  permission: 'errors.report',
  category: 'Error Report',
  input: nothing,
  answer: listOf<ReportView>(),
  results: (reports) => reports.length,
});

export const listReports = look({
  name: 'reports.list',
  http: { method: 'GET', path: '/reports' },
  permission: 'reports.read',
  category: 'Error Report',
  input: z.strictObject({
    state: z.enum([...reportStates, 'open', 'all']).default('open'),
    kind: z.enum(['error', 'violation']).optional(),
    limit: wholeNumber(1, 500).default(100),
  }),
  answer: listOf<ReportView>(),
  results: (reports) => reports.length,
});

export const openReport = look({
  name: 'reports.open',
  http: { method: 'GET', path: '/reports/:number' },
  permission: 'reports.read',
  category: 'Error Report',
  input: byNumber,
  answer: record<ReportView>(),
  object: ({ number }) => `report ${number}`,
  results: () => 1,
});

/** An operation on one report; its words stay out of the audit log. */
function step<Input, Parsed extends { number: number }>(
  facts: Pick<OperationFacts, 'name' | 'http'> & { input: z.ZodType<Parsed, Input> },
) {
  return change({
    ...facts,
    permission: 'reports.read',
    category: 'Error Report',
    answer: record<ReportView>(),
    object: ({ number }) => `report ${number}`,
    query: () => ({}),
  });
}

export const takeReport = step({
  name: 'reports.take',
  http: { method: 'POST', path: '/reports/:number/take' },
  input: byNumber,
});

export const answerReport = step({
  name: 'reports.answer',
  http: { method: 'POST', path: '/reports/:number/answer' },
  input: byNumber.extend({ text: sentence }),
});

export const closeReport = step({
  name: 'reports.close',
  http: { method: 'POST', path: '/reports/:number/close' },
  input: byNumber.extend({ outcome: z.enum(reportOutcomes), note: sentence }),
});
