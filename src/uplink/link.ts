import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import { createBackoff } from '../platform/backoff.ts';
import type { Log } from '../platform/log.ts';
import { codeOf, fileFault, messageOf, Problem } from '../platform/problem.ts';
import {
  type ConnectionChoice,
  createConnectionChoice,
  type FailedTry,
} from './connection-choice.ts';
import {
  type ConnectionEnd,
  packetTooLarge,
  reasonText,
  sessionTakenOver,
} from './connection-end.ts';
import { explainFailure, tlsFiles } from './connection-problem.ts';
import { packetBytes } from './packet-bytes.ts';

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
  /** Bytes of the largest packet that the broker accepts, as far as it says so (MQTT 5); else infinity. */
  readonly maximumPacketSize: number;
  readonly protocol: '5' | '3.1.1';
  /** Why there is no usable connection, and what to do; null while there is one. */
  readonly problem: string | null;
  /** Connections made since the start. */
  readonly connections: number;
  start(): void;
  /**
   * Resolves at the broker's PUBACK (QoS 1). Rejects if the connection ends before it, and with MQTT's reason as `code` if
   * the broker refuses the message or it is larger than `maximumPacketSize`.
   */
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
  onLost(end: ConnectionEnd): void;
  /** `retained`: published before this subscription was made. */
  onMessage(topic: string, payload: Buffer, retained: boolean): void;
}

/** Connection refused: MQTT 3.1.1's code 1, MQTT 5's 0x84. */
const unacceptableProtocol = new Set<unknown>([1, 0x84]);
/** How long another client of this id remains a problem: the two throw each other out by turns. */
const rivalShownMs = 600_000;
/** This many connections in a row that the broker ended within this time, though idle, show another client. */
const shortEndsOfRival = 3;
const shortMs = 30_000;
/** After a connection that lasted this long, the reconnect delay is reset. */
const goodAfterMs = 5000;
const connectTimeoutMs = 15_000;
const stopTimeoutMs = 3000;
/** Longer than the largest image takes on the slowest usable link. */
const defaultAnswerWithinMs = 600_000;

/**
 * A link to a broker, over MQTT 5 or 3.1.1 as `connection-choice.ts` says. Each attempt reads the certificate files
 * again, so renewed ones take effect. If a broker keeps the connection but answers nothing for `answerWithinMs`, it
 * reconnects.
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
  /** After how long a choice that was made of need is given up for the usual one; default an hour. */
  usualAfterMs?: number;
}): Link {
  const { config, clientId, will, listener, log, answerWithinMs = defaultAnswerWithinMs } = deps;
  const backoff = createBackoff({ firstMs: 500, maxMs: config.reconnectMaxS * 1000 });
  // The URL may contain a password; its host does not.
  const { host } = new URL(config.broker);
  const stopping = new AbortController();
  const { usualAfterMs } = deps;
  const optionalMs = usualAfterMs === undefined ? {} : { usualAfterMs };
  const choice = createConnectionChoice({ protocol: config.protocol, ...optionalMs });
  let { protocol, isSpare }: ConnectionChoice = choice.next();
  let client: MqttClient | null = null;
  let connected = false;
  let connections = 0;
  let receiveMaximum = 65_535;
  let maximumPacketSize = Number.POSITIVE_INFINITY;
  /** Whether the broker answered the connection's first subscription. */
  let answer: 'none' | 'awaited' | 'given' = 'none';
  let problem: string | null = 'not started yet';
  let running: Promise<void> | null = null;
  const pending = new Set<(error: Error) => void>();
  /** Requests that the broker must answer, and the timeout for its answer. */
  const owed = new Set<(error: Error) => void>();
  let patience: NodeJS.Timeout | undefined;
  /** Set when the timeout expired, until the next answer. */
  let silence: string | null = null;
  /** Set while another client seems to use this client's id; and when that was seen last. */
  let rival: string | null = null;
  let rivalSeenAtMs = 0;
  /** Connections in a row that the broker ended early although it owed nothing. */
  let shortEnds = 0;

  const optionsNow = async (): Promise<IClientOptions> => {
    const { ca, cert, key } = config.tls;
    const pem = async (path: string | undefined, name: keyof typeof tlsFiles) => {
      if (path === undefined) return undefined;
      return readFile(path).catch((error: unknown) => {
        throw new Problem(
          `${tlsFiles[name]} cannot be read (${path}): ${fileFault(error)}. Put it there as root and restart lookout, or correct uplink.tls.${name}`,
        );
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
      clientId: isSpare ? `${clientId}-spare` : clientId,
      protocolVersion: isFive ? 5 : 4,
      clean: isSpare,
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
            properties: {
              sessionExpiryInterval: isSpare ? 0 : config.sessionExpiryS,
              receiveMaximum: 256,
            },
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
    const seen: { error: Error | null; reason: number | null; byUs: boolean; unreadable: boolean } =
      { error: null, reason: null, byUs: false, unreadable: false };
    const { stream } = current;
    current.on('message', (topic, payload, { retain }) =>
      listener.onMessage(topic, payload, retain),
    );
    let homeward: NodeJS.Timeout | undefined;
    const connectedAtMs = performance.now();
    current.on('connect', (packet) => {
      connected = true;
      connections += 1;
      problem = null;
      answer = 'none';
      choice.connected();
      receiveMaximum = packet.properties?.receiveMaximum ?? 65_535;
      maximumPacketSize = packet.properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
      log.info({ protocol, isSpare, session: packet.sessionPresent }, 'headquarters link is up');
      if (isSpare) {
        homeward = setTimeout(() => {
          seen.byUs = true;
          current.end();
        }, choice.usualAfterMs).unref();
      }
      listener.onConnected(packet.sessionPresent);
    });
    current.on('disconnect', (packet) => {
      seen.reason = packet.reasonCode ?? 0;
      current.end(true);
    });
    current.on('error', (error) => {
      seen.error = error;
      if (!connected || stream.destroyed || codeOf(error) !== undefined) return;
      // An answer that is none of MQTT's, as mosquitto 2.0.11 gives to a message over its `message_size_limit`. mqtt.js
      // skips it, and what it answered would wait for ever.
      seen.unreadable = true;
      current.end(true);
    });
    // mqtt.js also closes after a refusal; `close` is the one event that always comes.
    await new Promise<void>((resolve) => current.once('close', () => resolve()));
    seen.byUs ||= stopping.signal.aborted || current.disconnecting;
    current.end(true);
    client = null;
    clearTimeout(patience);
    clearTimeout(homeward);
    const isOwing = owed.size > 0;
    owed.clear();
    for (const reject of pending) reject(new Error('the connection was lost'));
    // mqtt.js does not answer any of them after this.
    pending.clear();
    const byBroker =
      seen.reason !== null ||
      seen.unreadable ||
      (!seen.byUs && isClosedByFarEnd(seen.error, stream));
    if (!connected) {
      throw new FailedConnection(
        seen.error ?? new Error('the broker closed the connection without an answer'),
        byBroker ? 'unanswered' : isProtocolRefusal(seen.error) ? 'protocol-refused' : 'refused',
      );
    }
    connected = false;
    const by = byBroker ? 'broker' : seen.byUs ? 'us' : 'network';
    if (byBroker && answer === 'awaited' && choice.failed('closed-at-subscribe')) {
      log.warn('the broker closes at the subscription; continuing under another client id');
    }
    const lastedMs = performance.now() - connectedAtMs;
    noteRival({ by, isOwing, lastedMs, reason: seen.reason });
    const why = seen.reason === null ? '' : ` (${reasonText(seen.reason)})`;
    problem = silence ?? `connection lost${seen.error ? ` (${messageOf(seen.error)})` : why}`;
    if (!stopping.signal.aborted) log.warn({ problem }, 'headquarters link is down');
    listener.onLost({ by, reason: seen.reason });
  };

  /** Two clients with one id throw each other out by turns; MQTT 3.1.1 and mosquitto before 2.0.12 do not say so. */
  const noteRival = (end: ConnectionEnd & { isOwing: boolean; lastedMs: number }): void => {
    const isTakenOver = end.reason === sessionTakenOver;
    const isShort = end.by === 'broker' && !end.isOwing && end.lastedMs < shortMs;
    shortEnds = isShort ? shortEnds + 1 : 0;
    if (!isTakenOver && shortEnds < shortEndsOfRival) return;
    rivalSeenAtMs = performance.now();
    rival = isTakenOver
      ? `session taken over by another client with this unit's id (${clientId}). Give each unit a unit.id of its own.`
      : `session probably taken over by another client with this unit's id (${clientId}): the broker ends each connection after a short time.`;
  };

  const keepConnected = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const startedAtMs = performance.now();
      ({ protocol, isSpare } = choice.next());
      try {
        await connectOnce();
        const isGood = performance.now() - startedAtMs > goodAfterMs;
        if (isGood && rivalNow() === null) backoff.reset();
      } catch (error) {
        const isOtherWay = error instanceof FailedConnection && choice.failed(error.end);
        shortEnds = 0;
        const cause = error instanceof FailedConnection ? error.cause : error;
        problem = `${host}: ${await explainFailure(cause, config)}`;
        log.warn({ problem }, 'headquarters cannot be reached');
        if (isOtherWay) {
          log.info('continuing with MQTT 3.1.1');
          continue;
        }
      }
      await delay(backoff.next(), null, { signal: stopping.signal }).catch(() => {});
    }
  };

  const rivalNow = (): string | null => {
    if (performance.now() - rivalSeenAtMs > rivalShownMs) rival = null;
    return rival;
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
    get maximumPacketSize() {
      return maximumPacketSize;
    },
    get protocol() {
      return protocol;
    },
    get problem() {
      return rivalNow() ?? problem ?? silence;
    },
    get connections() {
      return connections;
    },
    start() {
      problem = 'connecting';
      running ??= keepConnected();
    },
    publish(topic, payload, options) {
      if (packetBytes(topic, payload) > maximumPacketSize) {
        // A broker would answer it by closing the connection.
        const error = new Error(`the broker takes no more than ${maximumPacketSize} bytes`);
        return Promise.reject(Object.assign(error, { code: packetTooLarge }));
      }
      return withClient(
        (current) => current.publishAsync(topic, payload, { retain: false, ...options }),
        options.qos > 0,
      );
    },
    subscribe: (topics) =>
      withClient(async (current) => {
        if (answer === 'none') answer = 'awaited';
        const granted = await current.subscribeAsync(topics, { qos: 1 }).finally(() => {
          // What the connection's end rejects was not answered.
          if (!connected || current !== client) return;
          answer = 'given';
          choice.subscribed();
        });
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

/** A connection that did not come about. */
class FailedConnection extends Error {
  readonly end: FailedTry;
  constructor(cause: Error, end: FailedTry) {
    super(messageOf(cause), { cause });
    this.end = end;
  }
}

/** Whether the far end closed an open connection, without any error of the network. */
function isClosedByFarEnd(error: unknown, stream: unknown): boolean {
  // A TLS handshake that is broken off is about certificates, not about MQTT.
  if (stream instanceof TLSSocket && !stream.authorized) return false;
  if (error === null) return true;
  const { syscall } = error as { syscall?: string };
  return ['ECONNRESET', 'EPIPE'].includes(String(codeOf(error))) && syscall !== 'connect';
}
