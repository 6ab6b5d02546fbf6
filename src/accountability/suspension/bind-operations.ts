import { areaWords } from '../../config/area.ts';
import type { SuspensionConfig } from '../../config/sections/suspension.ts';
import type { Operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { CourtOrders } from './court-orders.ts';
import {
  endCourtOrder,
  enterCourtOrder,
  listCourtOrders,
  listSuspendedZones,
  longestOrderDays,
} from './operations.ts';

/** Court orders on capture in suspended zones, on this unit (CAP-13). */
export function captureOperations(deps: {
  orders: CourtOrders;
  config: SuspensionConfig;
}): Operation[] {
  const { orders, config } = deps;
  const names = config.zones.map(({ name }) => name);
  return [
    enterCourtOrder.does((input, { actor, inquiry, nowMs }) => {
      const unknown = input.zones.filter((zone) => !names.includes(zone));
      if (unknown.length > 0) {
        const known =
          names.length === 0 ? 'The configuration names none.' : `There is: ${names.join('; ')}.`;
        throw new Refusal(400, 'no-such-zone', `No zone is called ${unknown.join(', ')}. ${known}`);
      }
      const untilMs = Date.parse(input.until);
      if (untilMs <= nowMs) throw new Refusal(400, 'order-over', 'until: is over already');
      if (untilMs - nowMs > longestOrderDays * 86_400_000) {
        const words = `until: is more than ${longestOrderDays} days from now; enter a longer order again then`;
        throw new Refusal(400, 'order-too-long', words);
      }
      return orders.enter({
        ...input,
        by: actor.name,
        caseNumber: inquiry?.caseNumber ?? inquiry?.incidentNumber ?? null,
        reason: inquiry?.reason ?? null,
      });
    }),
    endCourtOrder.does(({ id }, { actor }) => orders.end(id, actor.name)),
    listSuspendedZones.does(() =>
      config.zones.map((zone) => ({
        ...zone,
        where: zone.area === undefined ? 'everywhere' : areaWords(zone.area),
      })),
    ),
    listCourtOrders.does(() => orders.list()),
  ];
}
