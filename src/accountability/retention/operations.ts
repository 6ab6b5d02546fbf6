import { z } from 'zod';
import type { Database } from '../../platform/database.ts';
import { type Operation, operation } from '../gate/operation.ts';
import type { Policy } from '../policy/policy.ts';
import type { Holds } from './holds.ts';
import { type NearPurge, nearPurge } from './near-purge.ts';
import type { PurgeRun } from './purge-runs.ts';
import type { Retention, RetentionHealth } from './retention.ts';
import { createReview, type ReviewState } from './review.ts';

/** What is kept how long, and what is about to go. */
export interface RetentionStatus extends RetentionHealth {
  edgeStore: Policy['retention']['edgeStore'];
  spans: ReturnType<Retention['spans']>;
  review: ReviewState;
  nearPurge: NearPurge[];
  holds: number;
}

const days = z.coerce.number().min(0).max(100_000);

/** Looking at retention, ordering a purge, and noting a review. */
export function retentionOperations(deps: {
  db: Database;
  retention: Retention;
  holds: Holds;
  policy: Policy;
  mode: 'mobile' | 'fixed';
  nowMs: number;
}): Operation[] {
  const { retention, holds, policy } = deps;
  const review = createReview({ ...deps, retention: policy.retention });

  return [
    operation({
      name: 'retention.status',
      http: { method: 'GET', path: '/retention' },
      permission: 'retention.read',
      category: 'Purge',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({}),
      run: (_, { nowMs }): RetentionStatus => ({
        ...retention.health(),
        edgeStore: policy.retention.edgeStore,
        spans: retention.spans(),
        review: review.state(nowMs),
        nearPurge: nearPurge({ ...deps, retention: policy.retention, nowMs }),
        holds: holds.list({ lifted: false }).length,
      }),
    }),
    operation({
      name: 'retention.run',
      http: { method: 'POST', path: '/retention/run' },
      permission: 'retention.purge',
      category: 'Purge',
      inquiry: false,
      effect: 'change',
      input: z
        .strictObject({
          olderThanDays: days
            .optional()
            .describe('Also purge acknowledged data older than this; never below the minimum'),
          head: z.string().min(1).max(64).optional().describe('Only data of this camera head'),
        })
        .refine(({ olderThanDays, head }) => head === undefined || olderThanDays !== undefined, {
          path: ['olderThanDays'],
          message: 'give the age too when only one head is meant',
        }),
      run: ({ olderThanDays, head }): Promise<PurgeRun | null> =>
        retention.run(olderThanDays === undefined ? undefined : { olderThanDays, head }),
    }),
    operation({
      name: 'retention.reviewed',
      http: { method: 'POST', path: '/retention/reviewed' },
      permission: 'retention.purge',
      category: 'Configuration Change',
      inquiry: false,
      effect: 'change',
      input: z.strictObject({
        note: z.string().trim().min(3).max(1000).describe('Result of the review'),
      }),
      run: (_, { nowMs }) => review.reviewed(nowMs),
    }),
  ];
}
