import type { UplinkConfig } from '../config/sections/uplink.ts';

/** How the next connection is made. */
export interface ConnectionChoice {
  protocol: '5' | '3.1.1';
  /** Under a second client id, with no session kept by the broker. */
  isSpare: boolean;
}

/**
 * How a try to connect ended: `protocol-refused` by the CONNACK, `unanswered`: closed by the far end before any CONNACK,
 * `silent`: the far end kept the connection open and sent no CONNACK in time, `refused` for another reason or not reached,
 * `closed-at-subscribe` by the broker before it answered the first request.
 */
export type FailedTry =
  | 'protocol-refused'
  | 'unanswered'
  | 'silent'
  | 'refused'
  | 'closed-at-subscribe';

/** One such end may be a restart of the broker. */
const patience = 2;
/** How long a choice that was made of need stays, before the usual one is tried again. */
const defaultUsualAfterMs = 3_600_000;

/**
 * Chooses protocol and session of each connection. With `protocol: auto` it is MQTT 5, and 3.1.1 where the broker
 * refuses 5 or twice closes without an answer (RabbitMQ before 3.13). A broker that twice takes the connection and
 * closes it at the first subscription, or twice says nothing at CONNECT, cannot reach this client's session (RabbitMQ
 * 3.10 and 4.0, whose node with the session is lost): then a second client id with a clean session is used. The usual
 * choice is tried again after an hour.
 */
export function createConnectionChoice(options: {
  protocol: UplinkConfig['protocol'];
  usualAfterMs?: number;
}) {
  const { usualAfterMs = defaultUsualAfterMs } = options;
  const isFree = options.protocol === 'auto';
  let protocol: '5' | '3.1.1' = options.protocol === '3.1.1' ? '3.1.1' : '5';
  let isSpare = false;
  let unanswered = 0;
  let closedAtSubscribe = 0;
  let silent = 0;
  let leftFiveAtMs = 0;
  let leftHomeAtMs = 0;

  const leaveFive = (): void => {
    protocol = '3.1.1';
    unanswered = 0;
    leftFiveAtMs = performance.now();
  };

  const changeClientId = (): void => {
    closedAtSubscribe = 0;
    silent = 0;
    isSpare = !isSpare;
    leftHomeAtMs = performance.now();
  };

  return {
    usualAfterMs,
    /** For the next connection. */
    next(): ConnectionChoice {
      const nowMs = performance.now();
      if (isFree && protocol === '3.1.1' && nowMs - leftFiveAtMs >= usualAfterMs) protocol = '5';
      if (isSpare && nowMs - leftHomeAtMs >= usualAfterMs) isSpare = false;
      return { protocol, isSpare };
    },
    /** The broker took the connection. */
    connected(): void {
      unanswered = 0;
      silent = 0;
    },
    /** The broker answered the first subscription. */
    subscribed(): void {
      closedAtSubscribe = 0;
    },
    /** Returns whether the next connection is made another way and so need not wait. */
    failed(end: FailedTry): boolean {
      if (end === 'closed-at-subscribe') {
        closedAtSubscribe += 1;
        if (closedAtSubscribe < patience) return false;
        changeClientId();
        return true;
      }
      silent = end === 'silent' ? silent + 1 : 0;
      if (end === 'silent') {
        if (silent < patience) return false;
        changeClientId();
        return true;
      }
      if (end === 'protocol-refused' && isFree && protocol === '5') {
        leaveFive();
        return true;
      }
      unanswered = end === 'unanswered' ? unanswered + 1 : 0;
      if (end === 'unanswered') {
        if (!isFree || unanswered < patience) return false;
        if (protocol === '5') {
          leaveFive();
          return true;
        }
        // It is not the protocol: something in front of the broker answers for it, or 5 is back.
        protocol = '5';
        unanswered = 0;
        return false;
      }
      // The second id may be one that this broker's access rules do not know.
      isSpare = false;
      return false;
    },
  };
}
