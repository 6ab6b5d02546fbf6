import { EventEmitter } from 'node:events';
import { type Accountability, openAccountability } from '../accountability/accountability.ts';
import { ownEntry } from '../accountability/audit/chain.ts';
import { startAuditForwarding } from '../accountability/audit/forward.ts';
import { auditedRefresh } from '../accountability/lists/audited-refresh.ts';
import { createHeartbeat } from '../accountability/tables.ts';
import { openUnitDatabase } from '../accountability/unit-database.ts';
import type { AlertOutput } from '../alerts/alert.ts';
import { createAlertDesk } from '../alerts/alert-desk.ts';
import { createAudioOutputs } from '../alerts/audio-outputs.ts';
import type { Config } from '../config/schema.ts';
import { type Console, createConsole } from '../console/console.ts';
import type { Hotlist } from '../hotlist/hotlist.ts';
import { createOutbox } from '../outbox/outbox.ts';
import { systemClock } from '../platform/clock.ts';
import { createLocalServer, type LocalServer } from '../platform/local-server.ts';
import type { Log } from '../platform/log.ts';
import { createLoopDelay } from '../platform/loop-delay.ts';
import { codeOf, messageOf } from '../platform/problem.ts';
import type { WatchedPart } from '../platform/progress-watch.ts';
import type { Position } from '../position/fix.ts';
import { createPosition } from '../position/position.ts';
import type { Hit } from '../records/detection.ts';
import { giveUpReserveIfFull } from '../records/disk-reserve.ts';
import { createRecords } from '../records/records.ts';
import { createUplink } from '../uplink/uplink.ts';
import { createHeadSupervisor, type HeadSupervisor } from '../vision/head/supervisor.ts';
import type { TrackReport } from '../vision/tracking/track-report.ts';
import { createVehicles } from './consider-vehicle.ts';
import { createDaemonFigures } from './figures.ts';
import { prometheusText } from './metrics.ts';
import { type DaemonStatus, describeDaemon } from './status.ts';
import { isTimeSure } from './time-sure.ts';

/** What happens to a vehicle, for those who watch the daemon from inside: the demo and `lookout replay`. */
export interface DaemonEvents {
  report: [report: TrackReport];
  hit: [hit: Hit];
  /** Every head has come to the end of its recording. */
  finished: [];
  /** The keys were destroyed by order: stop, and erase the data folder (BRE-1). */
  wiped: [];
}

/** The running unit. */
export interface Daemon extends AsyncDisposable {
  readonly events: EventEmitter<DaemonEvents>;
  readonly hotlist: Hotlist;
  /** Where people and their rights are. */
  readonly accountability: Accountability;
  readonly console: Console | null;
  start(): Promise<void>;
  fixAt: Position['fixAt'];
  status(): DaemonStatus;
  /** Parts that must keep moving for systemd's watchdog to be fed. */
  readonly watchedParts: readonly WatchedPart[];
}

/** Parts that a caller may put in place of the configured ones. */
export interface DaemonParts {
  position?: Position;
  /** Whether alerts sound and speak; a replay is silent. */
  audible?: boolean;
  /**
   * Set for a replay: the rules (age of lists, re-arming) then go by the time of the frames, beginning here
   * (ms since the epoch), so that the same drive gives the same result each time.
   */
  evidenceFromMs?: number;
}

/**
 * The composition root: makes every room from its section of the configuration and joins them in the order of
 * the data. `start` brings them up in that order; disposal takes them down in exact reverse.
 */
export function createDaemon(config: Config, log: Log, parts: DaemonParts = {}): Daemon {
  const { unit } = config;
  const events = new EventEmitter<DaemonEvents>();
  const figures = createDaemonFigures();
  let evidenceMs = parts.evidenceFromMs;
  const clock = () => evidenceMs ?? systemClock();
  const running = new AsyncDisposableStack();
  const stopping = new AbortController();

  giveUpReserveIfFull(unit.dataDir);
  const db = openUnitDatabase(unit.dataDir);
  running.defer(() => void db.close());
  const beat = createHeartbeat(db);

  const outbox = createOutbox(db);
  const accountability = openAccountability({
    ...{ config, log, listClock: clock, daemon: { db, outbox } },
    isTimeSure: () =>
      isTimeSure({
        clockOffsetMs: position.health().clockOffsetMs,
        reachesHeadquarters: uplink?.health().connected === true,
      }),
    onWiped: () => events.emit('wiped'),
  });
  const { hotlist, people, verification } = accountability;
  running.use(accountability);
  outbox.onAcknowledged(() => people.heardHeadquarters());
  const records = createRecords({
    db,
    dataDir: unit.dataDir,
    outbox,
    config: config.records,
    images: config.uplink.images,
    isHeld: (detectionId) => accountability.holds.isHeld(detectionId),
    onUnsentShed: (shed) => {
      const query = { ...shed, why: 'the disk was full' };
      try {
        accountability.audit.append(ownEntry('images.shed', unit, { category: 'Purge', query }));
      } catch (error) {
        // The disk that is full may be why; the room is needed all the same.
        accountability.onAuditFailure(messageOf(error));
      }
    },
    log,
  });
  const position = parts.position ?? createPosition(config.position, { log });
  const uplink = config.uplink.enabled
    ? createUplink({
        config: config.uplink,
        unit,
        outbox,
        dataDir: unit.dataDir,
        status: () => status(),
        hotlist: auditedRefresh({
          ...{ hotlist, audit: accountability.audit, agency: unit.agency, from: 'headquarters' },
        }),
        orders: accountability.orders,
        log,
      })
    : null;
  const page = config.console.enabled
    ? createConsole({
        config: config.console,
        ...{ unit, people, gate: accountability.gate, audit: accountability.audit, log },
        status: () => status(),
      })
    : null;

  const outputs: AlertOutput[] = [];
  if (parts.audible !== false) {
    outputs.push(...createAudioOutputs({ config: config.alerts, dataDir: unit.dataDir, log }));
  }
  if (page !== null) outputs.push(page.output);
  const alertDesk = createAlertDesk({
    config: config.alerts,
    hotlist: config.hotlist,
    unit,
    outputs,
    log,
    clock,
  });
  const heads: HeadSupervisor[] = config.heads.list.map((head) =>
    createHeadSupervisor({
      head,
      heads: config.heads,
      reading: config.reading,
      tracking: config.tracking,
      inPlayFrom: config.hotlist.nearMinP,
      log,
    }),
  );

  const loopDelay = createLoopDelay();
  let lateness = { p50: 0, p99: 0, max: 0 };
  const { source } = config.position;
  const vehicles = createVehicles({
    unit,
    publishAfterS: config.tracking.publishAfterS,
    minCourseSpeedMps: config.position.minCourseSpeedMps,
    bearingDeg: source.kind === 'fixed' ? source.bearingDeg : null,
    position,
    hotlist,
    mutes: verification,
    alertDesk,
    records,
    figures,
    onHit: (hit) => events.emit('hit', hit),
    onReport: (report) => events.emit('report', report),
    log,
  });

  const status = (): DaemonStatus =>
    describeDaemon({
      unit,
      figures,
      heads: heads.map((head) => head.status()),
      position: position.health(),
      fix: position.fixAt(systemClock()),
      hotlists: hotlist.status(),
      outputs: alertDesk.health(),
      records: records.status(),
      uplink: uplink?.health() ?? null,
      audit: { ...accountability.audit.health(), problem: accountability.auditProblem() },
      retention: accountability.retention.health(),
      policy: accountability.policy.profile,
      undisposed: verification.undisposedCount(),
      locked: accountability.breach.problem(),
      reminders: accountability.reminders(),
      eventLoopDelayMs: lateness,
      metricsProblem: metrics?.problem ?? null,
    });
  const metrics = config.metrics.enabled ? serveFigures(config, status, log) : null;

  const watchedParts: WatchedPart[] = [
    {
      name: 'cameras',
      probe() {
        for (const head of heads) checkHead(head, config);
      },
    },
    {
      name: 'matcher',
      probe: () =>
        void hotlist.match({ plate: '0', characters: [], alternatives: [], state: null }),
    },
    { name: 'database', probe: () => checkDatabase(() => beat(new Date().toISOString())) },
    {
      name: 'outbox',
      probe() {
        const health = uplink?.health();
        if (health !== undefined && systemClock() - health.lastProgressAtMs > 60_000) {
          throw new Error('the uplink has not looked at the outbox for a minute');
        }
      },
    },
  ];

  return {
    events,
    hotlist,
    accountability,
    console: page,
    watchedParts,
    fixAt: (takenAtMs) => position.fixAt(takenAtMs),
    status,

    async start() {
      outbox.retryRefused();
      running.use(loopDelay);
      const sampling = setInterval(() => {
        lateness = loopDelay.take();
      }, 10_000);
      running.defer(() => clearInterval(sampling));
      running.defer(() => vehicles.stored());

      hotlist.start();
      running.use(records);
      records.sweep();
      records.closeOpen();
      records.watchRoom();
      alertDesk.seed(records.recentHits(clock() - config.hotlist.rearmAfterS * 1000));
      verification.events.on('answered', (hit, answer) => alertDesk.answer(answer, hit));
      running.use(position);
      await position.start(stopping.signal);
      running.use(alertDesk);
      const forwarding = { audit: accountability.audit, db, outbox, log };
      if (uplink !== null) running.use(startAuditForwarding(forwarding));
      // A replay keeps what it made, whatever its age.
      if (evidenceMs === undefined) accountability.startUpkeep();
      if (page !== null) {
        running.use(page);
        await page.start();
      }
      await Promise.all(outputs.map((output) => output.start()));
      if (uplink !== null) {
        running.use(uplink);
        await uplink.start();
      }
      if (metrics !== null) {
        running.use(metrics);
        await metrics.start();
      }

      // The heads come last up and first down: what they still report is matched, stored and queued.
      running.defer(() => vehicles.stored());
      let unfinished = heads.length;
      heads.forEach((head, index) => {
        const mountAngleDeg = config.heads.list[index]?.mountAngleDeg ?? 0;
        head.on('track', (report) => {
          if (evidenceMs !== undefined) evidenceMs = report.lastSeenMs;
          void vehicles.consider(report, mountAngleDeg);
        });
        head.on('finished', () => {
          unfinished -= 1;
          if (unfinished === 0) void vehicles.stored().then(() => events.emit('finished'));
        });
        running.use(head);
      });
      await Promise.all(heads.map((head) => head.start()));
    },

    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running.disposeAsync();
    },
  };
}

/**
 * The database takes a write. A full disk is no standstill: alerts go on and hits wait for room, where a restart would
 * lose them.
 */
function checkDatabase(beat: () => void): void {
  try {
    beat();
  } catch (error) {
    if (codeOf(error) === 'SQLITE_FULL') return;
    throw error;
  }
}

/** A running head that has been silent for long means that its supervisor no longer watches it. */
function checkHead(head: HeadSupervisor, config: Config): void {
  const { id, state, lastProgressAtMs } = head.status();
  const limitMs = config.heads.wedgedAfterS * 1000 * 3 + 30_000;
  if (
    state === 'running' &&
    lastProgressAtMs !== null &&
    systemClock() - lastProgressAtMs > limitMs
  ) {
    throw new Error(`head ${id} has been silent for ${limitMs} ms and was not restarted`);
  }
}

function serveFigures(config: Config, status: () => DaemonStatus, log: Log): LocalServer {
  const { host, port } = config.metrics;
  const server = createLocalServer({
    host,
    port,
    section: 'metrics',
    unavailable: `metrics.port: ${host}:${port} cannot be used`,
    onProblem: (problem) => log.error({ problem }, 'no metrics'),
    headers: { 'cache-control': 'no-store' },
  });
  server.app.get('/metrics', async (_, reply) => {
    reply.type('text/plain; version=0.0.4');
    return await prometheusText(status());
  });
  server.app.get('/status', async () => status());
  return server;
}
