import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import type { AuditRecord } from '../../src/accountability/audit/audit-record.ts';
import { type UplinkConfig, uplinkSection } from '../../src/config/sections/uplink.ts';
import { openSigningKey } from '../../src/headquarters/enrolment/signing-keys.ts';
import {
  type From,
  readMessage,
  storedTopics,
  type UnitMessage,
  type UnitNotice,
} from '../../src/headquarters/intake/read-message.ts';
import { publishIndex, publishWhatIsNew } from '../../src/headquarters/intake/shared-rows.ts';
import { type PublishList, publishList } from '../../src/headquarters/lists/publish-list.ts';
import { type Clock, isoTime, systemClock } from '../../src/platform/clock.ts';
import { createLog, type Log } from '../../src/platform/log.ts';
import { messageOf, Problem } from '../../src/platform/problem.ts';
import { writeFileDurably } from '../../src/platform/write-file-durably.ts';
import type { Detection, Hit } from '../../src/records/detection.ts';
import { createLink } from '../../src/uplink/link.ts';
import {
  type Ack,
  healthMessageSchema,
  type Manifest,
  type StatusBody,
  statusMessageSchema,
} from '../../src/uplink/messages.ts';
import { ackTopic, parseTopic, unitTopic } from '../../src/uplink/topics.ts';
import { sendAlertStatus } from './orders.ts';
import { fileOf, openStore, type StoredImage, storedImageOf } from './store.ts';

/** Each is called once: repeats of an id and revision are dropped before. */
export interface HeadquartersEvents {
  connected: [];
  detection: [detection: Detection, from: From];
  hit: [hit: Hit, from: From];
  image: [image: StoredImage];
  notice: [notice: UnitNotice];
  /** `contradicts`: it does not fit the records that this unit sent before. */
  audit: [record: AuditRecord, contradicts: boolean];
  status: [status: StatusBody, from: From];
  health: [figures: Record<string, unknown>, from: From];
  refused: [message: { id: string; problem: string }, from: From];
}

/** Options of a headquarters. */
export interface HeadquartersOptions {
  broker: string;
  tls?: { ca?: string; cert?: string; key?: string };
  /** As a unit's `uplink.protocol`. */
  protocol?: UplinkConfig['protocol'];
  /** Holds its database and the images; made when missing. */
  folder: string;
  /** Listens to one agency; all of them without it. */
  agency?: string;
  /** Two headquarters on one broker need two names. */
  name?: string;
  /** Its time, which it tells units. */
  clock?: Clock;
  log?: Log;
}

/** A running headquarters. */
export interface Headquarters extends AsyncDisposable {
  readonly events: EventEmitter<HeadquartersEvents>;
  readonly connected: boolean;
  /** Why there is no connection, or null. */
  readonly problem: string | null;
  readonly counts: Readonly<
    Record<'detections' | 'hits' | 'images' | 'notices' | 'audit' | 'repeats' | 'refused', number>
  >;
  start(): void;
  /** Resolves once the broker has the whole list. */
  publishList(input: PublishList): Promise<Manifest>;
  /** Tells every unit how far dispatch has come with a hit that a unit sent. */
  sendAlertStatus(input: Parameters<typeof sendAlertStatus>[0]): Promise<void>;
}

/** The same rules for a broker's address and certificates as on a unit. Throws a Problem. */
export function linkConfig(
  options: Pick<HeadquartersOptions, 'broker' | 'tls' | 'protocol'>,
): UplinkConfig {
  const { broker, tls = {}, protocol } = options;
  const parsed = uplinkSection.safeParse({ broker, tls, protocol });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Problem(`${issue?.path.join('.')}: ${issue?.message}`);
}

const senderOf = ({ agency, unit }: From): From => ({ agency, unit });

/** Messages of one commit; more wait for the next. */
const batchSize = 500;

/**
 * A small headquarters that shows what one must do: check each message against the published schemas, store it
 * durably, drop repeats by id and revision, and only then acknowledge it.
 */
export function createHeadquarters(options: HeadquartersOptions): Headquarters {
  const { folder, agency = '+', name = 'headquarters', clock = systemClock } = options;
  const log = options.log ?? createLog({ level: 'warn', name });
  const store = openStore(folder);
  const signingKey = openSigningKey(folder);
  const events = new EventEmitter<HeadquartersEvents>();
  const counts = {
    detections: 0,
    hits: 0,
    images: 0,
    notices: 0,
    audit: 0,
    repeats: 0,
    refused: 0,
  };
  let inbox: { topic: string; payload: Buffer }[] = [];
  let working: Promise<void> | null = null;
  /** The broker held nothing for us, so units that were online before are asked to send again what waits. */
  let askAgain = false;
  const asked = new Set<string>();

  const link = createLink({
    config: linkConfig(options),
    clientId: `lookout-${name}`,
    listener: { onConnected: (resumed) => void subscribe(resumed), onLost() {}, onMessage },
    log,
  });

  async function subscribe(resumed: boolean): Promise<void> {
    askAgain = !resumed;
    asked.clear();
    const topics = [...storedTopics, 'status', 'health'];
    // RabbitMQ gives retained messages to exact topics only.
    const known = store
      .units()
      .filter((each) => agency === '+' || each.agency === agency)
      .map((each) => unitTopic(each.agency, each.unit, 'status'));
    try {
      await link.subscribe([...topics.map((topic) => unitTopic(agency, '+', topic)), ...known]);
      events.emit('connected');
      void publishShared(true);
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'subscription failed');
    }
  }

  function onMessage(topic: string, payload: Buffer, retained: boolean): void {
    const from = parseTopic(topic);
    if (!from) return;
    if (from.rest === 'status' || from.rest === 'health') {
      onFigures(from, payload, retained);
      return;
    }
    inbox.push({ topic, payload });
    // What one read of the socket brought is one commit.
    working ??= new Promise<void>((resolve) => setImmediate(resolve)).then(drain).finally(() => {
      working = null;
    });
  }

  function onFigures(from: From & { rest: string }, payload: Buffer, retained: boolean): void {
    const { agency: ofAgency, unit, rest } = from;
    const sender = { agency: ofAgency, unit };
    try {
      const json: unknown = JSON.parse(payload.toString());
      if (rest === 'health') {
        const { id, body } = healthMessageSchema.parse(json);
        askFor(sender, true);
        acknowledge(sender, { ids: [id] });
        events.emit('health', body, sender);
        return;
      }
      const { id, body } = statusMessageSchema.parse(json);
      // One that has come online since then sends again by itself what the broker lost.
      if (body.state === 'online') askFor(sender, retained);
      // The unit hears that headquarters is there, and what time it is.
      if (body.state === 'online' && !retained) acknowledge(sender, { ids: [id] });
      events.emit('status', body, sender);
    } catch (error) {
      log.warn({ problem: messageOf(error), topic: rest }, 'a message could not be read');
    }
  }

  /** Asks a unit once for what waits, if it was online before this connection and the broker has lost messages. */
  function askFor(sender: From, wasOnline: boolean): void {
    const key = `${sender.agency}/${sender.unit}`;
    if (!askAgain || asked.has(key)) return;
    asked.add(key);
    if (wasOnline) acknowledge(sender, { ids: [], resend: true });
  }

  async function drain(): Promise<void> {
    while (inbox.length > 0) {
      const batch = inbox.slice(0, batchSize);
      inbox = inbox.slice(batchSize);
      const received = batch.flatMap((message) => readMessage(message) ?? []);
      try {
        // Files first, so that no row ever names a missing one.
        await Promise.all(received.map(writeImage));
        keep(received);
      } catch (error) {
        // Not acknowledged, so the units send it again.
        log.error({ problem: messageOf(error) }, 'messages could not be stored');
      }
    }
  }

  async function writeImage(message: UnitMessage): Promise<void> {
    if (message.kind !== 'image' || store.hasImage(message.image.ref.id)) return;
    await writeFileDurably(join(folder, fileOf(message)), message.jpeg);
  }

  function keep(received: UnitMessage[]): void {
    const fresh = store.write({
      detections: received.flatMap((each) => (each.kind === 'detection' ? [each.detection] : [])),
      hits: received.flatMap((each) => (each.kind === 'hit' ? [each.hit] : [])),
      images: received.flatMap((each) => (each.kind === 'image' ? [storedImageOf(each)] : [])),
      notices: received.flatMap((each) => (each.kind === 'notice' ? [each.notice] : [])),
      audit: received.flatMap((each) => (each.kind === 'audit' ? [each.record] : [])),
    });
    const acks = new Map<
      string,
      { from: From; ack: Pick<Ack, 'ids'> & { refused: NonNullable<Ack['refused']> } }
    >();
    for (const each of received) {
      const { id, agency: ofAgency, unit } = each;
      const key = `${ofAgency}/${unit}`;
      const entry = acks.get(key) ?? {
        from: { agency: ofAgency, unit },
        ack: { ids: [], refused: [] },
      };
      acks.set(key, entry);
      if (each.kind === 'refused') entry.ack.refused.push({ id, problem: each.problem });
      else entry.ack.ids.push(id);
    }
    for (const { from, ack } of acks.values()) {
      const { ids, refused } = ack;
      acknowledge(from, refused.length > 0 ? ack : { ids });
      for (const message of refused) events.emit('refused', message, from);
      counts.refused += refused.length;
    }
    const isNew = Object.values(fresh).reduce((sum, { length }) => sum + length, 0);
    counts.detections += fresh.detections.length;
    counts.hits += fresh.hits.length;
    counts.images += fresh.images.length;
    counts.notices += fresh.notices.length;
    counts.audit += fresh.audit.length;
    counts.repeats += received.filter((each) => each.kind !== 'refused').length - isNew;
    for (const hit of fresh.hits) events.emit('hit', hit, senderOf(hit));
    for (const each of fresh.detections) events.emit('detection', each, senderOf(each));
    for (const image of fresh.images) events.emit('image', image);
    for (const notice of fresh.notices) events.emit('notice', notice);
    if (fresh.notices.length > 0) void publishShared();
    for (const record of fresh.audit) events.emit('audit', record, store.contradicts(record));
  }

  let publishing: Promise<void> | null = null;
  /** Tells every unit what is new of what the agency shares; what fails waits for the next connection. */
  function publishShared(isConnection = false): Promise<void> {
    const to = { link, store, key: signingKey, clock };
    publishing = (publishing ?? Promise.resolve())
      .then(() => publishWhatIsNew(to))
      .then(() => (isConnection ? publishIndex(to) : undefined))
      .catch((error: unknown) => log.warn({ problem: messageOf(error) }, 'not shared yet'));
    return publishing;
  }

  /** An acknowledgement that is lost costs a repeat, no more. */
  function acknowledge({ agency: ofAgency, unit }: From, ack: Ack): void {
    const told: Ack = { ...ack, at: isoTime(clock()) };
    link
      .publish(ackTopic(ofAgency, unit), JSON.stringify(told), { qos: 1 })
      .catch((error: unknown) => log.warn({ problem: messageOf(error) }, 'not acknowledged'));
  }

  return {
    events,
    counts,
    get connected() {
      return link.connected;
    },
    get problem() {
      return link.problem;
    },
    start: () => link.start(),
    async publishList(input) {
      if (!link.connected) await once(events, 'connected');
      return publishList(input, { link, store, key: signingKey });
    },
    async sendAlertStatus(input) {
      await sendAlertStatus(input, { link, store });
    },
    async [Symbol.asyncDispose]() {
      await link.stop();
      await working;
      await publishing;
      store.close();
    },
  };
}
