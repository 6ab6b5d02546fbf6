import { EventEmitter } from 'node:events';
import { type Accountability, openAccountability } from '../accountability/accountability.ts';
import { createAuditForwarding } from '../accountability/audit/forward.ts';
import { auditedRefresh } from '../accountability/lists/audited-refresh.ts';
import type { ClockWitnesses } from '../accountability/retention/clock-belief.ts';
import { createDatabaseProbe } from '../accountability/tables.ts';
import { openOwnUnitDatabase } from '../accountability/unit-database.ts';
import { createAlertDesk } from '../alerts/alert-desk.ts';
import { createAudioOutputs } from '../alerts/audio-outputs.ts';
import { createSoundControl, type SoundControl } from '../alerts/sound-control.ts';
import type { Config } from '../config/schema.ts';
import type { UnitFinding } from '../console/check-operations.ts';
import { type Console, createConsole } from '../console/console.ts';
import type { Hotlist } from '../hotlist/hotlist.ts';
import { createOutbox } from '../outbox/outbox.ts';
import type { Log } from '../platform/log.ts';
import { kindOf, messageOf } from '../platform/problem.ts';
import type { WatchedPart } from '../platform/progress-watch.ts';
import { sweepPartFiles } from '../platform/sweep-part-files.ts';
import type { Position } from '../position/fix.ts';
import { createPosition } from '../position/position.ts';
import type { Hit } from '../records/detection.ts';
import { giveUpReserveIfFull } from '../records/disk-reserve.ts';
import { createRecords } from '../records/records.ts';
import { createUplink } from '../uplink/uplink.ts';
import { v4l2Controls } from '../vision/capture/v4l2-controls.ts';
import { createPlateFigures } from '../vision/head/plate-figures.ts';
import type { TrackReport } from '../vision/tracking/track-report.ts';
import { createAimedCameras } from './aimed-cameras.ts';
import { createCameraHeads } from './camera-heads.ts';
import { createCaptureWatch } from './capture-watch.ts';
import { createVehicles } from './consider-vehicle.ts';
import type { DaemonStatus } from './daemon-status.ts';
import { createDaemonFigures } from './figures.ts';
import { createLoopLateness } from './loop-lateness.ts';
import { prometheusText } from './metrics.ts';
import { createOpenAlerts } from './open-alerts.ts';
import { type Part, roomPart, startParts } from './parts.ts';
import { createRuleClock } from './rule-clock.ts';
import { createStatusBoard } from './status.ts';
import { createStatusServer } from './status-server.ts';
import { createTimeCheck } from './time-sure.ts';
import { watchedParts } from './watched-parts.ts';

/** Events of vehicles, for programs in the same process: the demo and `lookout replay`. */
export interface DaemonEvents {
  report: [report: TrackReport];
  hit: [hit: Hit];
  /** Every head has reached the end of its recording. */
  finished: [];
  /** The keys were destroyed by order: stop, and erase the data folder (BRE-1). */
  wiped: [];
  /** The daemon starts to stop: it is disposed of, or its start has failed. */
  stopping: [];
}

/** The unit. Disposal stops the parts, in exact reverse of the start, and closes the databases. */
export interface Daemon extends AsyncDisposable {
  readonly events: EventEmitter<DaemonEvents>;
  readonly hotlist: Hotlist;
  /** People and their rights. */
  readonly accountability: Accountability;
  readonly console: Console | null;
  /**
   * Starts every part in order. Rejects with the first part's error, or with the reason of `signal` as soon as it is
   * aborted; all started parts are stopped again by then.
   */
  start(signal?: AbortSignal): Promise<void>;
  fixAt: Position['fixAt'];
  status(): DaemonStatus;
  /** Parts that must make progress for systemd's watchdog to be fed. */
  readonly watchedParts: readonly WatchedPart[];
}

/** Parts that replace the configured ones. */
export interface DaemonParts {
  position?: Position;
  /** Checks of the computer for the page, by what satellites and headquarters say of the clock; none where left out. */
  checks?: (witnesses: ClockWitnesses) => Promise<UnitFinding[]>;
  /** Whether alerts sound and speak; a replay is silent. */
  audible?: boolean;
  /**
   * Set for a replay: the rules (age of lists, re-arming) then go by the time of the frames, beginning here
   * (ms since the epoch), so that the same drive gives the same result each time.
   */
  evidenceFromMs?: number;
}

/**
 * The composition root: builds every room from its section of the configuration and lists the parts in the order in
 * which they start. Building opens the databases and does nothing else: no timer, no thread, no port, no message, and
 * no file removed except the reserve of a full disk, without which no database opens. If it throws, nothing stays open.
 */
export async function createDaemon(
  config: Config,
  log: Log,
  parts: DaemonParts = {},
): Promise<Daemon> {
  await using open = new AsyncDisposableStack();
  const rooms = await openRoomsOf(config, log, parts, open);
  const table = tableOf(rooms, config);
  const watched = watchedParts({ ...rooms, probeDatabase: createDatabaseProbe(rooms.db) });
  const stopping = new AbortController();
  const opened = open.move();
  const running = opened.use(new AsyncDisposableStack());
  const stop = async (): Promise<void> => {
    rooms.events.emit('stopping');
    stopping.abort(new Error('the daemon is being stopped'));
    await opened.disposeAsync();
  };

  return {
    events: rooms.events,
    hotlist: rooms.hotlist,
    accountability: rooms.accountability,
    console: rooms.page,
    watchedParts: watched,
    fixAt: (takenAtMs) => rooms.position.fixAt(takenAtMs),
    status: rooms.status.read,
    async start(signal) {
      const signals = signal === undefined ? [stopping.signal] : [stopping.signal, signal];
      await using failed = new AsyncDisposableStack();
      failed.defer(stop);
      await startParts(table, running, AbortSignal.any(signals), log);
      failed.move();
    },
    [Symbol.asyncDispose]: stop,
  };
}

type Rooms = Awaited<ReturnType<typeof openRooms>>;

/** A room may read a damaged page when it is built: the file is then set aside, and all are built on the new one. */
async function openRoomsOf(...given: Parameters<typeof openRooms>): Promise<Rooms> {
  const [config, log, parts, open] = given;
  await using first = new AsyncDisposableStack();
  try {
    const rooms = await openRooms(config, log, parts, first);
    open.use(first.move());
    return rooms;
  } catch (error) {
    if (kindOf(error) !== 'damaged') throw error;
  }
  return await openRooms(config, log, parts, open);
}

/** Builds each room after those that it needs, and leaves on `open` what must be closed. */
async function openRooms(config: Config, log: Log, parts: DaemonParts, open: AsyncDisposableStack) {
  const { unit } = config;
  const events = new EventEmitter<DaemonEvents>();
  const clock = createRuleClock(parts.evidenceFromMs);
  const figures = createDaemonFigures();
  const plateFigures = createPlateFigures();
  const status = createStatusBoard(unit, figures);
  giveUpReserveIfFull(unit.dataDir);
  const file = openOwnUnitDatabase(unit.dataDir, log);
  const db = open.adopt(file.db, (own) => void own.close());
  const outbox = createOutbox(db);
  const time = createTimeCheck();
  const isClockSure = time.headquartersAgrees;
  const position = parts.position ?? createPosition(config.position, { log, isClockSure });
  time.askPosition(position);
  const accountability = open.use(
    await openAccountability({
      config,
      log,
      ...(clock.isReplay && { listClock: clock.now }),
      daemon: { file, outbox },
      witnesses: time.witnesses,
      onWiped: () => events.emit('wiped'),
    }),
  );
  const { hotlist, verification, audit, people, gate, suspension } = accountability;
  const records = createRecords({
    db,
    dataDir: unit.dataDir,
    outbox,
    config: config.records,
    images: config.uplink.images,
    isHeld: accountability.holds.isHeld,
    onUnsentShed: accountability.noteUnsentShed,
    log,
  });
  const { banner } = config.alerts;
  const openAlerts = createOpenAlerts({ db, dataDir: unit.dataDir, verification, banner });
  const heard =
    parts.audible === false
      ? []
      : createAudioOutputs({
          ...{ config: config.alerts, dataDir: unit.dataDir, log },
          hasPassenger: () => sound.isHushed(),
        });
  const sound: SoundControl = createSoundControl({ outputs: heard, isHeld: people.isHeld });
  const { checks } = parts;
  // The heads are built after the page, on which what they read is alerted.
  const aim = createAimedCameras({
    ...{ config, position, log, plates: plateFigures, port: v4l2Controls },
    ...{ heads: () => heads, uplink: () => uplink },
  });
  const page = config.console.enabled
    ? createConsole({
        ...{ config: config.console, unit, people, gate, audit, log },
        hits: verification,
        open: openAlerts,
        sound,
        hitRights: accountability.hitRights,
        cameras: aim,
        ...(checks && { checks: () => checks(accountability.health().clock) }),
        status: status.read,
      })
    : null;
  const outputs = [...heard, ...(page === null ? [] : [page.output])];
  const isOpen = (hitId: string): boolean => {
    try {
      return verification.isOpenHit(hitId);
    } catch (error) {
      // Then the re-arm rules alone decide.
      log.error({ problem: messageOf(error) }, 'open hits could not be read');
      return false;
    }
  };
  const alertDesk = createAlertDesk({
    config: config.alerts,
    hotlist: config.hotlist,
    unit,
    outputs,
    log,
    clock: clock.now,
    isMuted: sound.isMuted,
    // Where there is no page on which an alert can be marked as seen, it sounds again until it is closed.
    isUnseen: ({ hit }) => (page === null ? isOpen(hit.id) : page.isUnseen(hit.detectionId)),
    isOpen,
  });
  verification.events.on('answered', (hit, answer) => alertDesk.answer(answer, hit));
  const { source } = config.position;
  const vehicles = createVehicles({
    unit,
    publishAfterS: config.tracking.publishAfterS,
    minCourseSpeedMps: config.position.minCourseSpeedMps,
    bearingDeg: source.kind === 'fixed' ? source.bearingDeg : null,
    position,
    hotlist,
    mutes: verification,
    // A recording is evidence already, wherever it is played.
    suspension: clock.isReplay ? { check: () => false, covers: () => false } : suspension,
    canvasses: accountability.canvasses,
    isTestPlate: aim.tests.covers,
    alertDesk,
    records,
    figures,
    onHit: (hit) => events.emit('hit', hit),
    onReport: (report) => events.emit('report', report),
    log,
  });
  const heads = createCameraHeads({
    config,
    onReport(report, mountAngleDeg) {
      clock.sawFrame(report.lastSeenMs);
      plateFigures.add(report);
      void vehicles.consider(report, mountAngleDeg);
    },
    onFinished: () => void vehicles.stored().then(() => events.emit('finished')),
    log,
  });
  const capture = createCaptureWatch({ suspension, position, heads });
  const from = 'headquarters';
  const uplink = config.uplink.enabled
    ? createUplink({
        config: config.uplink,
        unit,
        outbox,
        dataDir: unit.dataDir,
        status: status.read,
        hotlist: auditedRefresh({ hotlist, audit, agency: unit.agency, from }),
        orders: accountability.orders,
        log,
      })
    : null;
  if (uplink !== null) time.askLink(uplink);
  const forwarding = uplink === null ? null : createAuditForwarding({ audit, db, outbox, log });
  const metrics = config.metrics.enabled
    ? createStatusServer({
        config: config.metrics,
        status: status.read,
        metricsOf: prometheusText,
        log,
      })
    : null;
  const loop = createLoopLateness();
  const rooms = {
    events,
    clock,
    db,
    outbox,
    position,
    accountability,
    hotlist,
    records,
    page,
    openAlerts,
    sound,
    alertDesk,
    vehicles,
    heads,
    aim,
    capture,
    uplink,
    forwarding,
    metrics,
    loop,
    status,
  };
  status.ask(rooms);
  return rooms;
}

/** The parts in the order in which they start; they stop in exact reverse. */
function tableOf(rooms: Rooms, config: Config): Part[] {
  const { clock, outbox, hotlist, records, position, accountability, alertDesk, vehicles } = rooms;
  const { heads, capture, page, uplink, forwarding, metrics, loop } = rooms;
  const table: (Part | null)[] = [
    roomPart('event loop', loop),
    { name: 'outbox', start: outbox.retryRefused },
    { name: 'hot lists', start: hotlist.start },
    {
      name: 'records',
      start() {
        sweepPartFiles(config.unit.dataDir);
        records.sweep();
        records.closeOpen();
        records.watchRoom();
      },
      stop: () => records[Symbol.asyncDispose](),
    },
    {
      name: 'alert memory',
      start() {
        const sinceMs = clock.now() - config.hotlist.rearmAfterS * 1000;
        alertDesk.seed(records.recentHits(sinceMs), rooms.openAlerts.all());
      },
    },
    roomPart('position', position),
    forwarding && roomPart('audit forwarding', forwarding),
    // A replay keeps its records, whatever their age.
    clock.isReplay ? null : { name: 'upkeep', start: accountability.startUpkeep },
    page && roomPart('page', page),
    roomPart('alert outputs', alertDesk),
    uplink && roomPart('link', uplink),
    metrics && roomPart('metrics', metrics),
    roomPart('camera settings', rooms.aim.settings),
    // Heads start last and stop first: their last reports are matched, stored and queued.
    { name: 'stores', stop: vehicles.stored },
    clock.isReplay ? null : roomPart('capture zones', capture),
    roomPart('camera heads', heads),
  ];
  return table.filter((part) => part !== null);
}
