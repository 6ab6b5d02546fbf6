import type { Operation } from '../gate/operation.ts';
import { personOf } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import type { LostUnit } from './lost-unit.ts';
import { lockUnit, reportLostUnit, showLostReport, wipeUnit } from './operations.ts';

/** Operations to lock and wipe this unit, and to tell headquarters that another is lost. */
export function lostUnitOperations(deps: { breach: LostUnit; unitId: string }): Operation[] {
  const { breach, unitId } = deps;
  const object = () => `unit ${unitId}`;
  return [
    lockUnit.does(
      ({ reason }, { actor }) => {
        breach.lock({ by: actor.name, reason });
        return { locked: true };
      },
      { object },
    ),
    wipeUnit.does(
      (input, { actor }) => {
        if (input.unit !== unitId) {
          throw new Refusal(
            409,
            'other-unit',
            `This unit is ${unitId}, not ${input.unit}: nothing was wiped.`,
          );
        }
        // Not awaited: the wipe waits until headquarters acknowledges the report, which may take longer than a person
        // waits.
        void breach.wipe({ by: actor.name, reason: input.reason }).catch(() => {});
        return { wiping: true };
      },
      { object },
    ),
    reportLostUnit.does((other, { actor }) => ({
      id: breach.reportOther(other, personOf(actor)),
      received: false,
    })),
    showLostReport.does(({ id }) => ({ id, received: breach.isReceived(id) })),
  ];
}
