import type { Hotlist } from '../hotlist/hotlist.ts';
import { localTime } from '../platform/local-time.ts';
import { messageOf } from '../platform/problem.ts';
import type { ShedUnsent } from '../records/shedding.ts';
import type { ScryptCost } from './access/passwords.ts';
import { openPeople, type People } from './access/people.ts';
import { type AgencyHealth, createAgency } from './agency/agency.ts';
import { readPublicKeys } from './agency/public-keys.ts';
import { createKnownRows } from './agency/tables.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { AuditHealth } from './audit/log-rules.ts';
import { ownEntry } from './audit/unattended-entry.ts';
import { canvassOperations } from './canvass/bind-operations.ts';
import { type Canvass, numberOf } from './canvass/canvass.ts';
import type { Canvasses } from './canvass/canvasses.ts';
import { giveBackAtLogout } from './claims-at-logout.ts';
import { cloneOperations } from './clones/bind-operations.ts';
import { type CloneWatch, createCloneWatch } from './clones/clone-watch.ts';
import { type CloneFindingRows, createCloneFindingRows } from './clones/finding-rows.ts';
import { evidenceOperations } from './evidence/bind-operations.ts';
import { createBookings } from './evidence/bookings.ts';
import { createGate, type Gate } from './gate/gate.ts';
import type { HitRights } from './gate/list-rights.ts';
import type { Operation } from './gate/operation.ts';
import { type AccountabilityDeps, type Ground, openGround } from './ground.ts';
import { openHitRooms } from './hit-rooms.ts';
import { hotPlateOperations } from './hotplates/bind-operations.ts';
import { openInboxes } from './inboxes.ts';
import { openKeepingRooms } from './keeping-rooms.ts';
import { listOperations } from './lists/bind-operations.ts';
import { createListVersions, type ListVersions } from './lists/list-versions.ts';
import { lostUnitOperations, unitOrderOperations } from './lost-unit/bind-operations.ts';
import { secretFilesOf } from './lost-unit/erase-unit.ts';
import { lockLogins } from './lost-unit/lock-logins.ts';
import { createLostUnit } from './lost-unit/lost-unit.ts';
import { createUnitOrders, type UnitOrders } from './lost-unit/unit-orders.ts';
import { createUnitRevocations, type UnitRevocations } from './lost-unit/unit-revocations.ts';
import { noticeOperations } from './notices/bind-operations.ts';
import type { NewNotice } from './notices/notice.ts';
import { officialOperations } from './officials/bind-operations.ts';
import type { Official } from './officials/official.ts';
import type { Orders } from './orders.ts';
import { auditOperations } from './oversight/bind-operations.ts';
import { createDataErrors } from './oversight/data-errors.ts';
import { reviewsDue } from './oversight/review-reminders.ts';
import { policyOperations } from './policy/bind-operations.ts';
import type { PolicyInForce } from './policy/load-policy.ts';
import { releaseOperations, statisticsOperations } from './releases/bind-operations.ts';
import { holdOperations, retentionOperations } from './retention/bind-operations.ts';
import type { ClockHealth } from './retention/clock-belief.ts';
import type { Holds } from './retention/holds.ts';
import type { RetentionHealth } from './retention/retention.ts';
import { searchOperations } from './search/bind-operations.ts';
import { createSearch, type Search } from './search/search.ts';
import { captureOperations } from './suspension/bind-operations.ts';
import { createCourtOrders } from './suspension/court-orders.ts';
import { createSuspendedPlace } from './suspension/suspended-place.ts';
import { type CaptureHealth, createSuspension, type Suspension } from './suspension/suspension.ts';
import { createUpkeep } from './upkeep.ts';
import { hitOperations } from './verification/bind-operations.ts';
import type { ErrorReports } from './verification/error-reports.ts';
import type { Verification } from './verification/verification.ts';

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
  /** Who oversees the operation today (AUD-11). */
  administrator: Official;
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
  /** At headquarters: the versions of the hot lists that were put in use there. */
  readonly listVersions: ListVersions;
  readonly verification: Verification;
  /** Whose hits a person may look at: the page asks the same as every operation. */
  readonly hitRights: HitRights;
  readonly suspension: Suspension;
  readonly canvasses: Pick<Canvasses, 'tagOf'>;
  readonly holds: Holds;
  /** Orders that headquarters can give. */
  readonly orders: Orders;
  /** Tells people what they did not ask for. */
  readonly tellNotice: (notice: NewNotice) => void;
  /** At headquarters: takes a report that was made on a unit. */
  readonly takeReport: ErrorReports['take'];
  /** At headquarters: what people there ordered units to do; null on a unit. */
  readonly unitOrders: Pick<UnitOrders, 'noteDone'> | null;
  /** At headquarters: units whose certificates people there have revoked; null on a unit. */
  readonly unitRevocations: Omit<UnitRevocations, 'order' | 'note'> | null;
  /** At headquarters: compares reads for plates in two places; null on a unit. */
  readonly clones: CloneWatch | null;
  /** At headquarters with an archive: who answered people's searches. */
  readonly searches: Search['answered'];
  /**
   * Starts the daemon's daily work: ends sessions, purges, records expired entries, carries out orders received by
   * other processes.
   */
  startUpkeep(): void;
  /** Records in the audit log that images were shed before headquarters had them. */
  noteUnsentShed(shed: ShedUnsent): void;
  health(): AccountabilityHealth;
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
    listVersions: rooms.listVersions,
    verification,
    hitRights: rooms.hitRights,
    suspension: rooms.suspension,
    canvasses: rooms.canvasses,
    holds,
    orders: {
      onAlertStatus: verification.onAlertStatus,
      onAlertStep: ({ from, update }) =>
        void verification.takeUpdate(update, { place: 'headquarters', unit: from }),
      onRevoke(list) {
        people.obeyRevocations(list);
        rooms.agency?.noteClosed();
      },
      onCommand: lostUnit.obey,
      ...(rooms.agency && { onAgencyMessage: rooms.agency.take }),
    },
    tellNotice: (notice) => rooms.notices.tell([notice]),
    takeReport: rooms.reports.take,
    unitOrders: rooms.unitOrders,
    unitRevocations: rooms.unitRevocations,
    clones: rooms.clones?.watch ?? null,
    searches: rooms.search.answered,
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
      administrator: rooms.officials.overseer(rooms.clock()),
      capture: rooms.suspension.health(),
      canvass: canvassWords(rooms.canvasses.current()),
      reminders: remindersOf(rooms),
      waiting: { reports: rooms.reports.waiting(), notices: rooms.notices.unreadByAnyone() },
    }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

type CloneTell = Parameters<typeof createCloneWatch>[0]['tell'];
type Rooms = ReturnType<typeof openRooms>;

/** Opens each room after those that it needs, and leaves on the stack what must be closed. */
function openRooms(deps: AccountabilityDeps, open: AsyncDisposableStack) {
  const ground = openGround(deps, open);
  const { config, unit, db, audit, deviceClock, clock, onAuditFailure, log } = ground;
  const everyone = open.use(openEveryone(ground, deps.passwordCost));
  const hits = openHitRooms(ground, open);
  const { hotPlates, hotlist, entryExpiry } = hits;
  const keeping = openKeepingRooms(ground, open, hits);
  const { canvasses, holds, retention, packages } = keeping;
  const courtOrders = createCourtOrders({ db, clock, sureTime: ground.belief.sure });
  const suspension = createSuspension({
    config: config.suspension,
    orders: courtOrders,
    place: createSuspendedPlace(db),
    audit,
    unit,
    clock: deviceClock,
    sureTime: ground.belief.sure,
    onAuditFailure,
    log,
  });
  const { officials } = ground;
  const shared = { hotPlates, accounts: everyone.sharing, canvasses, officials };
  const agency = openAgency(ground, open, shared);
  const lostUnit = open.use(
    createLostUnit({
      dataDir: ground.dataDir,
      unit,
      db,
      outbox: ground.outbox,
      audit,
      keyFiles: secretFilesOf(config.uplink),
      figures: () => ({ listEntries: sumOf(hotlist.status().map(({ entries }) => entries)) }),
      endEverySession: everyone.endEverySession,
      hasHeadquarters: ground.hasHeadquarters,
      headquartersKeys: () =>
        ground.agencyKeyFile === null ? null : readPublicKeys(ground.agencyKeyFile),
      // A command only writes the order; the daemon carries it out.
      stop: deps.onWiped ?? null,
      ...(ground.hasHeadquarters ? {} : { reportWaitMs: 0 }),
      clock,
      log,
    }),
  );
  const people = lockLogins(everyone, lostUnit.refuseIfLocked);
  giveBackAtLogout(ground, { people, verification: hits.verification });
  const cloneRows = ground.place === 'headquarters' ? createCloneFindingRows(db) : null;
  const inboxes = openInboxes(ground, {
    ...{ ...hits, people, holds, releases: keeping.releases },
    ...(cloneRows && { forgetMisreads: cloneRows.forgetMisreads }),
  });
  const unitOrders =
    ground.place === 'headquarters'
      ? createUnitOrders({
          ...{ db, clock, outbox: ground.outbox },
          lostReports: inboxes.reports.lostUnits,
        })
      : null;
  const unitRevocations =
    ground.place === 'headquarters'
      ? createUnitRevocations({
          ...{ db, audit, unit, clock, tell: inboxes.notices.tell },
          certificates: deps.certificates ?? null,
        })
      : null;
  const clones = cloneRows && openClones(ground, open, cloneRows, inboxes.notices.tell);
  const upkeep = open.use(
    createUpkeep({
      belief: ground.belief,
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
  const listVersions = createListVersions({ db, dataDir: ground.dataDir });
  const rest = {
    ...{ listVersions, courtOrders, suspension, people, agency },
    ...{ lostUnit, unitOrders, unitRevocations, upkeep, clones },
  };
  return { ...ground, ...hits, ...keeping, ...inboxes, ...rest };
}

/** Opens, at headquarters, what finds plates in two places; people's searches do not wait for its thread. */
function openClones(
  ground: Ground,
  open: AsyncDisposableStack,
  rows: CloneFindingRows,
  tell: CloneTell,
) {
  const { db, dataDir, daemon, clock, log } = ground;
  const search = open.use(createSearch({ dataDir, ...(daemon && { file: daemon.file }) }));
  return { rows, watch: open.use(createCloneWatch({ db, rows, search, tell, clock, log })) };
}

/** Opens accounts and sessions, which end when headquarters was not heard of for long. */
function openEveryone(ground: Ground, passwordCost: ScryptCost | undefined) {
  const { unit, policy, db, audit, outbox, belief, clock, log } = ground;
  const everyone = openPeople({
    unit,
    policy,
    audit,
    onAuditFailure: ground.onAuditFailure,
    clock,
    deviceClock: ground.deviceClock,
    isClockConfirmed: belief.isConfirmed,
    believesClock: belief.believes,
    acceptClock: belief.accept,
    hasHeadquarters: ground.hasHeadquarters,
    ...(ground.agencyKeyFile !== null && { knownOf: createKnownRows(db).of }),
    mayBeDamaged: ground.daemon !== null,
    passwordCost,
  });
  outbox.onAcknowledged(() => {
    try {
      everyone.heardHeadquarters();
    } catch (error) {
      // The health says it; the acknowledgement itself was taken.
      log.debug({ problem: messageOf(error) }, 'the contact with headquarters was not noted');
    }
  });
  return everyone;
}

/** Opens what the units of the agency share; null where they share nothing. */
function openAgency(
  ground: Ground,
  open: AsyncDisposableStack,
  shared: Pick<
    Parameters<typeof createAgency>[0],
    'hotPlates' | 'accounts' | 'canvasses' | 'officials'
  >,
) {
  const { agencyKeyFile: keyFile, db, unit, outbox, audit, clock, log } = ground;
  if (keyFile === null) return null;
  const { secret: secretFile } = ground.config.uplink.agency;
  return open.use(
    createAgency({ db, unit, keyFile, secretFile, ...shared, outbox, audit, clock, log }),
  );
}

/** Everything that a person can do, for the gate. */
function operationsOf(rooms: Rooms): Operation[] {
  const { unit, dataDir, clock, db, inForce, policy, audit, people, hotlist, officials } = rooms;
  const { verification, holds, retention, search, hotPlates, lostUnit, releases, packages } = rooms;
  return [
    ...people.operations,
    ...policyOperations({ inForce }),
    ...officialOperations({ officials }),
    ...auditOperations({
      log: audit,
      wholeLog: rooms.wholeLog,
      db,
      dataDir,
      unit,
      policy,
      officials,
      dataErrors: createDataErrors({
        ...{ found: verification.errors, reports: rooms.reports },
        misreads: rooms.clones?.rows.misreads,
      }),
      objectsOf: (plate) => objectsOf(search, plate, rooms.log),
      requests: () => releases.list(clock()),
    }),
    ...searchOperations({
      search,
      dataDir,
      unit,
      keeping: {
        profile: inForce.profile,
        retention: policy.retention,
        overseer: () => officials.overseer(clock()),
        hasHeadquarters: rooms.hasHeadquarters,
        place: rooms.place,
      },
      overseerOn: officials.overseer,
      hitRights: rooms.hitRights,
      openedForCase: (caseNumber, id, account) => holds.putToCase(caseNumber, [id], account),
    }),
    ...captureOperations({ orders: rooms.courtOrders, config: rooms.config.suspension }),
    ...canvassOperations({ canvasses: rooms.canvasses, search }),
    ...listOperations({ hotlist, versions: rooms.listVersions, place: rooms.place, dataDir }),
    ...hotPlateOperations({ hotPlates, place: rooms.place }),
    ...hitOperations({ verification, policy, hitRights: rooms.hitRights }),
    ...rooms.reports.operations,
    ...noticeOperations({
      notices: rooms.notices,
      reportsWaiting: rooms.reports.waitingFor,
      decisionsFor: (actor, nowMs) => ({
        hotPlates: hotPlates.awaiting(actor, nowMs).length,
        accounts: people.waitingFor(actor),
        releases: releases.waitingFor(actor),
      }),
    }),
    ...holdOperations({ holds, immigration: policy.immigration }),
    ...retentionOperations({
      ...{ db, retention, holds, policy, officials, mode: unit.mode, nowMs: clock() },
      cameras: rooms.config.heads.list.map(({ id }) => id),
    }),
    ...evidenceOperations({
      packages,
      bookings: createBookings(db),
      agency: unit.agency,
      releaseIdOf: releases.idOf,
    }),
    ...releaseOperations({ releases }),
    ...statisticsOperations({ statistics: rooms.statistics }),
    ...lostUnitOperations({ breach: lostUnit, unitId: unit.id }),
    ...(rooms.unitOrders === null || rooms.unitRevocations === null
      ? []
      : unitOrderOperations({ orders: rooms.unitOrders, revocations: rooms.unitRevocations })),
    ...(rooms.clones === null ? [] : cloneOperations({ rows: rooms.clones.rows, search })),
  ];
}

/** Reads of a plate and their pictures, as records of the audit log name them; none where they cannot be looked up. */
async function objectsOf(
  search: Rooms['search'],
  plate: string,
  log: Rooms['log'],
): Promise<string[]> {
  try {
    const query = { plate, alike: false, possible: false, hits: false, read: 'any' } as const;
    const { detections } = await search.ask('page', { query, limit: 500 });
    return detections.flatMap(({ id, images }) => [
      `detection ${id}`,
      ...images.map((image) => `image ${image.id}`),
    ]);
  } catch (error) {
    // The log must be readable also where the reads are not.
    log.warn(
      { problem: messageOf(error) },
      'the reads of a plate were not found for the audit log',
    );
    return [];
  }
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
