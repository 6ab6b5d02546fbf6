import { setImmediate } from 'node:timers/promises';
import { type Clock, isoTime } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import type { ReceivedRecords } from '../../records/received-records.ts';
import type { Link } from '../../uplink/link.ts';
import {
  type Ack,
  healthMessageSchema,
  type StatusBody,
  statusMessageSchema,
  takenMessageSchema,
} from '../../uplink/messages.ts';
import { ackTopic, parseTopic, unitTopic } from '../../uplink/topics.ts';
import type { Fate, News } from './keep-messages.ts';
import { type From, readMessage, storedTopics, type UnitMessage } from './read-message.ts';

/** What came in since the start. */
export interface IntakeCounts {
  messages: number;
  detections: number;
  hits: number;
  images: number;
  repeats: number;
  refused: number;
}

/** State of the intake. */
export interface IntakeHealth extends IntakeCounts {
  /** Messages that are read and not stored yet. */
  waiting: number;
  /** Why nothing is stored, or null. */
  problem: string | null;
}

/** Takes what units send: checks it, stores it, and only then acknowledges it. */
export interface Intake {
  /** Topics to subscribe to; those of units that are known by their exact names, for brokers that need that. */
  topics(known: readonly string[]): string[];
  /** `resumed`: the broker kept what came in the meantime. */
  connected(resumed: boolean): void;
  onMessage(topic: string, payload: Buffer, retained: boolean): void;
  health(): IntakeHealth;
  /** Resolves once everything that was read is stored or given up. */
  settled(): Promise<void>;
}

/** Messages and bytes of one commit; more wait for the next. Larger ones cost less a message and hold the event loop longer. */
const batchSize = 500;
const batchBytes = 32 * 2 ** 20;
/** A hit waits no longer than this for others to be stored with. */
const gatherMs = 20;
const mostIdsOfAck = 1000;

/** Topics below a unit's that are about the unit itself, and not stored as they come. */
const figureTopics: readonly string[] = ['status', 'health', 'taken'];

export function createIntake(deps: {
  agency: string;
  link: Pick<Link, 'publish'>;
  records: Pick<ReceivedRecords, 'hasImage' | 'writeImage'>;
  keep: (messages: readonly UnitMessage[]) => { fates: Fate[]; news: News };
  /** A unit said how it is. */
  onStatus: (unit: string, status: StatusBody) => void;
  onHealth: (unit: string, figures: Record<string, unknown>) => void;
  /** A unit has these orders on its disk. */
  onTaken: (unit: string, ids: readonly string[]) => void;
  onNews: (news: News) => void;
  clock: Clock;
  log: Log;
}): Intake {
  const { agency, link, records, keep, onStatus, onHealth, onTaken, onNews, clock, log } = deps;
  const counts: IntakeCounts = {
    messages: 0,
    detections: 0,
    hits: 0,
    images: 0,
    repeats: 0,
    refused: 0,
  };
  let inbox: { topic: string; payload: Buffer }[] = [];
  let working: Promise<void> | null = null;
  let problem: string | null = null;
  /** The broker held nothing for us, so units that were online before are asked to send again what waits. */
  let asksAgain = false;
  const asked = new Set<string>();

  /** An acknowledgement that is lost costs a repeat, no more. */
  function acknowledge(unit: string, ack: Ack): void {
    const told: Ack = { ...ack, at: isoTime(clock()) };
    link
      .publish(ackTopic(agency, unit), JSON.stringify(told), { qos: 1 })
      .catch((error: unknown) => log.debug({ problem: messageOf(error) }, 'not acknowledged'));
  }

  /** Asks a unit once for what waits, if it was online before this connection and the broker has lost messages. */
  function askFor(unit: string, wasOnline: boolean): void {
    if (!asksAgain || asked.has(unit)) return;
    asked.add(unit);
    if (wasOnline) acknowledge(unit, { ids: [], resend: true });
  }

  function onFigures({ unit, rest }: From & { rest: string }, payload: Buffer, retained: boolean) {
    try {
      const json: unknown = JSON.parse(payload.toString());
      if (rest === 'health') {
        const { id, body, ...from } = healthMessageSchema.parse(json);
        if (from.unit !== unit) throw new Error('the message names another unit than its topic');
        askFor(unit, true);
        acknowledge(unit, { ids: [id] });
        onHealth(unit, body);
        return;
      }
      if (rest === 'taken') {
        const { body, ...from } = takenMessageSchema.parse(json);
        if (from.unit !== unit) throw new Error('the message names another unit than its topic');
        for (const { problem: why } of body.refused) {
          log.warn({ unit, problem: why }, 'a unit did not take an order');
        }
        onTaken(unit, body.ids);
        return;
      }
      const { id, body, ...from } = statusMessageSchema.parse(json);
      if (from.unit !== unit) throw new Error('the message names another unit than its topic');
      // One that has come online since then sends again by itself what the broker lost.
      if (body.state === 'online') askFor(unit, retained);
      // The unit hears that headquarters is there, and what time it is.
      if (body.state === 'online' && !retained) acknowledge(unit, { ids: [id] });
      onStatus(unit, body);
    } catch (error) {
      log.warn({ problem: messageOf(error), unit, topic: rest }, 'a message could not be read');
    }
  }

  /** Waits for the socket to be read on while it brings more, so that a stream becomes large commits; a lone message waits for one turn. */
  async function gather(): Promise<void> {
    const untilMs = performance.now() + gatherMs;
    let before: number;
    do {
      before = inbox.length;
      await setImmediate();
    } while (inbox.length > before && inbox.length < batchSize && performance.now() < untilMs);
  }

  function nextBatch(): UnitMessage[] {
    let bytes = 0;
    let count = 0;
    for (const { payload } of inbox.slice(0, batchSize)) {
      bytes += payload.length;
      if (count > 0 && bytes > batchBytes) break;
      count += 1;
    }
    const taken = inbox.slice(0, count);
    inbox = inbox.slice(count);
    return taken.flatMap((message) => readMessage(message) ?? []);
  }

  async function drain(): Promise<void> {
    while (inbox.length > 0) {
      await gather();
      const batch = nextBatch();
      try {
        // Files first, so that no row ever names a missing one.
        await Promise.all(batch.map(writeImage));
        const { fates, news } = keep(batch);
        problem = null;
        answer(fates);
        count(news, fates);
        onNews(news);
      } catch (error) {
        // Nothing of it is acknowledged, so the units send it again.
        const words = messageOf(error);
        if (words !== problem) log.error({ problem: words }, 'what units sent could not be stored');
        problem = words;
      }
    }
  }

  async function writeImage(message: UnitMessage): Promise<void> {
    if (message.kind !== 'image' || records.hasImage(message.image.ref.id)) return;
    await records.writeImage(message.image, message.jpeg);
  }

  function answer(fates: readonly Fate[]): void {
    for (const [unit, its] of Map.groupBy(fates, ({ message }) => message.unit)) {
      const refused = its.flatMap(({ message, problem: why }) =>
        why === null ? [] : [{ id: message.id, problem: why }],
      );
      const ids = its.flatMap(({ message, problem: why }) => (why === null ? [message.id] : []));
      for (let at = 0; at < Math.max(ids.length, refused.length); at += mostIdsOfAck) {
        const some = refused.slice(at, at + mostIdsOfAck);
        acknowledge(unit, {
          ids: ids.slice(at, at + mostIdsOfAck),
          ...(some.length > 0 && { refused: some }),
        });
      }
      for (const { problem: why } of refused) {
        log.warn({ unit, problem: why }, 'a message of a unit was refused');
      }
    }
  }

  function count(news: News, fates: readonly Fate[]): void {
    const stored = fates.filter((fate) => fate.problem === null);
    counts.messages += stored.length;
    counts.refused += fates.length - stored.length;
    counts.detections += news.detections.length;
    counts.hits += news.hits.length;
    counts.images += stored.filter(({ message }) => message.kind === 'image').length;
    counts.repeats += news.repeats;
  }

  return {
    topics: (known) => [
      ...[...storedTopics, ...figureTopics].map((topic) => unitTopic(agency, '+', topic)),
      // RabbitMQ gives retained messages to exact topics only.
      ...known.map((unit) => unitTopic(agency, unit, 'status')),
    ],
    connected(resumed) {
      asksAgain = !resumed;
      asked.clear();
    },
    onMessage(topic, payload, retained) {
      const from = parseTopic(topic);
      if (from === null || from.agency !== agency) return;
      if (figureTopics.includes(from.rest)) {
        onFigures(from, payload, retained);
        return;
      }
      inbox.push({ topic, payload });
      working ??= drain().finally(() => {
        working = null;
      });
    },
    health: () => ({ ...counts, waiting: inbox.length, problem }),
    async settled() {
      await working;
    },
  };
}
