import { TLSSocket } from 'node:tls';
import type { IConnackPacket, MqttClient } from 'mqtt';
import { codeOf } from '../platform/problem.ts';
import type { ConnectionEnd } from './connection-end.ts';

/** How a connection went, from the first try to its end. */
export interface Course extends ConnectionEnd {
  /** Whether the broker took it. */
  wasUp: boolean;
  /** What did not come in time: the connection, or the broker's answer to CONNECT over it; null if nothing was missed. */
  lack: 'connection' | 'answer' | null;
  error: Error | null;
  lastedMs: number;
}

/**
 * Watches one connection. `closed` resolves when it is over, and `course` says then how it went. mqtt.js reports an end in
 * several events; the course is what they say together.
 */
export function watchConnection(
  client: MqttClient,
  on: {
    onConnected(packet: IConnackPacket): void;
    onMessage(topic: string, payload: Buffer, retained: boolean): void;
    /** Whether an end is wanted by us. */
    isStopping: () => boolean;
    /** After how long we end it ourselves; null: never. */
    endAfterMs: number | null;
  },
): { closed: Promise<void>; course: () => Course } {
  const { stream } = client;
  const startedAtMs = performance.now();
  let wasUp = false;
  let error: Error | null = null;
  let reason: number | null = null;
  let byUs = false;
  let isUnreadable = false;
  let isOpen = false;
  let lack: Course['lack'] = null;
  let homeward: NodeJS.Timeout | undefined;

  stream.once(stream instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
    isOpen = true;
  });
  client.on('message', (topic, payload, { retain }) => on.onMessage(topic, payload, retain));
  client.on('connect', (packet) => {
    wasUp = true;
    if (on.endAfterMs !== null) {
      homeward = setTimeout(() => {
        byUs = true;
        client.end();
      }, on.endAfterMs).unref();
    }
    on.onConnected(packet);
  });
  client.on('disconnect', (packet) => {
    reason = packet.reasonCode ?? 0;
    client.end(true);
  });
  client.on('error', (seen) => {
    error = seen;
    // mqtt.js says the same of both.
    if (seen.message === 'connack timeout') lack = isOpen ? 'answer' : 'connection';
    if (!wasUp || stream.destroyed || codeOf(seen) !== undefined) return;
    // An answer that is none of MQTT's, as mosquitto 2.0.11 gives to a message over its `message_size_limit`. mqtt.js
    // skips it, and what it answered would wait for ever.
    isUnreadable = true;
    client.end(true);
  });
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  // mqtt.js also closes after a refusal; `close` is the one event that always comes.
  client.once('close', () => resolve());

  return {
    closed,
    course() {
      byUs ||= on.isStopping() || client.disconnecting;
      client.end(true);
      clearTimeout(homeward);
      const byBroker =
        reason !== null || isUnreadable || (!byUs && isClosedByFarEnd(error, stream));
      const by = byBroker ? 'broker' : byUs ? 'us' : 'network';
      return { wasUp, lack, by, reason, error, lastedMs: performance.now() - startedAtMs };
    },
  };
}

/** Whether the far end closed an open connection, without any error of the network. */
function isClosedByFarEnd(error: unknown, stream: unknown): boolean {
  // A TLS handshake that is broken off is about certificates, not about MQTT.
  if (stream instanceof TLSSocket && !stream.authorized) return false;
  if (error === null) return true;
  const { syscall } = error as { syscall?: string };
  return ['ECONNRESET', 'EPIPE'].includes(String(codeOf(error))) && syscall !== 'connect';
}
