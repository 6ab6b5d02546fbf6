import type { UnitMode } from '../../config/sections/unit.ts';
import type { Database } from '../../platform/database.ts';
import { namedSpan } from '../../platform/local-time.ts';
import { barImmigration } from '../gate/bar-immigration.ts';
import type { Operation } from '../gate/operation.ts';
import type { Policy } from '../policy/policy.ts';
import type { Hold, Holds } from './holds.ts';
import { endlessRows } from './keep-times.ts';
import { nearPurge } from './near-purge.ts';
import {
  type HoldWithReach,
  liftHold,
  listHolds,
  noteRetentionReview,
  purgeNow,
  setHold,
  showRetention,
} from './operations.ts';
import type { Retention } from './retention.ts';
import { createReview } from './review.ts';

/** Operations to look at retention, order a purge and record a review, on this unit. */
export function retentionOperations(deps: {
  db: Database;
  retention: Retention;
  holds: Holds;
  policy: Policy;
  mode: UnitMode;
  nowMs: number;
}): Operation[] {
  const { retention, holds, policy } = deps;
  const review = createReview({ ...deps, retention: policy.retention });

  return [
    showRetention.does((_, { nowMs }) => ({
      ...retention.health(),
      edgeStore: policy.retention.edgeStore,
      spans: retention.spans(),
      endless: endlessRows(policy.retention),
      review: review.state(nowMs),
      nearPurge: nearPurge({ ...deps, retention: policy.retention, nowMs }),
      holds: holds.list({ lifted: false }).length,
    })),
    purgeNow.does(({ olderThanDays, head }) =>
      retention.run(olderThanDays === undefined ? undefined : { olderThanDays, head }),
    ),
    noteRetentionReview.does((_, { nowMs }) => review.reviewed(nowMs)),
  ];
}

/** Operations to set, lift and list holds (RET-10), on this unit. */
export function holdOperations(deps: {
  holds: Holds;
  immigration: Policy['immigration'];
}): Operation[] {
  const { holds, immigration } = deps;
  const withReach = async (hold: Hold): Promise<HoldWithReach> => ({
    ...hold,
    reach: await holds.reach(hold),
    span: hold.scope.kind === 'area' ? namedSpan(hold.scope.from, hold.scope.to) : null,
  });

  return [
    setHold.does(async ({ scope, reason }, { actor, inquiry, nowMs }) => {
      barImmigration(immigration, [
        { field: 'the reason', text: reason },
        { field: 'the case number', text: scope.kind === 'case' ? scope.caseNumber : null },
      ]);
      const caseNumber = inquiry?.caseNumber ?? (scope.kind === 'case' ? scope.caseNumber : null);
      const hold = holds.set({ scope, reason, caseNumber, by: actor.name, nowMs });
      if (scope.kind === 'detections' && caseNumber !== null) {
        holds.putToCase(caseNumber, scope.detectionIds, actor.account);
      }
      return withReach(hold);
    }),
    liftHold.does(({ id, why }, { actor, nowMs }) =>
      holds.lift({ id, why, by: actor.name, nowMs }),
    ),
    listHolds.does(async ({ lifted }) => {
      const list: HoldWithReach[] = [];
      for (const hold of holds.list({ lifted })) list.push(await withReach(hold));
      return list;
    }),
  ];
}
