import { setTimeout as delay } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import { revokeSchema } from '../accountability/access/revoke.ts';
import { commandSchema } from '../accountability/lost-unit/command.ts';
import type { Orders } from '../accountability/orders.ts';
import { alertStatusSchema } from '../accountability/verification/alert-status.ts';
import { alertStepSchema } from '../accountability/verification/alert-step.ts';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import { type Lane, lanes, type Outbox } from '../outbox/outbox.ts';
import { type Clock, isoTime, systemClock } from '../platform/clock.ts';
import { counted } from '../platform/counted.ts';
import type { Log } from '../platform/log.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import { sinceBoot } from '../platform/since-boot.ts';
import { isUnconfirmed } from './connection-end.ts';
import { createHeadquartersTime } from './headquarters-time.ts';
import { createHotlistRefresh, type HotlistTarget } from './hotlist-refresh.ts';
import { createLink } from './link.ts';
import {
  ackSchema,
  envelopeJson,
  type ListRefresh,
  type StatusBody,
  type TakenBody,
} from './messages.ts';
import { createPump, type PumpFigures } from './pump.ts';
import {
  agencyMessageTopic,
  everyUnit,
  parseTopic,
  unitSubscriptions,
  unitTopic,
} from './topics.ts';

const healthEveryMs = 30_000;
const greetAgainMs = 10_000;
const defaultFarewellMs = 2000;
const standstillMs = 60_000;

/** State of the link to headquarters, for status, doctor, metrics and the watchdog. */
export interface UplinkHealth extends Omit<PumpFigures, 'lastLookAtMs'> {
  connected: boolean;
  protocol: '5' | '3.1.1';
  /** Connections made since the start. */
  connections: number;
  /** What is wrong and what to do; null if nothing is wrong. */
  problem: string | null;
  /** Messages that headquarters has not acknowledged, by lane, and how long the oldest has been waiting. */
  waiting: Record<Lane, number>;
  oldestAgeS: Record<Lane, number | null>;
  /** Messages that headquarters could not process; tried again after the next start. */
  refused: number;
  /** Messages that the broker does not take, for their size or their kind; tried again after the next start. */
  setAside: number;
  /** Bytes of the largest message that the broker takes; null if it has shown no limit. */
  brokerLimit: number | null;
  /** Hot lists that headquarters publishes. */
  lists: ListRefresh[];
  /** When the outbox was last checked; unchanged if this part hangs. */
  lastProgressAtMs: number;
}

/** The link to headquarters. */
export interface Uplink extends AsyncDisposable {
  start(): Promise<void>;
  health(): UplinkHealth;
  /** Headquarters' time minus the unit's clock, ms; null until headquarters has told its time. */
  clockOffsetMs(): number | null;
  /** Throws if the outbox has not been checked for long, with a link or without. */
  probe(): void;
}

/**
 * Sends the waiting messages of the outbox to headquarters and receives acknowledgements and hot lists. Everything is
 * sent from the outbox, so nothing important is lost without a link.
 */
export function createUplink(deps: {
  config: UplinkConfig;
  unit: { agency: string; id: string };
  outbox: Outbox;
  dataDir: string;
  /** Figures of `lookout status`, sent as health; contain no plate. */
  status: () => unknown;
  hotlist?: HotlistTarget;
  orders?: Orders;
  clock?: Clock;
  log: Log;
  /** The longest that a stop waits for the farewell to arrive, ms. */
  farewellMs?: number;
}): Uplink {
  const { config, outbox, dataDir, log, orders = {}, clock = systemClock } = deps;
  const { farewellMs = defaultFarewellMs } = deps;
  const { agency, id: unit } = deps.unit;
  if (unit === everyUnit) {
    throw new Problem(`unit.id: "${everyUnit}" means every unit of the agency; choose another id.`);
  }
  const sender = { agency, unit };
  /** Exact topics of what all units share, subscribed to until their message comes. */
  const asked = new Set<string>();
  const since = isoTime(Date.now());
  const time = createHeadquartersTime(clock, sinceBoot.ms);
  let refusedAcks: string | null = null;
  let setupProblem: string | null = null;
  let announcing: NodeJS.Timeout | undefined;

  /** Headquarters answers each of them, and tells its time. */
  const enveloped = (type: string, body: unknown): string => {
    const id = uuidv7();
    time.asked(id);
    return envelopeJson({ id, type, json: JSON.stringify(body) }, sender, isoTime(Date.now()));
  };
  const statusOf = (state: StatusBody['state'], reason: StatusBody['reason']): string =>
    enveloped('status', {
      state,
      reason,
      since,
      lists: refresh?.states() ?? [],
    } satisfies StatusBody);
  const statusTopic = unitTopic(agency, unit, 'status');

  const link = createLink({
    config,
    clientId: `lookout-${agency}-${unit}`,
    will: () => ({ topic: statusTopic, payload: statusOf('offline', 'connection-lost') }),
    listener: {
      onConnected: (resumed) => void greet(resumed),
      onLost(end) {
        clearTimeout(announcing);
        pump.close(end);
        asked.clear();
        refresh?.interrupt();
      },
      onMessage,
    },
    log,
  });
  const pump = createPump({ outbox, link, config, sender, dataDir, log });
  const refresh = deps.hotlist
    ? createHotlistRefresh({
        target: deps.hotlist,
        link,
        agency,
        keyFile: config.agency.key ?? null,
        dataDir,
        log,
        onChanged: () =>
          void publishQuietly(statusTopic, () => statusOf('online', 'started'), true),
      })
    : null;

  function onMessage(topic: string, payload: Buffer): void {
    const parsed = parseTopic(topic);
    if (!parsed) return;
    if (parsed.unit === unit && parsed.rest === 'ack') onAck(payload);
    else if (parsed.unit === everyUnit && parsed.rest.startsWith('hotlist/')) {
      refresh?.onMessage(topic, parsed.rest, payload);
    } else if (parsed.unit === everyUnit && parsed.rest.startsWith('agency/')) {
      onAgencyMessage(topic, payload);
    } else onOrder(parsed.rest, payload);
  }

  function onOrder(rest: string, payload: Buffer): void {
    // An empty message withdraws a retained order.
    if (payload.length === 0) return;
    try {
      const json: unknown = JSON.parse(payload.toString());
      if (rest === 'alert-status') orders.onAlertStatus?.(alertStatusSchema.parse(json));
      else if (rest === 'alert-step') onAlertStep(json);
      else if (rest === 'revoke') orders.onRevoke?.(revokeSchema.parse(json));
      else if (rest === 'command') orders.onCommand?.(commandSchema.parse(json));
    } catch (error) {
      // A schema's message names fields; values, which may be plates, are not logged.
      log.error({ problem: messageOf(error), topic: rest }, 'an order could not be carried out');
    }
  }

  /** Headquarters sends it again until the unit answers: not before it is on the disk. */
  function onAlertStep(json: unknown): void {
    const { onAlertStep: take } = orders;
    if (take === undefined) return;
    const order = alertStepSchema.safeParse(json);
    if (order.success) {
      take(order.data);
      answer({ ids: [order.data.id], refused: [] });
      return;
    }
    const named = z.object({ id: z.uuid() }).safeParse(json);
    const problem = messageOf(order.error).slice(0, 500);
    if (named.success) answer({ ids: [], refused: [{ id: named.data.id, problem }] });
    throw order.error;
  }

  /** A lost answer is given again with the next repeat of the order. */
  function answer(body: TakenBody): void {
    const text = envelopeJson(
      { id: uuidv7(), type: 'taken', json: JSON.stringify(body) },
      sender,
      isoTime(Date.now()),
    );
    link.publish(unitTopic(agency, unit, 'taken'), text, { qos: 1, retain: false }).catch(() => {});
  }

  function onAgencyMessage(topic: string, payload: Buffer): void {
    if (asked.delete(topic)) link.unsubscribe(topic).catch(() => {});
    if (payload.length === 0) return;
    try {
      const lacking = orders.onAgencyMessage?.(payload) ?? [];
      void askFor(lacking.map(({ kind, id }) => agencyMessageTopic(agency, kind, id)));
    } catch (error) {
      // It is retained, and comes again with the next connection.
      log.error({ problem: messageOf(error) }, 'a message to all units could not be taken');
    }
  }

  /** A broker may give retained messages to exact topics only: each is asked for by its own, until it comes. */
  async function askFor(topics: readonly string[]): Promise<void> {
    const unasked = topics.filter((topic) => !asked.has(topic));
    for (const topic of unasked) asked.add(topic);
    try {
      await link.subscribe(unasked);
    } catch (error) {
      for (const topic of unasked) asked.delete(topic);
      log.warn({ problem: messageOf(error) }, 'what all units share was not asked for');
    }
  }

  function onAck(payload: Buffer): void {
    try {
      const ack = ackSchema.parse(JSON.parse(payload.toString()));
      time.heard(ack);
      pump.acknowledge(ack);
      refusedAcks = null;
    } catch (error) {
      refusedAcks =
        'headquarters sends acknowledgements that cannot be read; is it a newer version?';
      log.error({ problem: messageOf(error) }, 'an acknowledgement could not be read');
    }
  }

  /** Subscribes before anything is sent, so that no acknowledgement is missed. */
  async function greet(resumed: boolean): Promise<void> {
    try {
      const lists = deps.hotlist?.status().map(({ id }) => id) ?? null;
      const hearsAgency = orders.onAgencyMessage !== undefined;
      await link.subscribe(unitSubscriptions(sender, { lists, hearsAgency }));
      const isConfirmed = await announce();
      pump.open(resumed);
      if (isConfirmed) setupProblem = null;
      else announceAgain();
      if (performance.now() - healthSentMs > healthEveryMs) await sendHealth();
    } catch (error) {
      if (!link.connected) return;
      setupProblem = `${messageOf(error)}. The broker must let this unit read and write its own topics.`;
      log.warn({ problem: setupProblem }, 'the link could not be set up');
      setTimeout(() => link.connected && void greet(resumed), greetAgainMs).unref();
    }
  }

  /** Tells that the unit is online. False if the broker took that and does not say whether every queue has it. */
  async function announce(): Promise<boolean> {
    try {
      await link.publish(statusTopic, statusOf('online', 'started'), { qos: 1, retain: true });
      return true;
    } catch (error) {
      if (!isUnconfirmed(error)) throw error;
      return false;
    }
  }

  /** A cluster that has lost a node passes on what it can. Headquarters' own acknowledgements tell what it has. */
  function announceAgain(): void {
    setupProblem =
      'the broker takes messages and does not confirm them. In a cluster a node with the queue of headquarters or of this ' +
      'unit may be lost: bring it back. What headquarters acknowledges has arrived.';
    log.warn({ problem: setupProblem }, 'the broker confirms nothing');
    clearTimeout(announcing);
    announcing = setTimeout(async () => {
      if (!link.connected) return;
      try {
        if (await announce()) setupProblem = null;
        else announceAgain();
      } catch {
        // The connection has ended, and the next one begins with a greeting.
      }
    }, greetAgainMs).unref();
  }

  async function publishQuietly(topic: string, text: () => string, retain: boolean): Promise<void> {
    if (!link.connected) return;
    try {
      await link.publish(topic, text(), { qos: retain ? 1 : 0, retain });
    } catch {
      // A state, not an event: the next status contains the same and more.
    }
  }

  function asideProblem(setAside: number): string | null {
    if (setAside === 0) return null;
    const limit = pump.limit();
    const largest = limit === null ? '' : ` (at most ${limit} bytes)`;
    return `the broker does not take ${counted(setAside, 'message')}${largest}, which ${setAside === 1 ? 'is' : 'are'} set aside and kept. Raise the broker's limit, then restart lookout.`;
  }

  /** What goes out and does not arrive. */
  function unheardProblem(): string | null {
    const denied = pump.denied();
    if (denied.length > 0) {
      return `the broker does not let this unit write its topic ${denied.join(', ')}: what belongs there waits. Correct the broker's access rules.`;
    }
    const unheard = link.connected ? pump.unheard() : 0;
    return unheard === 0
      ? null
      : `headquarters does not acknowledge ${counted(unheard, 'message')} that the broker took four times and more. Is it running, and may this unit write and read all its topics?`;
  }

  let healthTimer: NodeJS.Timeout | null = null;
  /** By `performance.now()`. */
  let healthSentMs = Number.NEGATIVE_INFINITY;
  /** After a connection at once, so that people at headquarters know where and how the unit is. */
  async function sendHealth(): Promise<void> {
    if (link.connected) healthSentMs = performance.now();
    const text = () => enveloped('health', deps.status());
    await publishQuietly(unitTopic(agency, unit, 'health'), text, false);
  }

  return {
    async start() {
      refresh?.start();
      pump.start();
      link.start();
      healthTimer = setInterval(() => void sendHealth(), healthEveryMs);
    },
    health() {
      const { lanes: backlog, refused, setAside } = outbox.status();
      const { lastLookAtMs, ...figures } = pump.figures();
      const byLane = <T>(value: (lane: Lane) => T) =>
        Object.fromEntries(lanes.map((lane) => [lane, value(lane)])) as Record<Lane, T>;
      return {
        connected: link.connected,
        protocol: link.protocol,
        connections: link.connections,
        problem:
          link.problem ??
          setupProblem ??
          refusedAcks ??
          asideProblem(setAside) ??
          unheardProblem() ??
          refresh?.problem() ??
          null,
        waiting: byLane((lane) => backlog[lane].waiting),
        oldestAgeS: byLane((lane) => backlog[lane].oldestAgeS),
        refused,
        setAside,
        brokerLimit: pump.limit(),
        lists: refresh?.states() ?? [],
        lastProgressAtMs: lastLookAtMs,
        ...figures,
      };
    },
    clockOffsetMs: time.offsetMs,
    probe() {
      if (Date.now() - pump.figures().lastLookAtMs > standstillMs) {
        throw new Error('the uplink has not looked at the outbox for a minute');
      }
    },
    async [Symbol.asyncDispose]() {
      if (healthTimer) clearInterval(healthTimer);
      await refresh?.stop();
      const farewell = publishQuietly(statusTopic, () => statusOf('offline', 'stopped'), true);
      await Promise.race([farewell, delay(farewellMs, null, { ref: false })]);
      await link.stop();
      pump.stop();
    },
  };
}
