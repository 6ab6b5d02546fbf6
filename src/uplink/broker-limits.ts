import { type ConnectionEnd, packetTooLarge } from './connection-end.ts';

/** A message that was on the wire: the bytes of its packet. */
export interface OnWire {
  id: string;
  bytes: number;
}

/** Smaller messages are not told apart by their size. */
const smallBytes = 16 * 1024;
/** Limits that brokers have: the next lower one is tried when a message of some size did not pass. */
const usualLimits = [4096, 2048, 1024, 512, 256, 128, 64, 32, 16].map((kib) => kib * 1024);
/** What was learned is forgotten after this long: the broker may have been set otherwise. */
const forgetAfterMs = 86_400_000;
/**
 * Reasons of a DISCONNECT that a message may be the cause of: unspecified, malformed, protocol error, the broker's own,
 * not authorized, topic invalid, too large, format invalid, no retain, no such QoS.
 */
const byMessage = new Set([0x80, 0x81, 0x82, 0x83, 0x87, 0x90, packetTooLarge, 0x99, 0x9a, 0x9b]);

/** This often a message was on the wire when the broker closed: from then on it is sent alone. */
const suspectFrom = 2;
/** This often, and alone on the wire in one of them, or two if it is small: it is the cause. */
const culpritFrom = 3;
const aloneFrom = { large: 1, small: 2 };

/** What a broker was found not to take. */
export type BrokerLimits = ReturnType<typeof createBrokerLimits>;

/**
 * Learns which messages a broker does not take where it does not say so: one that closes the connection whenever a
 * message is sent (MQTT 3.1.1 has no other way) or gives an answer that ends the connection, as none of MQTT's (mosquitto
 * 2.0.11 with `message_size_limit`), and one that drops it without a word.
 */
export function createBrokerLimits() {
  let learned = Number.POSITIVE_INFINITY;
  let learnedAtMs = 0;
  /** Largest packet that headquarters has acknowledged: this size passes. */
  let passed = 0;
  const isUnproved = (bytes: number): boolean => bytes > Math.max(smallBytes, passed);
  const seen = new Map<string, { closes: number; alone: number }>();

  const limitNow = (): number => {
    if (performance.now() - learnedAtMs > forgetAfterMs) learned = Number.POSITIVE_INFINITY;
    return learned;
  };

  return {
    /** Largest packet that may pass, as far as was learned. */
    limit: limitNow,
    /** The broker took it. */
    taken: (id: string): void => void seen.delete(id),
    /** Headquarters has it. */
    acknowledged(bytes: number): void {
      passed = Math.max(passed, bytes);
    },
    /** Whether a packet of this size may be lost for its size. */
    isUnproved,
    /** Messages that were on the wire when the connection ended, and are not known to be taken. */
    suspects: (): number => seen.size,
    /** Whether it must be alone on the wire, so that another close shows whether it is the cause. */
    isSuspect: (id: string): boolean => (seen.get(id)?.closes ?? 0) >= suspectFrom,
    /** The connection ended. Returns the message that was the cause; null if none is known to be. */
    ended(end: ConnectionEnd, onWire: readonly OnWire[]): OnWire | null {
      const largest = onWire.toSorted((one, other) => other.bytes - one.bytes)[0];
      if (end.by === 'us' || !largest) return null;
      if (end.reason === packetTooLarge) return largest;
      if (end.reason !== null && !byMessage.has(end.reason)) return null;
      for (const { id } of onWire) {
        const { closes, alone } = seen.get(id) ?? { closes: 0, alone: 0 };
        seen.set(id, { closes: closes + 1, alone: alone + (onWire.length === 1 ? 1 : 0) });
      }
      const { closes = 0, alone = 0 } = seen.get(largest.id) ?? {};
      const isLarge = isUnproved(largest.bytes);
      // A bad network says nothing about a message, but that a large one may need to be smaller.
      if (end.by === 'network' && !isLarge) return null;
      // Once a limit was found by the size, the next lower one is found more quickly.
      const from = isLarge && limitNow() < Number.POSITIVE_INFINITY ? suspectFrom : culpritFrom;
      return closes >= from && alone >= aloneFrom[isLarge ? 'large' : 'small'] ? largest : null;
    },
    /**
     * A message did not pass. Returns whether that is for its size (`isTold`: the broker says so), and then keeps to a
     * lower limit; otherwise the cause is something else about it.
     */
    learn({ id, bytes }: OnWire, isTold: boolean): boolean {
      seen.delete(id);
      if (bytes <= (isTold ? smallBytes : Math.max(smallBytes, passed))) return false;
      // Never up again: another message may have shown a lower limit in the meantime.
      learned = Math.min(limitNow(), usualLimits.find((limit) => limit < bytes) ?? smallBytes);
      learnedAtMs = performance.now();
      return true;
    },
    /** The broker says a limit of its own. */
    forget(): void {
      learned = Number.POSITIVE_INFINITY;
      seen.clear();
    },
  };
}
