import type { Outbox } from '../outbox/outbox.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import type { BrokerLimits } from './broker-limits.ts';
import type { Flights } from './flights.ts';
import type { Ack } from './messages.ts';
import type { Repeats } from './repeats.ts';

/**
 * Takes headquarters' acknowledgements: rows leave the outbox, and what headquarters could not process is marked. Those
 * from one read of the socket are one commit.
 */
export function createAcknowledgements(deps: {
  outbox: Outbox;
  flights: Flights;
  repeats: Repeats;
  limits: BrokerLimits;
  log: Log;
  /** They are written, and others may go. */
  onSettled: () => void;
}) {
  const { outbox, flights, repeats, limits, log, onSettled } = deps;
  let acks: Ack[] = [];
  let acknowledged = 0;
  let lastAcknowledgedAtMs: number | null = null;

  const settle = (): void => {
    const batch = acks;
    acks = [];
    const ids = batch.flatMap((ack) => ack.ids);
    const refused = batch.flatMap((ack) => ack.refused ?? []);
    try {
      if (ids.length > 0) outbox.acknowledged(ids);
      if (refused.length > 0) outbox.refused(refused.map((each) => each.id));
    } catch (error) {
      // Still in the outbox, so they are sent and acknowledged again.
      log.error({ problem: messageOf(error) }, 'acknowledgements could not be written');
      return;
    }
    const landed = ids.flatMap((id) => flights.find(id) ?? []);
    const newest = Math.max(0, ...landed.map(({ first }) => first));
    for (const { bytes } of landed) limits.acknowledged(bytes);
    for (const id of ids) if (flights.land(id)) acknowledged += 1;
    for (const { id } of refused) {
      flights.land(id);
      // Its reason is not logged: headquarters may quote the message.
      log.error({ message: id }, 'headquarters refused a message');
    }
    if (ids.length > 0) lastAcknowledgedAtMs = Date.now();
    if (batch.some((ack) => ack.resend)) repeats.startOver();
    repeats.passed(newest);
    onSettled();
  };

  return {
    take(ack: Ack): void {
      if (acks.length === 0) setImmediate(settle);
      acks.push(ack);
    },
    /** Writes those that still wait. */
    finish(): void {
      if (acks.length > 0) settle();
    },
    /** Messages that were acknowledged since the start, and when the last. */
    figures: () => ({ acknowledged, lastAcknowledgedAtMs }),
  };
}
