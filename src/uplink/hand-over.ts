import type { Outbox, WaitingMessage } from '../outbox/outbox.ts';
import type { Log } from '../platform/log.ts';
import { codeOf, kindOf, messageOf } from '../platform/problem.ts';
import type { BrokerLimits, OnWire } from './broker-limits.ts';
import { isUnconfirmed, packetTooLarge } from './connection-end.ts';
import type { Flight, Flights } from './flights.ts';
import type { Link } from './link.ts';
import { messagePayload } from './message-payload.ts';
import type { Sender } from './messages.ts';
import type { Repeats } from './repeats.ts';
import { unitTopic } from './topics.ts';

/** PUBACK of MQTT 5, whatever is tried: topic name invalid, payload format invalid. */
const neverTaken = new Set([0x90, 0x99]);
/** PUBACK of MQTT 5: not authorised. A broker of 3.1.1 drops such a message without a word. */
const notAuthorised = 0x87;

/** Counts of what was handed over since the start. */
export interface HandOverFigures {
  /** Publishes including repeats, and the number of repeats. */
  sent: number;
  resent: number;
  /** Images whose file was missing. */
  lost: number;
  /** Images that were sent as smaller copies, for the broker's limit; each try counts. */
  reduced: number;
}

/**
 * Hands messages to the broker: makes the payload, publishes it, and waits for the broker's answer. What the broker does
 * not take goes smaller the next time, or is set aside.
 */
export function createHandOver(deps: {
  outbox: Outbox;
  link: Link;
  flights: Flights;
  repeats: Repeats;
  limits: BrokerLimits;
  sender: Sender;
  dataDir: string;
  log: Log;
}) {
  const { outbox, link, flights, repeats, limits, sender, dataDir, log } = deps;
  /** The kinds of topics that the broker's rules do not let this unit write. */
  const denied = new Set<string>();
  const figures: HandOverFigures = { sent: 0, resent: 0, lost: 0, reduced: 0 };

  const limitNow = (): number => Math.min(link.maximumPacketSize, limits.limit());

  /** The row's image was just shed, with its row; or its file is missing, and then nothing can be sent. */
  const loseImage = (id: string, error: unknown): void => {
    if (outbox.find(id)) {
      log.error({ problem: messageOf(error), image: id }, 'an image could not be sent');
      outbox.remove(id);
      figures.lost += 1;
    }
    flights.land(id);
  };

  const setAside = (id: string): void => {
    log.error({ message: id }, 'the broker does not take a message; it is set aside');
    outbox.setAside([id]);
    flights.land(id);
  };

  const notTaken = ({ id, bytes }: OnWire, isTold: boolean): void => {
    const flight = flights.find(id);
    if (!flight) return;
    const isForSize = limits.learn({ id, bytes }, isTold);
    log.warn({ message: id, bytes, limit: limits.limit() }, 'the broker does not take a message');
    flight.tries = 0;
    if (isForSize) flights.again(flight);
    else setAside(id);
  };

  const afterFailure = (flight: Flight, error: unknown, kind: string): void => {
    const { id } = flight;
    const code = codeOf(error);
    if (code === notAuthorised) denied.add(kind);
    if (code === packetTooLarge) notTaken(flight, true);
    else if (typeof code === 'number' && neverTaken.has(code)) setAside(id);
    else if (!link.connected) flights.again(flight);
    else if (isUnconfirmed(error)) repeats.handedOver(flight);
    else {
      // The broker refused it (quota, rights), or its image could not be read: wait as for an unanswered one, so that
      // the pump does not loop.
      log.warn({ problem: messageOf(error), message: id }, 'a message could not be sent');
      repeats.handedOver(flight);
    }
  };

  /** Publishes the message, and waits until the broker answers or the wait is given up. */
  const publish = async (flight: Flight, topic: string, data: string | Buffer): Promise<void> => {
    const { id } = flight;
    const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<'given-up'>();
    flight.giveUp = () => giveUp('given-up');
    const sending = link.publish(topic, data, { qos: 1 });
    if ((await Promise.race([sending, givenUp])) === 'given-up') {
      // The connection's end still rejects it.
      sending.catch(() => {});
      log.warn({ message: id, bytes: flight.bytes }, 'the broker does not answer a message');
      return;
    }
    flights.answered(flight);
    limits.taken(id);
  };

  return {
    figures: (): HandOverFigures => ({ ...figures }),
    /** The largest packet that passes, as the broker says or as was found; infinity if no limit is known. */
    limit: limitNow,
    denied: (): string[] => [...denied].sort(),
    /**
     * The broker does not take this message (`isTold`: it says that it is too large): an image goes smaller the next time,
     * anything else is set aside.
     */
    notTaken,
    /** Hands one over. Resolves when its place on the wire is free again. */
    async send(row: WaitingMessage, flight: Flight): Promise<void> {
      const { id } = row;
      const topic = unitTopic(sender.agency, sender.unit, row.topic);
      const [kind = ''] = row.topic.split('/');
      try {
        const payload = await messagePayload(row, { sender, topic, dataDir, limit: limitNow() });
        if (payload === null) {
          setAside(id);
          return;
        }
        figures.sent += 1;
        if (flight.tries > 1) figures.resent += 1;
        if (payload.isReduced) figures.reduced += 1;
        flights.enterWire(flight, payload.bytes);
        await publish(flight, topic, payload.data);
        denied.delete(kind);
        repeats.handedOver(flight);
      } catch (error) {
        if (kindOf(error) === 'missing') loseImage(id, error);
        else if (flights.find(id) === flight) afterFailure(flight, error, kind);
      } finally {
        flights.leaveWire(flight);
      }
    },
  };
}
