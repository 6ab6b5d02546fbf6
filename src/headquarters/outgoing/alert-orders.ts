import type { AlertStep } from '../../accountability/verification/alert-step.ts';
import type { AlertUpdate } from '../../accountability/verification/alert-update.ts';
import { statusOf } from '../../accountability/verification/status-of-update.ts';
import type { WaitingMessage } from '../../outbox/outbox.ts';
import type { Hit } from '../../records/detection.ts';
import type { Link } from '../../uplink/link.ts';
import { everyUnit, type OrderTopic, unitTopic } from '../../uplink/topics.ts';

/** What people at headquarters do about an alert, on its way to the unit whose alert it is. */
export function createAlertOrders(deps: {
  unit: { agency: string; id: string };
  hitOf: (id: string) => Hit | undefined;
  link: Pick<Link, 'publish'>;
}) {
  const { unit, hitOf, link } = deps;
  const updateOf = ({ json }: WaitingMessage) => JSON.parse(json) as AlertUpdate;
  const publish = (whom: string, topic: OrderTopic, body: object) =>
    link.publish(unitTopic(unit.agency, whom, topic), JSON.stringify(body), { qos: 1 });

  return {
    /** The unit that must have it; null if it is nothing to any unit. */
    unitOf: (message: WaitingMessage): string | null =>
      message.topic === 'alert' ? (hitOf(updateOf(message).hitId)?.unit ?? null) : null,
    /** Resolves once the broker has it. The first time all units are told of it, too. */
    async send(message: WaitingMessage, to: string, isFirst: boolean): Promise<void> {
      const update = updateOf(message);
      const step: AlertStep = { id: message.id, from: unit.id, update };
      await publish(to, 'alert-step', step);
      const hit = hitOf(update.hitId);
      const told = isFirst && hit !== undefined ? statusOf(update, hit) : null;
      if (told !== null) await publish(everyUnit, 'alert-status', told);
    },
  };
}
