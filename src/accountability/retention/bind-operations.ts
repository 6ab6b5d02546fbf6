import type { UnitMode } from '../../config/sections/unit.ts';
import type { Database } from '../../platform/database.ts';
import { namedSpan } from '../../platform/local-time.ts';
import { countImages } from '../../records/record-counts.ts';
import { barImmigration } from '../gate/bar-immigration.ts';
import type { Operation } from '../gate/operation.ts';
import { roles } from '../gate/permissions.ts';
import type { Officials } from '../officials/officials.ts';
import type { Policy } from '../policy/policy.ts';
import type { Hold, Holds } from './holds.ts';
import { endlessRows } from './keep-times.ts';
import { nearPurge } from './near-purge.ts';
import {
  type HoldWithReach,
  liftHold,
  listHolds,
  noteRetentionReview,
  previewPurge,
  purgeNow,
  setHold,
  showRetention,
} from './operations.ts';
import type { PurgeOrder, Retention } from './retention.ts';
import { createReview } from './review.ts';
import { dataSources } from './sources.ts';

/** An age, and a source, as a person gave them or not. */
type AskedPurge = { [Key in keyof PurgeOrder]?: PurgeOrder[Key] | undefined };

/** Operations to look at retention, order a purge and record a review, on this unit. */
export function retentionOperations(deps: {
  db: Database;
  retention: Retention;
  holds: Holds;
  policy: Policy;
  officials: Pick<Officials, 'on'>;
  /** The camera heads that are set up. */
  cameras: readonly string[];
  mode: UnitMode;
  nowMs: number;
}): Operation[] {
  const { db, retention, holds, policy, officials, cameras, mode } = deps;
  const orderOf = ({ olderThanDays, head, mode: of }: AskedPurge): PurgeOrder | undefined =>
    olderThanDays === undefined ? undefined : { olderThanDays, head, mode: of };
  const review = createReview({ ...deps, retention: policy.retention });

  return [
    showRetention.does(async (_, { nowMs }) => ({
      ...retention.health(),
      edgeStore: policy.retention.edgeStore,
      sources: await dataSources({
        ...{ db, mode, cameras, retention: policy.retention, isHeld: holds.isHeld },
      }),
      pictures: countImages(db),
      endless: endlessRows(policy.retention),
      review: review.state(nowMs),
      nearPurge: nearPurge({ ...deps, retention: policy.retention, nowMs }),
      holds: holds.list({ lifted: false }).length,
      custodian: officials.on('custodian', nowMs),
      mayPurge: roles.filter((role) => policy.roles[role]?.includes('retention.purge') === true),
    })),
    previewPurge.does((order) => retention.preview(orderOf(order))),
    purgeNow.does((order) => retention.run(orderOf(order))),
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
    setHold.does(async ({ scope, reason, caseNumber: given }, { actor, inquiry, nowMs }) => {
      barImmigration(immigration, [
        { field: 'the reason', text: reason },
        { field: 'the case number', text: scope.kind === 'case' ? scope.caseNumber : null },
        { field: 'the case number', text: given ?? null },
      ]);
      const ofScope = scope.kind === 'case' ? scope.caseNumber : null;
      const caseNumber = given ?? inquiry?.caseNumber ?? ofScope;
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
