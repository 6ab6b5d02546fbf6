import { setTimeout as delay } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import { createBackoff } from '../platform/backoff.ts';
import type { Log } from '../platform/log.ts';
import { codeOf, messageOf } from '../platform/problem.ts';
import { createBrokerAnswers } from './broker-answers.ts';
import { type ConnectConfig, connectOptions, type LastWill } from './connect-options.ts';
import { createConnectionChoice, type FailedTry } from './connection-choice.ts';
import { type ConnectionEnd, packetTooLarge, reasonText } from './connection-end.ts';
import { explainFailure, lackWords } from './connection-problem.ts';
import { packetBytes } from './packet-bytes.ts';
import { createRivalWatch } from './rival.ts';
import { type Course, watchConnection } from './watch-connection.ts';

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
  /** Resolves once the broker has granted all of them; rejects at the first that it refuses. */
  subscribe(topics: string | readonly string[]): Promise<void>;
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
/** After a connection that lasted this long, the reconnect delay is reset. */
const goodAfterMs = 5000;
const stopTimeoutMs = 3000;
/** As many as any broker takes in one SUBSCRIBE. */
const topicsAtOnce = 8;
/** Longer than the largest image takes on the slowest usable link. */
const defaultAnswerWithinMs = 600_000;

/**
 * A link to a broker, over MQTT 5 or 3.1.1 as `connection-choice.ts` says. Each attempt reads the certificate files
 * again, so renewed ones take effect. If a broker keeps the connection but answers nothing for `answerWithinMs`, it
 * reconnects.
 */
export function createLink(deps: {
  config: ConnectConfig & Pick<UplinkConfig, 'broker' | 'protocol' | 'reconnectMaxS'>;
  clientId: string;
  /** Published by the broker when the connection is lost; called for each connection. */
  will?: () => LastWill;
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
  const answers = createBrokerAnswers(answerWithinMs);
  const rival = createRivalWatch(clientId);
  let chosen = choice.next();
  let client: MqttClient | null = null;
  let connected = false;
  let connections = 0;
  let receiveMaximum = 65_535;
  let maximumPacketSize = Number.POSITIVE_INFINITY;
  /** Whether the broker answered the connection's first subscription. */
  let answer: 'none' | 'awaited' | 'given' = 'none';
  let problem: string | null = 'not started yet';
  /** What the log last told of tries that failed. */
  let toldProblem: string | null = null;
  let running: Promise<void> | null = null;

  /** The connection is over. Throws if it did not come about. */
  const over = (course: Course): void => {
    const { by, reason, error } = course;
    client = null;
    const isOwing = answers.end();
    if (!course.wasUp) throw new FailedConnection(course);
    connected = false;
    if (by === 'broker' && answer === 'awaited' && choice.failed('closed-at-subscribe')) {
      log.warn('the broker closes at the subscription; continuing under another client id');
    }
    rival.ended({ ...course, isOwing });
    const why = reason === null ? '' : ` (${reasonText(reason)})`;
    problem = answers.silence() ?? `connection lost${error ? ` (${messageOf(error)})` : why}`;
    if (!stopping.signal.aborted) log.warn({ problem }, 'the link to the broker is down');
    listener.onLost({ by, reason });
  };

  /** One connection from start to end. Resolves when it is over; throws if it failed to connect. */
  const connectOnce = async (): Promise<void> => {
    const { protocol, isSpare } = chosen;
    const options = await connectOptions(config, { clientId, choice: chosen, will });
    if (stopping.signal.aborted) return;
    client = mqtt.connect(config.broker, options);
    const { closed, course } = watchConnection(client, {
      onMessage: (...message) => listener.onMessage(...message),
      isStopping: () => stopping.signal.aborted,
      endAfterMs: isSpare ? choice.usualAfterMs : null,
      onConnected({ sessionPresent, properties }) {
        connected = true;
        connections += 1;
        problem = null;
        toldProblem = null;
        answer = 'none';
        choice.connected();
        receiveMaximum = properties?.receiveMaximum ?? 65_535;
        maximumPacketSize = properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
        log.info({ protocol, isSpare, session: sessionPresent }, 'the link to the broker is up');
        listener.onConnected(sessionPresent);
      },
    });
    await closed;
    over(course());
  };

  const keepConnected = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const startedAtMs = performance.now();
      chosen = choice.next();
      try {
        await connectOnce();
        const isGood = performance.now() - startedAtMs > goodAfterMs;
        if (isGood && rival.problem() === null) backoff.reset();
      } catch (error) {
        const isOtherWay = error instanceof FailedConnection && choice.failed(error.end);
        rival.failed();
        const cause = error instanceof FailedConnection ? error.cause : error;
        problem = `${host}: ${await explainFailure(cause, config)}`;
        if (isOtherWay) {
          log.info({ problem, ...choice.next() }, 'the broker is tried in another way');
          continue;
        }
        // The same again at each try would fill the log of a unit that is out of reach for days.
        log[problem === toldProblem ? 'debug' : 'warn'](
          { problem },
          'the broker cannot be reached',
        );
        toldProblem = problem;
      }
      await delay(backoff.next(), null, { signal: stopping.signal }).catch(() => {});
    }
  };

  /** Runs one request of the client so that it also ends with the connection. */
  const withClient = (
    work: (client: MqttClient) => Promise<unknown>,
    isAnswered = true,
  ): Promise<void> => {
    if (!client || !connected) return Promise.reject(new Error('not connected'));
    return answers.run(client, work, isAnswered);
  };

  /** One SUBSCRIBE. Rejects if the broker refuses any of its topics. */
  const subscribeOnce = async (current: MqttClient, topics: string[]): Promise<void> => {
    if (answer === 'none') answer = 'awaited';
    const granted = await current.subscribeAsync(topics, { qos: 1 }).finally(() => {
      // What the connection's end rejects was not answered.
      if (!connected || current !== client) return;
      answer = 'given';
      choice.subscribed();
    });
    const refused = granted.find((grant) => grant.qos >= 128);
    if (refused) throw new Error(`the broker refused the subscription to ${refused.topic}`);
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
      return chosen.protocol;
    },
    get problem() {
      return rival.problem() ?? problem ?? answers.silence();
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
    async subscribe(topics) {
      const all = typeof topics === 'string' ? [topics] : topics;
      for (let at = 0; at < all.length; at += topicsAtOnce) {
        await withClient((current) => subscribeOnce(current, all.slice(at, at + topicsAtOnce)));
      }
    },
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

/** A connection that did not come about. */
class FailedConnection extends Error {
  readonly end: FailedTry;
  constructor({ by, error, lack }: Course) {
    const words =
      lack === null ? 'the broker closed the connection without an answer' : lackWords[lack];
    const cause = lack !== null || error === null ? new Error(words) : error;
    super(messageOf(cause), { cause });
    const isProtocol = unacceptableProtocol.has(codeOf(cause));
    if (lack === 'answer') this.end = 'silent';
    else this.end = by === 'broker' ? 'unanswered' : isProtocol ? 'protocol-refused' : 'refused';
  }
}
