import { z } from 'zod';
import { type Operation, operation } from '../gate/operation.ts';
import { holdScopeSchema } from './hold.ts';
import type { Hold, HoldReach, Holds } from './holds.ts';

const words = z.string().trim().min(3).max(1000);

/** A hold with what it keeps at this moment. */
export interface HoldWithReach extends Hold {
  reach: HoldReach;
}

/** Setting, lifting and listing holds (RET-10). */
export function holdOperations({ holds }: { holds: Holds }): Operation[] {
  const withReach = async (hold: Hold): Promise<HoldWithReach> => ({
    ...hold,
    reach: await holds.reach(hold),
  });

  return [
    operation({
      name: 'holds.set',
      http: { method: 'POST', path: '/holds' },
      permission: 'holds.set',
      category: 'Hold',
      inquiry: true,
      effect: 'change',
      input: z.strictObject({
        scope: holdScopeSchema,
        reason: words.describe('Why it is kept: discovery request, evidence in a case'),
      }),
      object: ({ scope }) => `hold by ${scope.kind}`,
      async run({ scope, reason }, { actor, inquiry, nowMs }) {
        const caseNumber = inquiry?.caseNumber ?? (scope.kind === 'case' ? scope.caseNumber : null);
        const hold = holds.set({ scope, reason, caseNumber, by: actor.name, nowMs });
        if (scope.kind === 'detections' && caseNumber !== null) {
          holds.putToCase(caseNumber, scope.detectionIds);
        }
        return withReach(hold);
      },
      results: (hold) => hold.reach.detections,
    }),
    operation({
      name: 'holds.lift',
      http: { method: 'POST', path: '/holds/:id/lift' },
      permission: 'holds.lift',
      category: 'Hold',
      inquiry: true,
      effect: 'change',
      input: z.strictObject({ id: z.uuid(), why: words }),
      object: ({ id }) => `hold ${id}`,
      run: ({ id, why }, { actor, nowMs }) => holds.lift({ id, why, by: actor.name, nowMs }),
    }),
    operation({
      name: 'holds.list',
      http: { method: 'GET', path: '/holds' },
      permission: 'holds.read',
      category: 'Hold',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({ lifted: z.stringbool().or(z.boolean()).default(false) }),
      async run({ lifted }) {
        const list: HoldWithReach[] = [];
        for (const hold of holds.list({ lifted })) list.push(await withReach(hold));
        return list;
      },
      results: (list) => list.length,
    }),
  ];
}
