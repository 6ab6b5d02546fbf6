import { ReasonCodes } from 'mqtt';
import { codeOf } from '../platform/problem.ts';

/** How a connection ended that was up. */
export interface ConnectionEnd {
  /** Who ended it; `network`: an error, or nothing came any more. */
  by: 'broker' | 'network' | 'us';
  /** The reason code of the broker's DISCONNECT (MQTT 5); null if it gave none. */
  reason: number | null;
}

/** MQTT 5: another client has connected under this client id. */
export const sessionTakenOver = 0x8e;
/** MQTT 5: the packet is larger than the broker accepts. */
export const packetTooLarge = 0x95;

/** PUBACK of MQTT 5: unspecified, implementation specific. */
const noWord = new Set<unknown>([0x80, 0x83]);

/**
 * Whether a broker that refused a message may have passed it on: RabbitMQ 4 answers so where one of the queues that it goes
 * to is on a lost node, and gives it to the others.
 */
export const isUnconfirmed = (error: unknown): boolean => noWord.has(codeOf(error));

/** The words of a reason code of MQTT 5. */
export function reasonText(code: number): string {
  return ReasonCodes[code as keyof typeof ReasonCodes] ?? `reason ${code}`;
}
