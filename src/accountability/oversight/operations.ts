import { z } from 'zod';
import type { NamedSpan } from '../../platform/local-time.ts';
import { tableForms } from '../../platform/table-file.ts';
import { isTimeZone, timeZoneName } from '../../platform/time-zone.ts';
import { type AuditRecord, auditCategories } from '../audit/audit-record.ts';
import type { WholeVerification } from '../audit/audit-verification.ts';
import { type DeedKind, deedKinds } from '../audit/deed-kinds.ts';
import type { Deed } from '../audit/deeds.ts';
import type { UnitLogState } from '../audit/unit-records.ts';
import { file, listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { beforeTime, flag, fromTime, nothing, wholeNumber } from '../gate/input-fields.ts';
import { drawnMemo, type Memorandum, memoOfText, verdicts } from './memorandum.ts';
import type { AuditReport } from './report.ts';
import type { ReviewDue } from './review-reminders.ts';
import type { AuditSample, JudgedInquiry } from './sample.ts';
import type { ToldRecord } from './told-record.ts';

// What people do with the audit log; each look at it is itself audited as `Audit Access` (CJIS AU-2).

/** Outcomes of a record. */
export const auditOutcomes = [
  'done',
  'started',
  'refused',
  'failed',
] as const satisfies readonly AuditRecord['outcome'][];

const filter = z.strictObject({
  from: fromTime.optional(),
  to: beforeTime.optional(),
  category: z.enum(auditCategories).optional(),
  kind: z.enum(deedKinds).optional(),
  operation: z.string().max(100).optional(),
  outcome: z.enum(auditOutcomes).optional(),
  username: z.string().max(200).optional(),
  inquiry: z.uuid().optional(),
  unit: z.string().max(100).optional().describe('At headquarters: records of this unit alone'),
  plate: z
    .string()
    .max(40)
    .transform((text) => text.toUpperCase().replace(/[^A-Z0-9?*]/g, ''))
    .refine((text) => text.length >= 2, 'needs two characters or more')
    .optional()
    .describe('Records whose query names this plate, as it was typed there'),
});
const period = z.strictObject({
  from: fromTime.optional(),
  to: beforeTime.optional(),
  window: z
    .string()
    .regex(/^[1-9]\d{0,3}(d|w|mo|y)$/, 'use a length of time such as 90d, 2w, 6mo or 1y')
    .optional()
    .describe('Begin this long before `to`, instead of at `from`'),
});
const zone = z
  .string()
  .max(64)
  .default(() => timeZoneName())
  .refine(isTimeZone, 'is not a time zone; use one such as America/Los_Angeles');

/** A page of records, newest first; `next` goes on from there. */
export interface AuditPage {
  records: ToldRecord[];
  next: string | null;
  span: NamedSpan;
  /** Of the first page: what the log holds besides; null on those after it. */
  overview: AuditOverview | null;
}

/** What a reader of the log should know before the first record. */
export interface AuditOverview {
  /** How many records of each kind fit the rest of the filter: what `kind` leaves out, too. */
  kinds: Record<DeedKind, number>;
  /** Everybody whom a record names. */
  people: { username: string; name: string }[];
  /** Whose records are here, its own first; null on a unit, which has its own alone. */
  units: string[] | null;
}

/** A sample whose records have words. */
export type ToldSample = Omit<AuditSample, 'inquiries'> & {
  inquiries: (Omit<JudgedInquiry, 'looks'> & { looks: ToldRecord[] })[];
};

/** A sample with its memorandum, and that in Markdown. */
export interface SampledAudit {
  sample: ToldSample;
  memorandum: Memorandum;
  memo: string;
}

/** A memorandum, what was drawn for it, and its text in Markdown. */
export interface OpenedMemo {
  memorandum: Memorandum;
  sample: ToldSample;
  memo: string;
}

/** A report with its text in Markdown. */
export interface ReportedAudit {
  report: AuditReport;
  text: string;
}

/** The result of a purge. */
export interface PurgedAudit {
  removed: number;
  /** Everything older than this time is gone, RFC 3339. */
  before: string;
  /** The newest record removed. */
  upTo: number;
  /** The record of the decision. */
  decidedIn: number;
  /** At headquarters: how many records of the units were removed beside them; null on a unit. */
  ofUnits: number | null;
}

export const listAudit = look({
  name: 'audit.list',
  // The plate that is looked for stands in the body, not in the address.
  http: { method: 'POST', path: '/audit' },
  permission: 'audit.read',
  category: 'Audit Access',
  input: filter.extend({
    before: z.coerce
      .string<number | string>()
      .max(400)
      .optional()
      .describe(
        'Go on behind this: `next` of the page before, or on a unit the number of a record',
      ),
    limit: wholeNumber(1, 500).default(100),
  }),
  answer: record<AuditPage>(),
  results: ({ records }) => records.length,
});

export const verifyAudit = look({
  name: 'audit.verify',
  http: { method: 'GET', path: '/audit/verification' },
  permission: 'audit.read',
  category: 'Audit Access',
  input: nothing,
  answer: record<WholeVerification>(),
  results: ({ findings }) => findings.length,
});

export const listUnitLogs = look({
  name: 'audit.units',
  http: { method: 'GET', path: '/audit/units' },
  permission: 'audit.read',
  category: 'Audit Access',
  input: nothing,
  answer: listOf<UnitLogState>(),
  results: (units) => units.length,
});

/** What a sample is drawn from; the room holds `n` to the policy. */
export const sampleSchema = period.extend({
  n: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  seed: z.string().min(1).max(200).optional(),
});

export const sampleInquiries = change({
  name: 'audit.sample',
  http: { method: 'POST', path: '/audit/sample' },
  permission: 'audit.read',
  category: 'Audit Access',
  input: sampleSchema,
  answer: record<SampledAudit>(),
  object: () => drawnMemo,
  results: ({ sample }) => sample.inquiries.length,
});

const memoNumber = z.strictObject({
  number: z.coerce
    .string<number | string>()
    .trim()
    .max(80)
    .regex(
      /^(?:.+-)?\d{1,9}$/,
      'is not a memorandum; give its number, or its name such as car-7-0001',
    )
    .describe('Its number on this unit, or its name with the unit'),
});

export const listMemos = look({
  name: 'audit.memos',
  http: { method: 'GET', path: '/audit/memos' },
  permission: 'audit.read',
  category: 'Audit Access',
  input: nothing,
  answer: listOf<Memorandum>(),
  results: (memoranda) => memoranda.length,
});

export const openMemo = look({
  name: 'audit.memo',
  http: { method: 'GET', path: '/audit/memos/:number' },
  permission: 'audit.read',
  category: 'Audit Access',
  input: memoNumber,
  answer: record<OpenedMemo>(),
  object: ({ number }) => `memorandum ${memoOfText(number).number}`,
  results: ({ memorandum }) => memorandum.inquiries,
});

/** An operation that changes a memorandum. */
function memoStep<Input, Parsed extends { number: string }>(
  name: Deed & `audit.${string}`,
  path: string,
  input: z.ZodType<Parsed, Input>,
) {
  return change({
    name,
    http: { method: 'POST', path: `/audit/memos/:number/${path}` },
    permission: 'audit.read',
    category: 'Audit Access',
    input,
    answer: record<Memorandum>(),
    object: ({ number }) => `memorandum ${memoOfText(number).number}`,
  });
}

/** The auditor's own verdict on one drawn inquiry; a later one takes its place until the memorandum is final. */
export const judgeInquiry = memoStep(
  'audit.judge',
  'verdicts',
  memoNumber.extend({
    inquiry: wholeNumber(1, 1000).describe('Its number in the memorandum'),
    verdict: z.enum(verdicts),
    note: z.string().trim().min(3).max(1000).describe('What was looked into, and why it is so'),
  }),
);

export const finishMemo = memoStep('audit.finish', 'finish', memoNumber);

export const fileMemo = memoStep(
  'audit.file',
  'file',
  memoNumber.extend({
    where: z.string().trim().min(3).max(200).describe('Where the memorandum and its papers are'),
  }),
);

export const reportUse = look({
  name: 'audit.report',
  http: { method: 'POST', path: '/audit/report' },
  permission: 'audit.read',
  category: 'Audit Access',
  input: period.extend({ zone }),
  answer: record<ReportedAudit>(),
  results: ({ report }) => report.unusual.length,
});

export const listReviewsDue = look({
  name: 'audit.due',
  http: { method: 'GET', path: '/audit/due' },
  permission: 'audit.read',
  category: 'Audit Access',
  input: nothing,
  answer: listOf<ReviewDue>(),
  results: (due) => due.length,
});

export const exportAudit = look({
  name: 'audit.export',
  http: { method: 'POST', path: '/audit/export' },
  permission: 'audit.read',
  category: 'Audit Access',
  input: filter.extend({ as: z.enum(tableForms).default('csv'), utc: flag.default(false) }),
  answer: file,
  results: ({ records }) => records ?? null,
});

export const purgeAudit = change({
  name: 'audit.purge',
  http: { method: 'POST', path: '/audit/purge' },
  permission: 'audit.manage',
  category: 'Purge',
  input: z.strictObject({
    before: fromTime.describe('Records older than this are removed; of a day, older than the day'),
    decision: z
      .string()
      .trim()
      .min(20)
      .max(1000)
      .describe('Why they are no longer needed for administrative, legal or audit purposes'),
    decidedBy: z.string().trim().min(3).max(200).describe('Who decided it'),
  }),
  answer: record<PurgedAudit>(),
  results: ({ removed, ofUnits }) => removed + (ofUnits ?? 0),
});
