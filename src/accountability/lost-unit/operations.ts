import { z } from 'zod';
import { type Operation, operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { LostUnit } from './lost-unit.ts';

const reason = z.string().trim().min(3).max(500);

/** Locking and wiping by someone on the unit itself; headquarters does both by a command (BRE-1). */
export function lostUnitOperations(deps: { breach: LostUnit; unitId: string }): Operation[] {
  const { breach, unitId } = deps;
  return [
    operation({
      name: 'unit.lock',
      http: { method: 'POST', path: '/unit/lock' },
      permission: 'accounts.change',
      category: 'System',
      inquiry: false,
      effect: 'change',
      input: z.strictObject({ reason }),
      object: () => `unit ${unitId}`,
      run(input, { actor }) {
        breach.lock({ by: actor.name, reason: input.reason });
        return { locked: true };
      },
    }),
    operation({
      name: 'unit.wipe',
      http: { method: 'POST', path: '/unit/wipe' },
      permission: 'retention.purge',
      category: 'System',
      inquiry: false,
      effect: 'change',
      input: z.strictObject({
        reason,
        unit: z.string().describe('The id of the unit, typed again'),
      }),
      object: () => `unit ${unitId}`,
      run(input, { actor }) {
        if (input.unit !== unitId) {
          throw new Refusal(
            409,
            'other-unit',
            `This unit is ${unitId}, not ${input.unit}: nothing was wiped.`,
          );
        }
        // It waits for headquarters to take the report, which may be longer than a person waits.
        void breach.wipe({ by: actor.name, reason: input.reason }).catch(() => {});
        return { wiping: true };
      },
    }),
  ];
}
