import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { uuidv7 } from 'uuidv7';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import { isoTime, systemClock } from '../platform/clock.ts';
import { codeOf, messageOf } from '../platform/problem.ts';
import { loadRegularFile } from '../platform/regular-file.ts';
import { sinceBoot } from '../platform/since-boot.ts';
import { isUnconfirmed } from './connection-end.ts';
import { createHeadquartersTime } from './headquarters-time.ts';
import { ackSchema, envelopeJson, type Sender } from './messages.ts';
import { brokerPlace } from './tls-handshake.ts';
import { ackTopic, unitSubscriptions, unitTopic } from './topics.ts';

/** How far a trial of the link came. */
export type LinkTrial =
  /** No MQTT connection; `code` is MQTT's of a refusal, else the network's or OpenSSL's. */
  | { reached: 'nothing'; code: unknown; text: string }
  /** Logged in, but this unit may not read or write these topics. */
  | { reached: 'login'; protocol: '5' | '3.1.1'; mayNotRead: string[]; mayNotWrite: string[] }
  /** Headquarters did not answer in time. */
  | { reached: 'topics'; protocol: '5' | '3.1.1'; waitedMs: number }
  /** Headquarters acknowledged a message. `clockOffsetMs`: its time minus this clock's; null if it told none. */
  | {
      reached: 'headquarters';
      protocol: '5' | '3.1.1';
      answeredMs: number;
      clockOffsetMs: number | null;
    };

const connectTimeoutMs = 8000;

/**
 * Connects as the link does, under a client id of its own so that a session with its waiting messages stays as it is,
 * subscribes to the unit's topics, and sends one health message, which headquarters answers. Nothing is kept from it
 * anywhere. A refused subscription is told by MQTT 5 and 3.1.1, a refused message by 5 alone.
 */
export async function tryLink(deps: {
  config: UplinkConfig;
  sender: Sender;
  /** Ids of the hot lists that headquarters may publish. */
  lists: readonly string[];
  answerWithinMs?: number;
}): Promise<LinkTrial> {
  const { config, sender, lists, answerWithinMs = 15_000 } = deps;
  const protocols = config.protocol === 'auto' ? (['5', '3.1.1'] as const) : [config.protocol];
  let failure: unknown = null;
  for (const protocol of protocols) {
    try {
      const client = await connected(config, protocol, clientIdOf(sender));
      try {
        return await tryTopics(client, { protocol, sender, lists, answerWithinMs });
      } finally {
        client.end(true);
      }
    } catch (error) {
      failure = isMqttCode(codeOf(error)) ? error : (failure ?? error);
      // A broker that knows no MQTT 5 says so, or closes without a word.
      if (!unacceptableProtocol.has(codeOf(error)) && !(error instanceof Closed)) break;
    }
  }
  return { reached: 'nothing', code: codeOf(failure), text: messageOf(failure) };
}

/** The broker closed the connection and did not say why. */
class Closed extends Error {
  override readonly message = 'it closed the connection without a word';
}

/** Whether a broker without TLS listens there. Neither user nor password is sent to it. */
export async function speaksPlainMqtt(broker: string): Promise<boolean> {
  const { host, port } = brokerPlace(broker);
  const address = `mqtt://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const client = mqtt.connect(address, {
    clientId: `lookout-${uuidv7()}`,
    protocolVersion: 4,
    reconnectPeriod: 0,
    connectTimeout: 3000,
  });
  try {
    await answer(client);
    return true;
  } catch (error) {
    return isMqttCode(codeOf(error));
  } finally {
    client.end(true);
  }
}

/** Connection refused for its version: MQTT 3.1.1's code 1, MQTT 5's 0x84. */
const unacceptableProtocol = new Set<unknown>([1, 0x84]);
const isMqttCode = (code: unknown): boolean => typeof code === 'number';

function clientIdOf({ agency, unit }: Sender): string {
  return `lookout-${agency}-${unit}-doctor`;
}

async function connected(
  config: UplinkConfig,
  protocol: '5' | '3.1.1',
  clientId: string,
): Promise<MqttClient> {
  const { ca, cert, key } = config.tls;
  const files: IClientOptions = {
    ...(ca && { ca: await loadRegularFile(ca) }),
    ...(cert && { cert: await loadRegularFile(cert) }),
    ...(key && { key: await loadRegularFile(key) }),
  };
  const client = mqtt.connect(config.broker, {
    ...files,
    clientId,
    protocolVersion: protocol === '5' ? 5 : 4,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: connectTimeoutMs,
    rejectUnauthorized: true,
  });
  try {
    await answer(client);
    return client;
  } catch (error) {
    client.end(true);
    throw error;
  }
}

/** Resolves at a CONNACK that accepts; rejects with MQTT's code, or with what ended the connection. */
function answer(client: MqttClient): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen: unknown = new Closed();
    client.once('connect', () => resolve());
    client.on('error', (error) => {
      seen = error;
    });
    client.once('close', () => reject(seen));
  });
}

async function tryTopics(
  client: MqttClient,
  deps: {
    protocol: '5' | '3.1.1';
    sender: Sender;
    lists: readonly string[];
    answerWithinMs: number;
  },
): Promise<LinkTrial> {
  const { protocol, sender, lists, answerWithinMs } = deps;
  const { agency, unit } = sender;
  const time = createHeadquartersTime(systemClock, sinceBoot.ms);
  const id = uuidv7();
  const acknowledged = Promise.withResolvers<void>();
  client.on('message', (topic, payload) => {
    if (topic !== ackTopic(agency, unit)) return;
    const ack = ackSchema.safeParse(jsonOf(payload));
    if (!ack.success || !ack.data.ids.includes(id)) return;
    time.heard(ack.data);
    acknowledged.resolve();
  });
  const lost = new Promise<never>((_, reject) => {
    client.once('close', () => reject(new Closed()));
  });
  lost.catch(() => {});

  const mayNotRead: string[] = [];
  for (const topic of unitSubscriptions(sender, { lists, hearsAgency: true })) {
    const isGranted = await Promise.race([granted(client, topic), lost]);
    if (!isGranted) mayNotRead.push(topic);
  }
  const topic = unitTopic(agency, unit, 'health');
  const body = { id, type: 'health', json: JSON.stringify({ trial: true }) };
  const sentAtMs = performance.now();
  time.asked(id);
  const mayNotWrite = await Promise.race([
    client
      .publishAsync(topic, envelopeJson(body, sender, isoTime(systemClock())), { qos: 1 })
      .then((): string[] => [])
      .catch((error): string[] => (isUnconfirmed(error) ? [] : [topic])),
    lost,
  ]);
  if (mayNotRead.length + mayNotWrite.length > 0) {
    return { reached: 'login', protocol, mayNotRead, mayNotWrite };
  }
  const patience = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => patience.resolve('late'), answerWithinMs);
  const outcome = await Promise.race([acknowledged.promise, patience.promise, lost]).finally(() =>
    clearTimeout(timer),
  );
  if (outcome === 'late') return { reached: 'topics', protocol, waitedMs: answerWithinMs };
  const answeredMs = Math.round(performance.now() - sentAtMs);
  return { reached: 'headquarters', protocol, answeredMs, clockOffsetMs: time.offsetMs() };
}

async function granted(client: MqttClient, topic: string): Promise<boolean> {
  try {
    const grants = await client.subscribeAsync(topic, { qos: 1 });
    return grants.every(({ qos }) => qos < 128);
  } catch {
    return false;
  }
}

function jsonOf(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString());
  } catch {
    return null;
  }
}
