import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import { createBackoff } from '../platform/backoff.ts';
import type { Log } from '../platform/log.ts';
import { codeOf, messageOf, Problem } from '../platform/problem.ts';

/** How a message is published. */
export interface PublishOptions {
  qos: 0 | 1;
  retain?: boolean;
}

/** The MQTT connection: one at a time, reconnected whenever it is lost. It queues nothing. */
export interface Link {
  readonly connected: boolean;
  /** Number of unacknowledged publishes that the broker accepts; known once connected. */
  readonly receiveMaximum: number;
  readonly protocol: '5' | '3.1.1';
  /** Why there is no usable connection, and what to do; null while there is one. */
  readonly problem: string | null;
  /** Connections made since the start. */
  readonly connections: number;
  start(): void;
  /** Resolves at the broker's PUBACK (QoS 1), rejects if the connection ends before it. */
  publish(topic: string, payload: string | Buffer, options: PublishOptions): Promise<void>;
  subscribe(topics: string | string[]): Promise<void>;
  unsubscribe(topic: string): Promise<void>;
  /** Disconnects cleanly, after which the broker sends no last will. */
  stop(): Promise<void>;
}

/** Events of a link; all are called synchronously. */
export interface LinkListener {
  /** `resumed`: the broker kept this client's session and its queued messages. */
  onConnected(resumed: boolean): void;
  onLost(): void;
  /** `retained`: published before this subscription was made. */
  onMessage(topic: string, payload: Buffer, retained: boolean): void;
}

/** Connection refused: MQTT 3.1.1's code 1, MQTT 5's 0x84. */
const unacceptableProtocol = new Set<unknown>([1, 0x84]);
/** After a connection that lasted this long, the reconnect delay is reset. */
const goodAfterMs = 5000;
const connectTimeoutMs = 15_000;
const stopTimeoutMs = 3000;
/** Longer than the largest image takes on the slowest usable link. */
const defaultAnswerWithinMs = 600_000;

/**
 * A link to a broker. It tries MQTT 5 first and 3.1.1 if the broker refuses it (`protocol: auto`), and remembers that
 * until the end of the process. Each attempt reads the certificate files again, so renewed ones take effect. If a
 * broker keeps the connection but answers nothing for `answerWithinMs`, it reconnects.
 */
export function createLink(deps: {
  config: Pick<
    UplinkConfig,
    'broker' | 'protocol' | 'tls' | 'keepAliveS' | 'sessionExpiryS' | 'willDelayS' | 'reconnectMaxS'
  >;
  clientId: string;
  /** Published by the broker when the connection is lost; called for each connection. */
  will?: () => { topic: string; payload: string };
  listener: LinkListener;
  log: Log;
  answerWithinMs?: number;
}): Link {
  const { config, clientId, will, listener, log, answerWithinMs = defaultAnswerWithinMs } = deps;
  const backoff = createBackoff({ firstMs: 500, maxMs: config.reconnectMaxS * 1000 });
  // The URL may contain a password; its host does not.
  const { host } = new URL(config.broker);
  const stopping = new AbortController();
  let protocol: '5' | '3.1.1' = config.protocol === '3.1.1' ? '3.1.1' : '5';
  let client: MqttClient | null = null;
  let connected = false;
  let connections = 0;
  let receiveMaximum = 65_535;
  let problem: string | null = 'not started yet';
  let running: Promise<void> | null = null;
  const pending = new Set<(error: Error) => void>();
  /** Requests that the broker must answer, and the timeout for its answer. */
  const owed = new Set<(error: Error) => void>();
  let patience: NodeJS.Timeout | undefined;
  /** Set when the timeout expired, until the next answer. */
  let silence: string | null = null;

  const optionsNow = async (): Promise<IClientOptions> => {
    const { ca, cert, key } = config.tls;
    const pem = async (path: string | undefined, name: string) => {
      if (path === undefined) return undefined;
      return readFile(path).catch((error: unknown) => {
        throw new Problem(`uplink.tls.${name}: ${path} cannot be read (${messageOf(error)})`);
      });
    };
    const files = {
      ca: await pem(ca, 'ca'),
      cert: await pem(cert, 'cert'),
      key: await pem(key, 'key'),
    };
    const last = will?.();
    const isFive = protocol === '5';
    return {
      clientId,
      protocolVersion: isFive ? 5 : 4,
      clean: false,
      keepalive: config.keepAliveS,
      // A new client for each attempt: this file handles reconnecting and waiting, and no message stays in its stores.
      reconnectPeriod: 0,
      connectTimeout: connectTimeoutMs,
      queueQoSZero: false,
      resubscribe: false,
      rejectUnauthorized: true,
      ...Object.fromEntries(Object.entries(files).filter(([, value]) => value !== undefined)),
      ...(isFive
        ? {
            properties: { sessionExpiryInterval: config.sessionExpiryS, receiveMaximum: 256 },
          }
        : {}),
      ...(last
        ? {
            will: {
              topic: last.topic,
              payload: Buffer.from(last.payload),
              qos: 1,
              retain: true,
              ...(isFive ? { properties: { willDelayInterval: config.willDelayS } } : {}),
            },
          }
        : {}),
    };
  };

  /** One connection from start to end. Resolves when it is over; throws if it failed to connect. */
  const connectOnce = async (): Promise<void> => {
    const options = await optionsNow();
    if (stopping.signal.aborted) return;
    const current = mqtt.connect(config.broker, options);
    client = current;
    let lastError: Error | null = null;
    current.on('message', (topic, payload, { retain }) =>
      listener.onMessage(topic, payload, retain),
    );
    current.on('connect', (packet) => {
      connected = true;
      connections += 1;
      problem = null;
      receiveMaximum = packet.properties?.receiveMaximum ?? 65_535;
      log.info({ protocol, session: packet.sessionPresent }, 'headquarters link is up');
      listener.onConnected(packet.sessionPresent);
    });
    current.on('error', (error) => {
      lastError = error;
    });
    // mqtt.js also closes after a refusal; `close` is the one event that always comes.
    await new Promise<void>((resolve) => current.once('close', () => resolve()));
    current.end(true);
    client = null;
    clearTimeout(patience);
    owed.clear();
    for (const reject of pending) reject(new Error('the connection was lost'));
    // mqtt.js does not answer any of them after this.
    pending.clear();
    if (!connected) throw lastError ?? new Error('the broker closed the connection');
    connected = false;
    problem = silence ?? `connection lost${lastError ? ` (${messageOf(lastError)})` : ''}`;
    if (!stopping.signal.aborted) log.warn({ problem }, 'headquarters link is down');
    listener.onLost();
  };

  const keepConnected = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const startedAtMs = performance.now();
      try {
        await connectOnce();
        if (performance.now() - startedAtMs > goodAfterMs) backoff.reset();
      } catch (error) {
        if (config.protocol === 'auto' && protocol === '5' && isProtocolRefusal(error)) {
          protocol = '3.1.1';
          log.info('the broker refuses MQTT 5; continuing with 3.1.1');
          continue;
        }
        problem = `${host}: ${explain(error)}`;
        log.warn({ problem }, 'headquarters cannot be reached');
      }
      await delay(backoff.next(), null, { signal: stopping.signal }).catch(() => {});
    }
  };

  /** Every answer restarts the timeout for the next one. */
  const awaitAnswer = (current: MqttClient): void => {
    clearTimeout(patience);
    if (owed.size === 0) return;
    patience = setTimeout(() => {
      const s = Math.round(answerWithinMs / 1000);
      silence = `the broker keeps the connection open but has not answered for ${s} s. Is its disk or its memory full?`;
      owed.clear();
      current.end(true);
    }, answerWithinMs).unref();
  };

  /** Runs one request of the client so that it also ends with the connection. */
  const withClient = (
    work: (client: MqttClient) => Promise<unknown>,
    isAnswered = true,
  ): Promise<void> => {
    const current = client;
    if (!current || !connected) return Promise.reject(new Error('not connected'));
    return new Promise<void>((resolve, reject) => {
      pending.add(reject);
      if (isAnswered && owed.add(reject).size === 1) awaitAnswer(current);
      work(current)
        .then(() => resolve(), reject)
        .finally(() => {
          pending.delete(reject);
          if (!owed.delete(reject)) return;
          silence = null;
          awaitAnswer(current);
        });
    });
  };

  return {
    get connected() {
      return connected;
    },
    get receiveMaximum() {
      return receiveMaximum;
    },
    get protocol() {
      return protocol;
    },
    get problem() {
      return problem ?? silence;
    },
    get connections() {
      return connections;
    },
    start() {
      problem = 'connecting';
      running ??= keepConnected();
    },
    publish: (topic, payload, options) =>
      withClient(
        (current) => current.publishAsync(topic, payload, { retain: false, ...options }),
        options.qos > 0,
      ),
    subscribe: (topics) =>
      withClient(async (current) => {
        const granted = await current.subscribeAsync(topics, { qos: 1 });
        const refused = granted.find((grant) => grant.qos >= 128);
        if (refused) throw new Error(`the broker refused the subscription to ${refused.topic}`);
      }),
    unsubscribe: (topic) => withClient((current) => current.unsubscribeAsync(topic)),
    async stop() {
      stopping.abort();
      const current = client;
      if (current) {
        const ended = current.endAsync().catch(() => {});
        await Promise.race([ended, delay(stopTimeoutMs, null, { ref: false })]);
        current.end(true);
      }
      await Promise.race([running, delay(stopTimeoutMs, null, { ref: false })]);
    },
  };
}

function isProtocolRefusal(error: unknown): boolean {
  return unacceptableProtocol.has(codeOf(error));
}

/** The message of a failed connection, with a remedy for the frequent ones. */
function explain(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return explain(error.errors[0]);
  const text = messageOf(error);
  const code = String(codeOf(error) ?? '');
  if (code === 'ECONNREFUSED') return `${text}. Is the broker running there?`;
  if (code === 'ENOTFOUND') return `${text}. Check the name in uplink.broker, and the network.`;
  if (/certificate|CERT_|SSL|TLS|self.signed/i.test(`${code} ${text}`)) {
    return `${text}. Check uplink.tls: the authority must have signed the broker, and the broker must know this unit's certificate.`;
  }
  return text;
}
