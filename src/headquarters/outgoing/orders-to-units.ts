import type { KeyObject } from 'node:crypto';
import { signCommand } from '../../accountability/lost-unit/command.ts';
import { type OrderMessage, orderTopic } from '../../accountability/lost-unit/unit-orders.ts';
import type { WaitingMessage } from '../../outbox/outbox.ts';
import type { Link } from '../../uplink/link.ts';
import { unitTopic } from '../../uplink/topics.ts';
import type { createAlertOrders } from './alert-orders.ts';

/** What people at headquarters do that one unit must know: about an alert of its, or about the unit itself, which is lost. */
export function createOrdersToUnits(deps: {
  unit: { agency: string; id: string };
  alerts: ReturnType<typeof createAlertOrders>;
  link: Pick<Link, 'publish'>;
  /** Headquarters' key, which signs what a unit is ordered. */
  key: KeyObject;
}) {
  const { unit, alerts, link, key } = deps;
  const orderOf = ({ topic, json }: WaitingMessage): OrderMessage | null =>
    topic === orderTopic ? (JSON.parse(json) as OrderMessage) : null;

  return {
    /** The unit that must have it; null if it is nothing to any unit. */
    unitOf: (message: WaitingMessage): string | null =>
      orderOf(message)?.unit ?? alerts.unitOf(message),
    /** Resolves once the broker has it, which keeps an order for the unit until that is back. */
    async send(message: WaitingMessage, to: string, isFirst: boolean): Promise<void> {
      const order = orderOf(message);
      if (order === null) return alerts.send(message, to, isFirst);
      const { command } = order;
      const whose = { agency: unit.agency, unit: to };
      const text = command === null ? '' : JSON.stringify(signCommand(command, whose, key));
      const topic = unitTopic(unit.agency, to, 'command');
      await link.publish(topic, text, { qos: 1, retain: true });
    },
    /** What withdraws an order: no unit answers to it. */
    isForBroker: (message: WaitingMessage): boolean => orderOf(message)?.command === null,
  };
}
