import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Accountability, openAccountability } from '../accountability/accountability.ts';
import { publicKeyFileOf } from '../accountability/ground.ts';
import { openOwnUnitDatabase } from '../accountability/unit-database.ts';
import type { AlertStep } from '../accountability/verification/alert-step.ts';
import type { AlertUpdate, Report } from '../accountability/verification/alert-update.ts';
import { statusOf } from '../accountability/verification/status-of-update.ts';
import type { Config } from '../config/schema.ts';
import { type Console, createConsole } from '../console/console.ts';
import { createLoopLateness } from '../daemon/loop-lateness.ts';
import { createOpenAlerts } from '../daemon/open-alerts.ts';
import { roomPart, startParts } from '../daemon/parts.ts';
import { createStatusServer } from '../daemon/status-server.ts';
import { createOutbox, type WaitingMessage } from '../outbox/outbox.ts';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import type { Hit } from '../records/detection.ts';
import { createReceivedRecords } from '../records/received-records.ts';
import { createRecordReader } from '../records/record-reader.ts';
import { createLink } from '../uplink/link.ts';
import type { Manifest } from '../uplink/messages.ts';
import { everyUnit, type OrderTopic, unitTopic } from '../uplink/topics.ts';
import {
  noteSignedAnew,
  openSigningKey,
  publicKeysPem,
  rotationState,
} from './enrolment/signing-keys.ts';
import { createHeadquartersRows } from './headquarters-rows.ts';
import { type HeadquartersStatus, headquartersStatus } from './headquarters-status.ts';
import { createIntake } from './intake.ts';
import { createMessageKeeper, type News, type TakeNotice } from './keep-messages.ts';
import { headquartersMetrics } from './metrics.ts';
import { createOwnMessages } from './own-messages.ts';
import { type PublishList, publishList } from './publish-list.ts';
import type { NoticeType, UnitNotice } from './read-message.ts';
import {
  createSharedRows,
  publishAgain,
  publishIndex,
  publishWhatIsNew,
  share,
} from './shared-rows.ts';
import { headquartersMigrations } from './tables.ts';
import { createUnitLogs } from './unit-logs.ts';
import { createUnits } from './units.ts';

/** A running headquarters. Disposal stops the parts in reverse of their start, and closes the databases. */
export interface Headquarters extends AsyncDisposable {
  readonly accountability: Accountability;
  readonly console: Console | null;
  /** Starts every part; rejects with the reason of `signal` once it is aborted. */
  start(signal?: AbortSignal): Promise<void>;
  status(): HeadquartersStatus;
  /** Publishes a hot list to every unit; rejects while there is no link, and if the file cannot be published. */
  publishList(list: Omit<PublishList, 'agency'>): Promise<Manifest>;
  /** Throws if the databases or the link have made no progress. */
  probe(): void;
}

/**
 * Headquarters: the rooms for people, opened without cameras on databases of its own, which hold what the units send over
 * MQTT; and the page for people there. Opening starts nothing; if it throws, nothing stays open.
 */
export async function createHeadquarters(config: Config, log: Log): Promise<Headquarters> {
  await using open = new AsyncDisposableStack();
  const rooms = await openRooms(config, log, open);
  const { link, intake, page, accountability, ownMessages, records, rows, loop, server, unitLogs } =
    rooms;
  const opened = open.move();
  const running = opened.use(new AsyncDisposableStack());
  const stopping = new AbortController();
  const table = [
    roomPart('event loop', loop),
    { name: 'hot lists', start: accountability.hotlist.start },
    { name: 'records', start: () => records.sweep(rows.earlyIds()) },
    roomPart('unit logs', unitLogs),
    { name: 'upkeep', start: accountability.startUpkeep },
    ...(page === null ? [] : [roomPart('page', page)]),
    {
      name: 'own messages',
      start: ownMessages.start,
      stop: () => ownMessages[Symbol.asyncDispose](),
    },
    ...(server === null ? [] : [roomPart('status', server)]),
    { name: 'intake', stop: intake.settled },
    { name: 'link', start: () => link.start(), stop: () => link.stop() },
  ];
  const stop = async (): Promise<void> => {
    stopping.abort(new Error('headquarters is being stopped'));
    await opened.disposeAsync();
  };
  return {
    accountability,
    console: page,
    async start(signal) {
      const signals = signal === undefined ? [stopping.signal] : [stopping.signal, signal];
      await using failed = new AsyncDisposableStack();
      failed.defer(stop);
      await startParts(table, running, AbortSignal.any(signals), log);
      failed.move();
    },
    status: rooms.status,
    publishList: (list) =>
      publishList({ agency: config.unit.agency, ...list }, { link, store: rows.lists }),
    probe: () => void rooms.units.ids(),
    [Symbol.asyncDispose]: stop,
  };
}

/** Opens each room after those that it needs, and leaves on `open` what must be closed. */
async function openRooms(config: Config, log: Log, open: AsyncDisposableStack) {
  const { unit } = config;
  const { agency, dataDir } = unit;
  const clock = systemClock;
  const startedAtMs = clock();
  const file = openOwnUnitDatabase(dataDir, log);
  const db = open.adopt(file.db, (own) => void own.close());
  const own = open.adopt(
    openDatabase(join(dataDir, 'headquarters.db'), headquartersMigrations, { erasing: true }),
    (each) => void each.close(),
  );
  const signingKey = openSigningKey(dataDir);
  /** Whether what the key before signed is to be signed again. */
  let mustSignAgain = rotationState(dataDir) === 'switched';
  writeFileSync(publicKeyFileOf(dataDir), publicKeysPem(dataDir), { mode: 0o644 });
  const outbox = createOutbox(db);
  const accountability = open.use(
    await openAccountability({ config, log, daemon: { file, outbox } }),
  );
  const { verification, people, gate, audit, hotlist } = accountability;
  const records = createReceivedRecords({ db, dataDir });
  const hits = createRecordReader(db);
  const rows = createHeadquartersRows(own);
  const shared = createSharedRows(own);
  const units = createUnits({ db: own, rows, clock });
  const unitLogs = createUnitLogs({ rows, audit, unit, clock, log });
  const loop = createLoopLateness();

  const page: Console | null = config.console.enabled
    ? createConsole({
        ...{ config: config.console, unit, people, gate, audit, log },
        hits: verification,
        open: createOpenAlerts({ db, dataDir, verification, banner: config.alerts.banner }),
        hitRights: accountability.hitRights,
        status: () => status(),
      })
    : null;

  const link = createLink({
    config: config.uplink,
    clientId: `lookout-${agency}-${unit.id}`,
    listener: {
      onConnected: (resumed) => void greet(resumed),
      onLost() {},
      onMessage: (topic, payload, retained) => intake.onMessage(topic, payload, retained),
    },
    log,
  });
  const sharing = {
    link,
    store: { shared },
    key: signingKey,
    clock,
    // Headquarters' own rooms take what all units are told, as each of them does.
    onPublished: (message: string) =>
      void accountability.orders.onAgencyMessage?.(Buffer.from(message)),
  };
  const publishRest = async (): Promise<void> => {
    if (!mustSignAgain) return publishIndex(sharing);
    await publishAgain(sharing);
    noteSignedAnew(dataDir);
    mustSignAgain = false;
    log.info('all that units share is signed by the new key');
  };
  let publishing: Promise<void> = Promise.resolve();
  /** Tells every unit what is new of what the agency shares; what fails waits for the next connection. */
  const publishShared = (isConnection = false): void => {
    publishing = publishing
      .then(() => publishWhatIsNew(sharing))
      .then(() => (isConnection ? publishRest() : undefined))
      .catch((error: unknown) => log.debug({ problem: messageOf(error) }, 'not shared yet'));
  };
  open.defer(() => publishing);

  const ownMessages = createOwnMessages({
    outbox,
    share(message) {
      const notice = sharedNotice(message, { agency, unit: unit.id });
      if (notice === null) return;
      own.transaction(() => share(notice, shared)).immediate();
      publishShared();
    },
    unitOf: ({ topic, json }) =>
      topic === 'alert' ? (hits.hit((JSON.parse(json) as AlertUpdate).hitId)?.unit ?? null) : null,
    async send({ id, json }, to, isFirst) {
      const update = JSON.parse(json) as AlertUpdate;
      const order: AlertStep = { id, from: unit.id, update };
      const publish = (whom: string, topic: OrderTopic, body: object) =>
        link.publish(unitTopic(agency, whom, topic), JSON.stringify(body), { qos: 1 });
      await publish(to, 'alert-step', order);
      const hit = hits.hit(update.hitId);
      const told = isFirst && hit !== undefined ? statusOf(update, hit) : null;
      if (told !== null) await publish(everyUnit, 'alert-status', told);
    },
    log,
  });

  const takeNotice: TakeNotice = ({ type, unit: from, body }) => {
    if (type === 'alert') {
      const update = body as AlertUpdate;
      const owner = hits.hit(update.hitId)?.unit ?? from;
      if (owner !== from) throw new Error('the hit is of another unit');
      const taken = verification.takeUpdate(update, { place: 'unit', unit: from });
      return taken === 'unknown hit' ? { waitsFor: update.hitId } : 'taken';
    }
    // Hot plates, accounts and canvasses come back signed, as they do to every unit.
    if (type === 'report') accountability.takeReport(body as Report);
    return 'taken';
  };
  const keep = createMessageKeeper({ db, records, own, rows, shared, takeNotice, clock });
  const intake = createIntake({
    agency,
    link,
    records,
    keep,
    onStatus(unitId, its) {
      units.onStatus(unitId, its);
      if (its.state === 'online') ownMessages.retry(unitId);
    },
    onTaken: ownMessages.taken,
    onHealth: units.onHealth,
    onNews: tell,
    clock,
    log,
  });

  /** Shows what came in, and tells units what all must know. */
  function tell(news: News): void {
    if (news.shared) publishShared();
    unitLogs.contradicted(news.contradicted);
    if (page === null) return;
    for (const { detectionId, state } of news.hits.filter(isShown)) {
      page.reread(detectionId, state);
    }
    const told = new Set(news.hits.map(({ detectionId }) => detectionId));
    for (const id of news.pictured) if (!told.has(id)) page.refresh(id);
  }

  /** Subscribes, and publishes what waited for the link. */
  async function greet(resumed: boolean): Promise<void> {
    intake.connected(resumed);
    const topics = intake.topics(units.ids());
    try {
      for (let at = 0; at < topics.length; at += topicsAtOnce) {
        await link.subscribe(topics.slice(at, at + topicsAtOnce));
      }
      publishShared(true);
      ownMessages.retry();
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'headquarters may not read what units send');
    }
  }

  const status = () =>
    headquartersStatus({
      ...{ unit, startedAtMs, nowMs: clock(), link, page, loop },
      ...{ wing: accountability.health(), lists: hotlist.status() },
      ...{ intake: intake.health(), units: units.all(), logs: unitLogs.problems() },
    });
  const server = config.metrics.enabled
    ? createStatusServer({ config: config.metrics, status, metricsOf: headquartersMetrics, log })
    : null;

  return {
    accountability,
    records,
    rows,
    units,
    page,
    link,
    intake,
    ownMessages,
    loop,
    unitLogs,
    server,
    status,
  };
}

/** As many as any broker takes in one SUBSCRIBE. */
const topicsAtOnce = 8;

/** Another sighting of an open alert is no alert of its own. */
const isShown = ({ repeatOf }: Hit): boolean => repeatOf === undefined;

const sharedTopics: readonly string[] = ['hot-plate', 'account', 'canvass'] satisfies NoticeType[];

/** What headquarters' own rooms tell all units, as a unit would send it; null for what is for headquarters alone. */
function sharedNotice(
  { id, topic, json }: WaitingMessage,
  from: { agency: string; unit: string },
): UnitNotice | null {
  if (!sharedTopics.includes(topic)) return null;
  return { id, ...from, type: topic as NoticeType, body: JSON.parse(json) as object };
}
