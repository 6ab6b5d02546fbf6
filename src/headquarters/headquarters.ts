import { join } from 'node:path';
import { type Accountability, openAccountability } from '../accountability/accountability.ts';
import type { AccountabilityDeps } from '../accountability/ground.ts';
import { auditedRefresh } from '../accountability/lists/audited-refresh.ts';
import type { ClockWitnesses } from '../accountability/retention/clock-belief.ts';
import { openOwnUnitDatabase } from '../accountability/unit-database.ts';
import { openArchive } from '../archive/archive.ts';
import { archiveSettingsOf } from '../archive/postgres/connect.ts';
import { restoredOf } from '../backup/restored.ts';
import type { Config } from '../config/schema.ts';
import type { UnitFinding } from '../console/check-operations.ts';
import { type Console, createConsole } from '../console/console.ts';
import { createLoopLateness } from '../daemon/loop-lateness.ts';
import { createOpenAlerts } from '../daemon/open-alerts.ts';
import { roomPart, startParts } from '../daemon/parts.ts';
import { createStatusServer } from '../daemon/status-server.ts';
import { createOutbox } from '../outbox/outbox.ts';
import { systemClock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { createReceivedRecords } from '../records/received-records.ts';
import { createRecordReader } from '../records/record-reader.ts';
import { createLink } from '../uplink/link.ts';
import type { Manifest } from '../uplink/messages.ts';
import { everyUnit, parseTopic } from '../uplink/topics.ts';
import { createOrderedRevocations } from './enrolment/ordered-revocations.ts';
import { createUnitCertificates } from './enrolment/unit-certificates.ts';
import { type HeadquartersStatus, headquartersStatus } from './headquarters-status.ts';
import { createEndsOfWaiting } from './intake/ends-of-waiting.ts';
import { createHeadquartersRows } from './intake/headquarters-rows.ts';
import { createIntake } from './intake/intake.ts';
import { createMessageKeeper } from './intake/keep-messages.ts';
import { createPlateIndexing } from './intake/plate-indexing.ts';
import { createTakeNotice } from './intake/take-notice.ts';
import { createUnits } from './intake/units.ts';
import { createListSchedules } from './list-schedules/list-schedules.ts';
import { createListPublisher } from './lists/list-publisher.ts';
import { type PublishList, publishList } from './lists/publish-list.ts';
import { headquartersMetrics } from './metrics.ts';
import { createAlertOrders } from './outgoing/alert-orders.ts';
import { createOrdersToUnits } from './outgoing/orders-to-units.ts';
import { createOwnMessages } from './outgoing/own-messages.ts';
import { openSharing } from './outgoing/sharing.ts';
import { showNews } from './show-news.ts';
import { createUnitLogs } from './unit-logs/unit-logs.ts';
import { openHeadquartersDatabase, openUnitRecords } from './unit-logs/unit-records.ts';

/** What headquarters is given beside its configuration. */
interface HeadquartersDeps {
  /** How the computer is set up, for Health on the page. */
  checks?: (witnesses: ClockWitnesses) => Promise<UnitFinding[]>;
  passwordCost?: AccountabilityDeps['passwordCost'];
}

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
export async function createHeadquarters(
  config: Config,
  log: Log,
  deps: HeadquartersDeps = {},
): Promise<Headquarters> {
  await using open = new AsyncDisposableStack();
  const rooms = await openRooms(config, log, open, deps);
  const { link, intake, page, accountability, ownMessages, records, rows, loop, server } = rooms;
  const { archive } = rooms;
  const opened = open.move();
  const running = opened.use(new AsyncDisposableStack());
  const stopping = new AbortController();
  const table = [
    roomPart('event loop', loop),
    { name: 'hot lists', start: accountability.hotlist.start },
    { name: 'records', start: () => records.sweep(rows.earlyIds()) },
    roomPart('unit logs', rooms.unitLogs),
    ...(archive === null ? [] : [roomPart('archive', archive)]),
    roomPart('ends of waiting', rooms.endsOfWaiting),
    ...(rooms.ordered === null ? [] : [roomPart('revocation of units', rooms.ordered)]),
    {
      name: 'plates in two places',
      start: () => accountability.clones?.start(),
      stop: async () => accountability.clones?.[Symbol.asyncDispose](),
    },
    { name: 'upkeep', start: accountability.startUpkeep },
    ...(page === null ? [] : [roomPart('page', page)]),
    {
      name: 'own messages',
      start: ownMessages.start,
      stop: () => ownMessages[Symbol.asyncDispose](),
    },
    ...(server === null ? [] : [roomPart('status', server)]),
    roomPart('publication of hot lists', rooms.publisher),
    roomPart('schedules of hot lists', rooms.schedules),
    roomPart('index of plates', rooms.plateIndexing),
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
      publishList(
        { agency: config.unit.agency, ...list },
        { link, store: rows.lists, key: rooms.sharing.key },
      ),
    probe: () => void rooms.units.ids(),
    [Symbol.asyncDispose]: stop,
  };
}

/** Opens each room after those that it needs, and leaves on `open` what must be closed. */
async function openRooms(
  config: Config,
  log: Log,
  open: AsyncDisposableStack,
  { checks, passwordCost }: HeadquartersDeps,
) {
  const { unit } = config;
  const { agency, dataDir } = unit;
  const clock = systemClock;
  const startedAtMs = clock();
  const { db, own, file } = openDatabases(dataDir, log, open);
  // Before the rooms open, which read the public half of its key.
  const sharing = openSharing({
    ...{ db: own, dataDir, unit, clock, log },
    link: () => link,
    takeShared: (message) => void accountability.orders.onAgencyMessage?.(message),
  });
  const outbox = createOutbox(db);
  // Before anything changes a detection.
  const archive = openArchive({
    ...{ db, dataDir, settings: archiveSettingsOf(config.headquarters.archive), log },
  });
  const unitRecords = open.use(openUnitRecords(dataDir));
  const place = { folder: join(dataDir, 'authority'), agency, clock };
  const accountability = open.use(
    await openAccountability({
      ...{ config, log, daemon: { file, outbox }, unitRecords, passwordCost },
      certificates: createUnitCertificates({ place, dataDir }),
    }),
  );

  open.use(sharing);
  const { audit, hotlist, clones, unitRevocations } = accountability;
  const ordered = unitRevocations && createOrderedRevocations(unitRevocations);
  const rows = createHeadquartersRows(own);
  const units = createUnits({ db: own, rows, clock });
  const records = createReceivedRecords({ db, dataDir, modeOf: units.modeOf });
  const hitOf = createRecordReader(db).hit;
  const unitLogs = createUnitLogs({ rows, audit, unit, clock, log });
  const endsOfWaiting = createEndsOfWaiting({ own, rows, records, clock, log });
  const plateIndexing = createPlateIndexing({ records, log });
  const loop = createLoopLateness();
  const page = openPage({ config, accountability, db, checks, status: () => status(), log });

  const link = createLink({
    config: config.uplink,
    clientId: `lookout-${agency}-${unit.id}`,
    listener: {
      onConnected: (resumed) => void greet(resumed),
      onLost() {},
      onMessage(topic, payload, retained) {
        if (parseTopic(topic)?.unit === everyUnit) publisher.onManifest(topic, payload);
        else intake.onMessage(topic, payload, retained);
      },
    },
    log,
  });
  const ownMessages = createOwnMessages({
    ...{ outbox, share: sharing.shareOwn, log },
    ...createOrdersToUnits({
      ...{ unit, link, key: sharing.key },
      alerts: createAlertOrders({ unit, hitOf, link }),
    }),
  });
  const takeNotice = createTakeNotice({ hitOf, rooms: accountability });
  const keep = createMessageKeeper({
    ...{ db, records, own, rows, shared: sharing.rows, takeNotice, clock },
    noteRead: (detection) => clones?.note(detection),
  });
  const intake = createIntake({
    ...{ agency, link, records, keep, clock, log },
    onStatus(unitId, its) {
      units.onStatus(unitId, its);
      if (its.state === 'online') ownMessages.retry(unitId);
    },
    onTaken: ownMessages.taken,
    onHealth: units.onHealth,
    onNews(news) {
      if (news.detections.length > 0) clones?.wake();
      if (news.shared) sharing.tellNew();
      unitLogs.restored(news.restored);
      unitLogs.contradicted(news.contradicted);
      if (page !== null) showNews(news, page);
      plateIndexing.stored(news.detections.length + news.hits.length);
    },
  });

  const restored = restoredOf(dataDir);
  const publisher = createListPublisher({
    ...{ hotlist, versions: accountability.listVersions, store: rows.lists, link },
    ...{ unit, key: sharing.key, audit, clock, log },
    onUnits: () => units.all().flatMap(({ lists }) => lists),
    restoredMs: restored === null ? null : Date.parse(restored.restoredAt),
  });

  const schedules = createListSchedules({
    schedules: config.lists.schedules,
    target: auditedRefresh({ hotlist, audit, agency, from: 'headquarters' }),
    ...{ db: own, dataDir, tell: accountability.tellNotice, clock, log },
  });

  /** Subscribes, and publishes what waited for the link. */
  async function greet(resumed: boolean): Promise<void> {
    intake.connected(resumed);
    try {
      await link.subscribe(intake.topics(units.ids()));
      sharing.tellAll(publisher.connected());
      ownMessages.retry();
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'headquarters may not read what units send');
    }
  }

  const status = () =>
    headquartersStatus({
      ...{ unit, startedAtMs, nowMs: clock(), link, page, loop },
      ...{ wing: accountability.health(), lists: hotlist.status() },
      versionsOf: accountability.listVersions.of,
      ...{
        intake: intake.health(),
        archive: archive && { ...archive.health(), searches: accountability.searches },
        units: units.all(),
        revocations: ordered?.list() ?? [],
        logs: [
          ...unitLogs.problems(),
          ...publisher.problems(),
          ...schedules.problems(),
          ...endsOfWaiting.problems(),
          ...(ordered?.problems() ?? []),
          ...(clones?.problems() ?? []),
        ],
      },
    });
  const server = config.metrics.enabled
    ? createStatusServer({ config: config.metrics, status, metricsOf: headquartersMetrics, log })
    : null;
  const told = { sharing, publisher, schedules, link, intake, ownMessages, page, server, status };
  return {
    accountability,
    records,
    rows,
    units,
    loop,
    unitLogs,
    endsOfWaiting,
    ordered,
    plateIndexing,
    archive,
    ...told,
  };
}

/** Opens `lookout.db` and `headquarters.db`. */
function openDatabases(dataDir: string, log: Log, open: AsyncDisposableStack) {
  const file = openOwnUnitDatabase(dataDir, log);
  const db = open.adopt(file.db, (own) => void own.close());
  const own = open.adopt(openHeadquartersDatabase(dataDir), (each) => void each.close());
  return { file, db, own };
}

/** The page for people at headquarters; null where it is switched off. */
function openPage(deps: {
  config: Config;
  accountability: Accountability;
  db: Database;
  checks: HeadquartersDeps['checks'];
  status: () => HeadquartersStatus;
  log: Log;
}): Console | null {
  const { config, accountability, db, checks, status, log } = deps;
  const { verification, people, gate, audit, hitRights } = accountability;
  const { dataDir } = config.unit;
  if (!config.console.enabled) return null;
  return createConsole({
    ...{ config: config.console, unit: config.unit, people, gate, audit, hitRights, status, log },
    hits: verification,
    ...(checks && { checks: () => checks(accountability.health().clock) }),
    open: createOpenAlerts({ db, dataDir, verification, banner: config.alerts.banner }),
  });
}
