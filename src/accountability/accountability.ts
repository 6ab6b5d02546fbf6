import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { createHotlist, type Hotlist } from '../hotlist/hotlist.ts';
import { layoutOf } from '../hotlist/list-presets.ts';
import { createOutbox, type Outbox } from '../outbox/outbox.ts';
import { type Clock, dayMs, systemClock } from '../platform/clock.ts';
import type { OwnDatabase } from '../platform/database.ts';
import { localTime } from '../platform/local-time.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { type SinceBoot, sinceBoot } from '../platform/since-boot.ts';
import type { ShedUnsent } from '../records/shedding.ts';
import { openPeople, type People } from './access/people.ts';
import { type AgencyHealth, createAgency } from './agency/agency.ts';
import { createKnownRows } from './agency/tables.ts';
import { type AuditLog, openAuditLog } from './audit/audit-log.ts';
import { ownEntry } from './audit/chain.ts';
import type { AuditHealth } from './audit/log-rules.ts';
import { canvassOperations } from './canvass/bind-operations.ts';
import { type Canvass, numberOf } from './canvass/canvass.ts';
import { type Canvasses, createCanvasses } from './canvass/canvasses.ts';
import { evidenceOperations } from './evidence/bind-operations.ts';
import { createBookings } from './evidence/bookings.ts';
import { createPackages } from './evidence/packages.ts';
import { createGate, type Gate } from './gate/gate.ts';
import { type HitRights, hitRights } from './gate/list-rights.ts';
import type { Operation } from './gate/operation.ts';
import { hotPlateOperations } from './hotplates/bind-operations.ts';
import { createEntryExpiry } from './hotplates/expire-entries.ts';
import { localListId } from './hotplates/hot-plate.ts';
import { createHotPlates } from './hotplates/hot-plates.ts';
import { createHotPlateMatcher } from './hotplates/match-hot-plates.ts';
import { createReminderNotices } from './hotplates/reminder-notices.ts';
import { listOperations } from './lists/bind-operations.ts';
import { lostUnitOperations } from './lost-unit/bind-operations.ts';
import { refuseWiped, secretFilesOf } from './lost-unit/erase-unit.ts';
import { lockLogins } from './lost-unit/lock-logins.ts';
import { createLostUnit } from './lost-unit/lost-unit.ts';
import { noticeOperations } from './notices/bind-operations.ts';
import { createNotices } from './notices/notices.ts';
import type { Orders } from './orders.ts';
import { auditOperations } from './oversight/bind-operations.ts';
import { createDataErrors } from './oversight/data-errors.ts';
import { recordsAbout } from './oversight/records-about.ts';
import { createReviewNotices } from './oversight/review-notices.ts';
import { reviewsDue } from './oversight/review-reminders.ts';
import { policyOperations } from './policy/bind-operations.ts';
import { loadPolicy, type PolicyInForce } from './policy/load-policy.ts';
import { releaseOperations, statisticsOperations } from './releases/bind-operations.ts';
import { createReleases } from './releases/releases.ts';
import { createStatistics } from './releases/statistics.ts';
import { holdOperations, retentionOperations } from './retention/bind-operations.ts';
import { createCaseNotices } from './retention/case-notices.ts';
import {
  type ClockHealth,
  type ClockWitnesses,
  createClockBelief,
} from './retention/clock-belief.ts';
import { createHolds, type Holds } from './retention/holds.ts';
import { createRetention, type RetentionHealth } from './retention/retention.ts';
import { searchOperations } from './search/bind-operations.ts';
import { createSearch } from './search/search.ts';
import { captureOperations } from './suspension/bind-operations.ts';
import { createCourtOrders } from './suspension/court-orders.ts';
import { createSuspendedPlace } from './suspension/suspended-place.ts';
import { type CaptureHealth, createSuspension, type Suspension } from './suspension/suspension.ts';
import { openUnitDatabase } from './unit-database.ts';
import { createUpkeep } from './upkeep.ts';
import { hitOperations } from './verification/bind-operations.ts';
import { createErrorReports } from './verification/error-reports.ts';
import { createHitNotices } from './verification/hit-notices.ts';
import { createVerification, type Verification } from './verification/verification.ts';

/** State of the wing, for status and health. */
export interface AccountabilityHealth {
  /** Red while the log cannot be written; no data is shown then. */
  audit: AuditHealth;
  retention: RetentionHealth;
  clock: ClockHealth;
  /** Why nobody can log in; null if people can. */
  people: { problem: string | null };
  /** What the units of the agency share; null where they share nothing. */
  sharing: AgencyHealth | null;
  /** The agency profile in force. */
  policy: string;
  /** Alerts without a disposition (VER-8). */
  undisposed: number;
  /** That the unit is locked, by whom and since when (BRE-1); null if it is not. */
  locked: string | null;
  /** Whether the unit captures (CAP-13). */
  capture: CaptureHealth;
  /** The canvass that the unit is in, and until when; null if there is none. */
  canvass: string | null;
  /** Reviews that the policy requires soon, in sentences: an audit, a report, a review of retention (AUD-7, RET-3). */
  reminders: string[];
  /** Reports of errors and violations that nobody has taken up, and notices that nobody has read. */
  waiting: { reports: number; notices: number };
}

/** The part of the unit for its users: accounts, rights, and the records of their actions. */
export interface Accountability extends AsyncDisposable {
  readonly policy: PolicyInForce;
  readonly audit: AuditLog;
  readonly people: People;
  /** Everything that a person does passes the gate (rule 8). */
  readonly gate: Gate;
  readonly hotlist: Hotlist;
  readonly verification: Verification;
  /** Whose hits a person may look at: the page asks the same as every operation. */
  readonly hitRights: HitRights;
  readonly suspension: Suspension;
  readonly canvasses: Pick<Canvasses, 'tagOf'>;
  readonly holds: Holds;
  /** Orders that headquarters can give. */
  readonly orders: Orders;
  /**
   * Starts the daemon's daily work: ends sessions, purges, records expired entries, carries out orders received by
   * other processes.
   */
  startUpkeep(): void;
  /** Records in the audit log that images were shed before headquarters had them. */
  noteUnsentShed(shed: ShedUnsent): void;
  health(): AccountabilityHealth;
}

/** Options of the wing. */
interface AccountabilityDeps {
  config: Config;
  log: Log;
  clock?: Clock;
  /** The clock for hot lists: in a replay the time of the frames. Default: the unit's, as far as it is believed. */
  listClock?: Clock;
  /** The daemon's own; a command opens them itself, and leaves deletion to the daemon. */
  daemon?: { file: OwnDatabase; outbox: Outbox };
  /** What satellites and headquarters say about the clock. A command has neither, and goes by what the daemon wrote down. */
  witnesses?: () => ClockWitnesses;
  sinceBoot?: SinceBoot;
  /** The keys were destroyed by order: the process must stop, and `eraseUnit` follows. */
  onWiped?: () => void;
}

/**
 * Joins the rooms for people. The daemon has one for its page and the local API; each command opens its own on the same
 * databases. Opening opens the databases and starts nothing; if it throws, all are closed again.
 */
export async function openAccountability(deps: AccountabilityDeps): Promise<Accountability> {
  await using open = new AsyncDisposableStack();
  const rooms = openRooms(deps, open);
  const { audit, people, hotlist, verification, holds, retention, lostUnit, upkeep } = rooms;
  const gate = createGate({
    operations: operationsOf(rooms),
    sessions: people.sessions,
    inquiries: people.inquiries,
    audit,
    clock: rooms.clock,
    onAuditFailure: rooms.onAuditFailure,
  });
  const opened = open.move();

  return {
    policy: rooms.inForce,
    audit,
    people,
    gate,
    hotlist,
    verification,
    hitRights: rooms.hitRights,
    suspension: rooms.suspension,
    canvasses: rooms.canvasses,
    holds,
    orders: {
      onAlertStatus: verification.onAlertStatus,
      onRevoke(list) {
        people.obeyRevocations(list);
        rooms.agency?.noteClosed();
      },
      onCommand: lostUnit.obey,
      ...(rooms.agency && { onAgencyMessage: rooms.agency.take }),
    },
    startUpkeep: upkeep.start,
    noteUnsentShed(shed) {
      const query = { ...shed, why: 'the disk was full' };
      try {
        audit.append(ownEntry('images.shed', rooms.unit, { category: 'Purge', query }));
      } catch (error) {
        // The cause may be a full disk, which must be emptied anyway.
        rooms.onAuditFailure(messageOf(error));
      }
    },
    health: () => ({
      audit: audit.health(),
      retention: retention.health(),
      clock: rooms.belief.health(),
      people: { problem: people.problem() },
      sharing: rooms.agency?.health() ?? null,
      policy: rooms.inForce.profile,
      undisposed: verification.undisposedCount(),
      locked: lostUnit.problem(),
      capture: rooms.suspension.health(),
      canvass: canvassWords(rooms.canvasses.current()),
      reminders: remindersOf(rooms),
      waiting: { reports: rooms.reports.waiting(), notices: rooms.notices.unreadByAnyone() },
    }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

type Rooms = ReturnType<typeof openRooms>;

/** Builds each room after those that it needs, and leaves on the stack what must be closed. */
function openRooms(deps: AccountabilityDeps, open: AsyncDisposableStack) {
  const { config, log, clock: deviceClock = systemClock } = deps;
  const { unit } = config;
  const { dataDir } = unit;
  refuseWiped(dataDir);
  const inForce = loadPolicy(config.policy);
  const { policy } = inForce;
  const db =
    deps.daemon?.file.db ?? open.adopt(openUnitDatabase(dataDir), (own) => void own.close());
  const outbox = deps.daemon?.outbox ?? createOutbox(db);
  const belief = createClockBelief({
    db,
    clock: deviceClock,
    sinceBoot: deps.sinceBoot ?? sinceBoot,
    witnesses: deps.witnesses ?? (() => ({ satellitesOffsetMs: null, headquartersOffsetMs: null })),
    hasWitnesses: config.uplink.enabled || ['serial', 'gpsd'].includes(config.position.source.kind),
    keeps: deps.daemon !== undefined,
  });
  const { believes: believesClock, now: clock } = belief;
  const listClock = deps.listClock ?? belief.forAges;
  // A command can wait for the disk; the daemon's event loop, which alerts need, only a moment.
  const patience = deps.daemon ? { patienceMs: 1000 } : {};
  const audit = openAuditLog({ dataDir, unit, clock: deviceClock, log, ...patience });
  open.defer(() => audit.close());
  const onAuditFailure = (problem: string) => {
    log.error({ code: 'audit.fail', problem }, 'the audit log cannot be written');
  };

  const { key: keyFile, secret: secretFile } = config.uplink.agency;
  const sharesAccounts = keyFile !== undefined && config.uplink.enabled;
  const everyone = open.use(
    openPeople({
      unit,
      policy,
      audit,
      onAuditFailure,
      clock,
      deviceClock,
      isClockConfirmed: belief.isConfirmed,
      believesClock,
      acceptClock: belief.accept,
      hasHeadquarters: config.uplink.enabled,
      ...(sharesAccounts && { knownOf: createKnownRows(db).of }),
      mayBeDamaged: deps.daemon !== undefined,
    }),
  );
  outbox.onAcknowledged(() => {
    try {
      everyone.heardHeadquarters();
    } catch (error) {
      // The health says it; the acknowledgement itself was taken.
      log.debug({ problem: messageOf(error) }, 'the contact with headquarters was not noted');
    }
  });
  const search = open.use(
    createSearch({ dataDir, ...(deps.daemon && { file: deps.daemon.file }) }),
  );
  const { countPastReads } = search;
  const hotPlates = createHotPlates({ db, policy, outbox, countPastReads });
  const zeroLists = new Set(
    config.hotlist.lists
      .filter(({ layout }) => layoutOf(layout).letterO === 'zero')
      .map(({ id }) => id),
  );
  const verification = createVerification({
    db,
    policy,
    outbox,
    audit,
    unit,
    clock: deviceClock,
    believedClock: clock,
    oIsZero: (list) => zeroLists.has(list),
    restoreHotPlate: (entry) => hotPlates.restoreRecovered(entry, clock()),
  });
  const canvasses = createCanvasses({ db, outbox, unit, clock });
  const holds = createHolds({ db, canvasses });
  const courtOrders = createCourtOrders({ db, clock });
  const suspension = createSuspension({
    config: config.suspension,
    orders: courtOrders,
    place: createSuspendedPlace(db),
    audit,
    unit,
    clock: deviceClock,
    onAuditFailure,
    log,
  });
  const retention = open.use(
    createRetention({
      db,
      dataDir,
      policy,
      unit,
      outbox,
      audit,
      holds,
      isOpen: verification.isOpen,
      belief,
      clock,
      log,
    }),
  );
  const entryExpiry = open.use(
    createEntryExpiry({
      hotPlates,
      audit,
      agency: unit.agency,
      clock,
      believesClock,
      isClockConfirmed: belief.isConfirmed,
      log,
    }),
  );
  const agency =
    keyFile === undefined || !config.uplink.enabled
      ? null
      : open.use(
          createAgency({
            db,
            unit,
            keyFile,
            secretFile,
            hotPlates,
            accounts: everyone.sharing,
            canvasses,
            outbox,
            audit,
            clock,
            log,
          }),
        );
  const hotlist = open.use(
    createHotlist({
      path: join(dataDir, 'hotlist.db'),
      config: config.hotlist,
      policy,
      local: createHotPlateMatcher({ db, config: config.hotlist, policy, clock: listClock }),
      log,
      clock: listClock,
      maintain: deps.daemon !== undefined,
      believesClock,
    }),
  );
  const lists = () => [...hotlist.status(), { id: localListId, source: null }];
  const lostUnit = open.use(
    createLostUnit({
      dataDir,
      unit,
      db,
      outbox,
      audit,
      keyFiles: secretFilesOf(config.uplink),
      figures: () => ({ listEntries: sumOf(hotlist.status().map(({ entries }) => entries)) }),
      endEverySession: everyone.endEverySession,
      // A command only writes the order; the daemon carries it out.
      stop: deps.onWiped ?? null,
      ...(config.uplink.enabled ? {} : { reportWaitMs: 0 }),
      clock,
      log,
    }),
  );
  const people = lockLogins(everyone, lostUnit.refuseIfLocked);
  const releases = createReleases({ db, policy });
  const packages = createPackages({
    db,
    dataDir,
    unit,
    believesClock,
    holds,
    releases,
    auditExtract: (ids) => recordsAbout(audit, ids),
  });
  const statistics = createStatistics({
    db,
    policy,
    unit,
    clock,
    accuracy: (fromMs, toMs) => verification.precision('all', fromMs, toMs).figures[0],
  });
  const notices = createNotices({
    db,
    sources: [
      createHitNotices({
        db,
        unitId: unit.id,
        ownerOf: hotPlates.ownerOf,
        alsoTell: policy.hotplates.alsoTell,
      }),
      createReminderNotices(hotPlates),
      createReviewNotices(audit, policy.audit),
      people.trainingNotices,
      createCaseNotices({ db, retention: policy.retention, mode: unit.mode, holds }),
    ],
  });
  const reports = createErrorReports({ db, outbox, people, tell: notices.tell });
  const inboxes = {
    gather: () => notices.gather(clock()),
    sweep() {
      const nowMs = clock();
      notices.sweep(nowMs);
      reports.sweep(nowMs - policy.audit.retentionMinDays * dayMs);
    },
  };
  // At once: where nothing is kept, a closed hit is gone before the next look.
  verification.events.on('changed', () => {
    try {
      inboxes.gather();
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'notices could not be gathered');
    }
  });
  const upkeep = open.use(
    createUpkeep({
      belief,
      agency,
      entryExpiry,
      retention,
      lostUnit,
      people,
      packages,
      holds,
      inboxes,
      log,
    }),
  );

  return {
    unit,
    hasHeadquarters: config.uplink.enabled,
    dataDir,
    clock,
    belief,
    db,
    outbox,
    inForce,
    policy,
    audit,
    onAuditFailure,
    people,
    verification,
    canvasses,
    courtOrders,
    suspension,
    suspended: config.suspension,
    holds,
    retention,
    search,
    hotPlates,
    agency,
    hotlist,
    hitRights: hitRights(lists, policy.verification.ownAlerts),
    lostUnit,
    releases,
    packages,
    statistics,
    notices,
    reports,
    upkeep,
  };
}

/** Everything that a person can do, for the gate. */
function operationsOf(rooms: Rooms): Operation[] {
  const { unit, dataDir, clock, db, inForce, policy, audit, people, hotlist } = rooms;
  const { verification, holds, retention, search, hotPlates, lostUnit, releases, packages } = rooms;
  return [
    ...people.operations,
    ...policyOperations({ inForce }),
    ...auditOperations({
      log: audit,
      db,
      dataDir,
      unit,
      policy,
      administrator: unit.administrator,
      dataErrors: createDataErrors({ verification, reports: rooms.reports }),
      requests: () => releases.list(clock()),
    }),
    ...searchOperations({
      search,
      dataDir,
      unit,
      keeping: {
        profile: inForce.profile,
        retention: policy.retention,
        administrator: unit.administrator,
        hasHeadquarters: rooms.hasHeadquarters,
      },
      hitRights: rooms.hitRights,
      openedForCase: (caseNumber, id, account) => holds.putToCase(caseNumber, [id], account),
    }),
    ...captureOperations({ orders: rooms.courtOrders, config: rooms.suspended }),
    ...canvassOperations({ canvasses: rooms.canvasses, search }),
    ...listOperations({ hotlist, dataDir }),
    ...hotPlateOperations({ hotPlates }),
    ...hitOperations({ verification, policy, hitRights: rooms.hitRights }),
    ...rooms.reports.operations,
    ...noticeOperations({ notices: rooms.notices, reportsWaiting: rooms.reports.waitingFor }),
    ...holdOperations({ holds, immigration: policy.immigration }),
    ...retentionOperations({ db, retention, holds, policy, mode: unit.mode, nowMs: clock() }),
    ...evidenceOperations({
      packages,
      bookings: createBookings(db),
      agency: unit.agency,
      releaseIdOf: releases.idOf,
    }),
    ...releaseOperations({ releases }),
    ...statisticsOperations({ statistics: rooms.statistics }),
    ...lostUnitOperations({ breach: lostUnit, unitId: unit.id }),
  ];
}

/** The canvass in words, without its place. */
function canvassWords(canvass: Canvass | null): string | null {
  return canvass && `In the canvass of ${numberOf(canvass)} until ${localTime(canvass.until)}.`;
}

/** An unreadable log has its own problem, which the health must still be able to report. */
function remindersOf({ audit, policy, clock }: Rooms): string[] {
  try {
    return reviewsDue(audit, policy.audit, clock()).flatMap(({ reminder }) => reminder ?? []);
  } catch {
    return [];
  }
}

const sumOf = (figures: readonly number[]): number =>
  figures.reduce((sum, figure) => sum + figure, 0);
