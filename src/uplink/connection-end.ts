import { ReasonCodes } from 'mqtt';

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

/** The words of a reason code of MQTT 5. */
export function reasonText(code: number): string {
  return ReasonCodes[code as keyof typeof ReasonCodes] ?? `reason ${code}`;
}
