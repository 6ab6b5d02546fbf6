import type { IClientOptions } from 'mqtt';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import { fileFault, Problem } from '../platform/problem.ts';
import { loadRegularFile } from '../platform/regular-file.ts';
import type { ConnectionChoice } from './connection-choice.ts';
import { tlsFiles } from './connection-problem.ts';

/** The settings that a connection is made by. */
export type ConnectConfig = Pick<
  UplinkConfig,
  'tls' | 'keepAliveS' | 'sessionExpiryS' | 'willDelayS'
>;

/** A message that the broker publishes when the connection is lost. */
export interface LastWill {
  topic: string;
  payload: string;
}

const connectTimeoutMs = 15_000;
/** Messages that the broker may send before we have answered one (MQTT 5). */
const receiveMaximum = 256;

/** The options of the next connection. Reads the certificate files; throws a `Problem` if one cannot be read. */
export async function connectOptions(
  config: ConnectConfig,
  next: { clientId: string; choice: ConnectionChoice; will: (() => LastWill) | undefined },
): Promise<IClientOptions> {
  const { clientId } = next;
  const { protocol, isSpare } = next.choice;
  const isFive = protocol === '5';
  const files = await certificatesOf(config.tls);
  const will = next.will?.();
  const sessionExpiryInterval = isSpare ? 0 : config.sessionExpiryS;
  return {
    clientId: isSpare ? `${clientId}-spare` : clientId,
    protocolVersion: isFive ? 5 : 4,
    clean: isSpare,
    keepalive: config.keepAliveS,
    // A new client for each attempt: the link handles reconnecting and waiting, and no message stays in its stores.
    reconnectPeriod: 0,
    connectTimeout: connectTimeoutMs,
    queueQoSZero: false,
    resubscribe: false,
    rejectUnauthorized: true,
    ...files,
    ...(isFive && { properties: { sessionExpiryInterval, receiveMaximum } }),
    ...(will && {
      will: {
        topic: will.topic,
        payload: Buffer.from(will.payload),
        qos: 1,
        retain: true,
        ...(isFive && { properties: { willDelayInterval: config.willDelayS } }),
      },
    }),
  };
}

/** What is in the certificate files that are configured. */
async function certificatesOf(tls: UplinkConfig['tls']): Promise<object> {
  const read: Record<string, Buffer> = {};
  for (const name of ['ca', 'cert', 'key'] as const) {
    const path = tls[name];
    if (path === undefined) continue;
    read[name] = await loadRegularFile(path).catch((error: unknown) => {
      throw new Problem(
        `${tlsFiles[name]} cannot be read (${path}): ${fileFault(error)}. Put it there as root and restart lookout, or correct uplink.tls.${name}`,
      );
    });
  }
  return read;
}
