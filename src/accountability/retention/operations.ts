import { z } from 'zod';
import type { NamedSpan } from '../../platform/local-time.ts';
import { listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { flag, nothing } from '../gate/input-fields.ts';
import type { Role } from '../gate/permissions.ts';
import type { Official } from '../officials/official.ts';
import type { Policy } from '../policy/policy.ts';
import { holdScopeSchema } from './hold.ts';
import type { Hold, HoldReach } from './holds.ts';
import type { NearPurge } from './near-purge.ts';
import type { PurgePreview } from './preview.ts';
import type { PurgeRun } from './purge-runs.ts';
import type { RetentionHealth } from './retention.ts';
import type { ReviewState } from './review.ts';
import type { DataSource } from './sources.ts';

/** How long data is kept, and what will be deleted soon. */
export interface RetentionStatus extends RetentionHealth {
  edgeStore: Policy['retention']['edgeStore'];
  sources: DataSource[];
  /** Picture files of all sources. */
  pictures: { files: number; bytes: number };
  /** Rows of the policy without a longest time: their data is never deleted for its age. */
  endless: string[];
  review: ReviewState;
  nearPurge: NearPurge[];
  holds: number;
  /** The Custodian of Records today; null if nobody is entered. */
  custodian: Official | null;
  /** Roles that may purge. */
  mayPurge: Role[];
}

/** A hold, and how much it covers now; with the span of its times, if it is of an area. */
export interface HoldWithReach extends Hold {
  reach: HoldReach;
  span: NamedSpan | null;
}

const words = z.string().trim().min(3).max(1000);
const days = z.coerce.number<number | string>().min(0).max(100_000);

export const showRetention = look({
  name: 'retention.status',
  http: { method: 'GET', path: '/retention' },
  permission: 'retention.read',
  category: 'Purge',
  input: nothing,
  answer: record<RetentionStatus>(),
});

const ordered = {
  olderThanDays: days
    .optional()
    .describe('Also purge acknowledged data older than this; never below the minimum'),
  head: z.string().min(1).max(64).optional().describe('Only data of this source'),
  mode: z
    .enum(['mobile', 'fixed'])
    .optional()
    .describe('At headquarters: only data of cars (mobile) or of poles (fixed)'),
};
const isOfAge = (order: { olderThanDays?: unknown; head?: unknown; mode?: unknown }) =>
  (order.head === undefined && order.mode === undefined) || order.olderThanDays !== undefined;
const ageIsMissing = {
  path: ['olderThanDays'],
  message: 'give the age too when only one source is meant',
};

/** What a purge with the same input would delete now. */
export const previewPurge = look({
  name: 'retention.preview',
  http: { method: 'GET', path: '/retention/preview' },
  permission: 'retention.purge',
  category: 'Purge',
  input: z.strictObject(ordered).refine(isOfAge, ageIsMissing),
  answer: record<PurgePreview>(),
  results: ({ goes }) => goes.reduce((sum, { detections }) => sum + detections, 0),
});

export const purgeNow = change({
  name: 'retention.run',
  http: { method: 'POST', path: '/retention/run' },
  permission: 'retention.purge',
  category: 'Purge',
  input: z
    .strictObject({
      ...ordered,
      decision: words.optional().describe('Why it is no longer needed'),
      decidedBy: z.string().trim().min(3).max(200).optional().describe('Who decided it'),
    })
    .refine(isOfAge, ageIsMissing)
    .refine(
      ({ olderThanDays, decision }) => olderThanDays === undefined || decision !== undefined,
      {
        path: ['decision'],
        message: 'say why data is no longer needed before its longest time',
      },
    )
    .refine(
      ({ olderThanDays, decidedBy }) => olderThanDays === undefined || decidedBy !== undefined,
      { path: ['decidedBy'], message: 'say who decided it: the custodian, by name' },
    ),
  answer: record<PurgeRun>().nullable().describe('null: nothing is due'),
});

export const noteRetentionReview = change({
  name: 'retention.reviewed',
  http: { method: 'POST', path: '/retention/reviewed' },
  permission: 'retention.purge',
  category: 'Configuration Change',
  input: z.strictObject({ note: words.describe('Result of the review') }),
  answer: record<ReviewState>(),
});

export const setHold = change({
  name: 'holds.set',
  http: { method: 'POST', path: '/holds' },
  permission: 'holds.set',
  category: 'Hold',
  inquiry: true,
  input: z.strictObject({
    scope: holdScopeSchema,
    reason: words.describe('Why it is kept: discovery request, evidence in a case'),
    caseNumber: z
      .string()
      .trim()
      .min(1)
      .max(64)
      .optional()
      .describe('The case for which it is kept; by default that of the purpose'),
  }),
  answer: record<HoldWithReach>(),
  object: ({ scope }) => `hold by ${scope.kind}`,
  results: ({ reach }) => reach.detections,
});

export const liftHold = change({
  name: 'holds.lift',
  http: { method: 'POST', path: '/holds/:id/lift' },
  permission: 'holds.lift',
  category: 'Hold',
  inquiry: true,
  input: z.strictObject({ id: z.uuid(), why: words }),
  answer: record<Hold>(),
  object: ({ id }) => `hold ${id}`,
});

export const listHolds = look({
  name: 'holds.list',
  http: { method: 'GET', path: '/holds' },
  permission: 'holds.read',
  category: 'Hold',
  input: z.strictObject({ lifted: flag.default(false) }),
  answer: listOf<HoldWithReach>(),
  results: (holds) => holds.length,
});
