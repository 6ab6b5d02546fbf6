import type { Operation } from '../gate/operation.ts';
import { personOf } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import type { LostUnit } from './lost-unit.ts';
import {
  listUnitOrders,
  lockUnit,
  orderLock,
  orderWipe,
  reportLostUnit,
  revokeUnit,
  showLostReport,
  wipeUnit,
} from './operations.ts';
import type { UnitOrders } from './unit-orders.ts';
import type { UnitRevocations } from './unit-revocations.ts';

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

/** At headquarters: orders to units that are lost, and the end of their certificates. */
export function unitOrderOperations(deps: {
  orders: UnitOrders;
  revocations: UnitRevocations;
}): Operation[] {
  const { orders, revocations } = deps;
  return [
    orderLock.does(({ unit, deed, reason }, { actor }) =>
      orders.order({ unit, kind: deed, reason }, actor.name),
    ),
    orderWipe.does(({ unit, again, reason }, { actor }) => {
      refuseOther(unit, again);
      return orders.order({ unit, kind: 'wipe', reason }, actor.name);
    }),
    revokeUnit.does(({ unit, again, reason }, { actor }) => {
      refuseOther(unit, again);
      return revocations.order({ unit, reason }, actor.name);
    }),
    listUnitOrders.does(() => ({
      orders: orders.list(),
      asked: orders.asked(),
      revocations: revocations.list(),
    })),
  ];
}

/** Throws a Refusal where the id that was typed again is another. */
function refuseOther(unit: string, again: string): void {
  if (again === unit) return;
  throw new Refusal(
    409,
    'other-unit',
    `The unit is ${unit}, and ${again} was typed: nothing is ordered.`,
  );
}
