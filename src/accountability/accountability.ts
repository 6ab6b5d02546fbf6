import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { createHotlist, type Hotlist } from '../hotlist/hotlist.ts';
import { createOutbox, type Outbox } from '../outbox/outbox.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { openPeople, type People } from './access/people.ts';
import { type AuditLog, openAuditLog } from './audit/audit-log.ts';
import { evidenceOperations } from './evidence/bind-operations.ts';
import { createPackages } from './evidence/packages.ts';
import { createGate, type Gate } from './gate/gate.ts';
import type { ListSources } from './gate/list-rights.ts';
import { createEntryExpiry } from './hotplates/expire-entries.ts';
import { localListId } from './hotplates/hot-plate.ts';
import { createHotPlates } from './hotplates/hot-plates.ts';
import { createHotPlateMatcher } from './hotplates/match-hot-plates.ts';
import { hotPlateOperations } from './hotplates/operations.ts';
import { listOperations } from './lists/operations.ts';
import { lostUnitOperations } from './lost-unit/bind-operations.ts';
import { refuseWiped } from './lost-unit/erase-unit.ts';
import { lockLogins } from './lost-unit/lock-logins.ts';
import { createLostUnit, type LostUnit } from './lost-unit/lost-unit.ts';
import type { Orders } from './orders.ts';
import { auditOperations } from './oversight/operations.ts';
import { recordsAbout } from './oversight/records-about.ts';
import { reviewsDue } from './oversight/review-reminders.ts';
import { policyOperations } from './policy/bind-operations.ts';
import { loadPolicy, type PolicyInForce } from './policy/load-policy.ts';
import { releaseOperations, statisticsOperations } from './releases/bind-operations.ts';
import { createReleases } from './releases/releases.ts';
import { createStatistics } from './releases/statistics.ts';
import { holdOperations, retentionOperations } from './retention/bind-operations.ts';
import { createHolds, type Holds } from './retention/holds.ts';
import { createRetention, type Retention } from './retention/retention.ts';
import { searchOperations } from './search/bind-operations.ts';
import { createSearch } from './search/search.ts';
import { openUnitDatabase } from './unit-database.ts';
import { hitOperations } from './verification/bind-operations.ts';
import { errorReportOperations } from './verification/error-reports.ts';
import { createVerification, type Verification } from './verification/verification.ts';

/** The side of the unit that answers to people: who they are, what they may do, and what is kept of it. */
export interface Accountability extends AsyncDisposable {
  readonly policy: PolicyInForce;
  readonly audit: AuditLog;
  readonly people: People;
  /** Through here goes everything that a person does (rule 8). */
  readonly gate: Gate;
  readonly hotlist: Hotlist;
  readonly verification: Verification;
  readonly holds: Holds;
  readonly retention: Retention;
  readonly breach: LostUnit;
  /** What headquarters may order of the unit. */
  readonly orders: Orders;
  /** The daemon's daily work: ends sessions, purges, notes what has expired, obeys what another process was told. */
  startUpkeep(): void;
  /** Logs that the audit log could not be written; its health tells it while it lasts. */
  onAuditFailure(problem: string): void;
  /** Why the audit log cannot be written or trusted; null while it can. */
  auditProblem(): string | null;
  /** What the policy wants done soon, in sentences: an audit, a report, a review of retention (AUD-7, RET-3). */
  reminders(): string[];
}

/**
 * Joins the rooms that people work in. The daemon has one for its page and the local API; each command makes its
 * own on the same databases.
 */
export function openAccountability(deps: {
  config: Config;
  log: Log;
  clock?: Clock;
  /** What hot lists go by: in a replay the time of the frames. */
  listClock?: Clock;
  /** The daemon's own; a command opens them for itself, and leaves deleting to the daemon. */
  daemon?: { db: Database; outbox: Outbox };
  /** Whether satellites or headquarters vouch for the clock; asked after a leap of it, before anything goes for its age. */
  isTimeSure?: () => boolean;
  /** The keys are destroyed by order: the process is to stop, and `eraseUnit` follows. */
  onWiped?: () => void;
}): Accountability {
  const { config, log, clock = systemClock, listClock = clock } = deps;
  const { unit } = config;
  const { dataDir } = unit;
  refuseWiped(dataDir);
  const inForce = loadPolicy(config.policy);
  const { policy } = inForce;
  const open = new AsyncDisposableStack();

  const db = deps.daemon?.db ?? open.adopt(openUnitDatabase(dataDir), (own) => void own.close());
  const outbox = deps.daemon?.outbox ?? createOutbox(db);
  // A command can wait for the disk; the daemon's loop, which alerts hang on, only a moment.
  const patience = deps.daemon ? { patienceMs: 1000 } : {};
  const audit = openAuditLog({ dataDir, unit, clock, log, ...patience });
  open.defer(() => audit.close());
  const onAuditFailure = (problem: string) => {
    log.error({ code: 'audit.fail', problem }, 'the audit log cannot be written');
  };

  const everyone = open.use(
    openPeople({
      ...{ unit, policy, audit, onAuditFailure, clock },
      hasHeadquarters: config.uplink.enabled,
    }),
  );
  const { key } = config.uplink.tls;
  const breach = createLostUnit({
    ...{ dataDir, unit, db, outbox, audit, clock, log },
    keyFiles: key === undefined ? [] : [key],
    figures: () => ({ listEntries: hotlist.status().reduce((sum, list) => sum + list.entries, 0) }),
    endEverySession: everyone.endEverySession,
    // A command only writes the order down; the daemon carries it out.
    stop: deps.onWiped ?? null,
    ...(config.uplink.enabled ? {} : { reportWaitMs: 0 }),
  });
  open.use(breach);
  const people = lockLogins(everyone, breach.refuseIfLocked);
  const search = open.use(createSearch({ dataDir }));
  const believesClock = () => retention.believesClock();
  const hotPlates = createHotPlates({
    ...{ db, policy, outbox },
    countPastReads: search.countPastReads,
  });
  const entryExpiry = open.use(
    createEntryExpiry({ hotPlates, audit, agency: unit.agency, clock, believesClock, log }),
  );
  const hotlist = open.use(
    createHotlist({
      path: join(dataDir, 'hotlist.db'),
      ...{ config: config.hotlist, policy, log, clock: listClock },
      local: createHotPlateMatcher({ db, config: config.hotlist, policy, clock: listClock }),
      ...{ maintain: deps.daemon !== undefined, believesClock },
    }),
  );
  const verification = createVerification({ db, policy, outbox, audit, unit, clock });
  const holds = createHolds({ db });
  const retention = createRetention({
    ...{ db, dataDir, policy, unit, outbox, audit, holds, clock, log },
    isOpen: verification.isOpen,
    ...(deps.isTimeSure === undefined ? {} : { isTimeSure: deps.isTimeSure }),
  });
  open.use(retention);
  const releases = createReleases({ db, policy });
  const packages = createPackages({
    ...{ db, dataDir, unit, holds, releases },
    auditExtract: (ids) => recordsAbout(audit, ids),
  });
  const statistics = createStatistics({
    ...{ db, policy, unit, clock },
    accuracy: (fromMs, toMs) => verification.precision('all', fromMs, toMs).figures[0],
  });

  const listSources: ListSources = () => [...hotlist.status(), { id: localListId, source: null }];
  const gate = createGate({
    operations: [
      ...people.operations,
      ...policyOperations({ inForce }),
      ...auditOperations({
        ...{ log: audit, db, dataDir },
        ...{ unit, policy, administrator: unit.administrator },
      }),
      ...searchOperations({
        ...{ search, dataDir, unit, administrator: unit.administrator, lists: listSources },
        openedForCase: (caseNumber, id) => holds.putToCase(caseNumber, [id]),
      }),
      ...listOperations({ hotlist, dataDir }),
      ...hotPlateOperations({ hotPlates }),
      ...hitOperations({ verification, policy, lists: listSources }),
      ...errorReportOperations({ db, outbox, clock }),
      ...holdOperations({ holds }),
      ...retentionOperations({ db, retention, holds, policy, mode: unit.mode, nowMs: clock() }),
      ...evidenceOperations({ packages, agency: unit.agency }),
      ...releaseOperations({ releases }),
      ...statisticsOperations({ statistics }),
      ...lostUnitOperations({ breach, unitId: unit.id }),
    ],
    sessions: people.sessions,
    inquiries: people.inquiries,
    audit,
    clock,
    onAuditFailure,
  });

  return {
    ...{ policy: inForce, audit, people, gate, hotlist, verification, holds, retention },
    breach,
    orders: {
      onAlertStatus: verification.onAlertStatus,
      onRevoke: people.obeyRevocations,
      onCommand: breach.obey,
    },
    startUpkeep() {
      entryExpiry.start();
      retention.start();
      breach.start();
      const lookAfter = async (what: () => void | Promise<void>): Promise<void> => {
        try {
          await what();
        } catch (error) {
          // A full disk or a log that cannot be written ends no daemon; it is tried again.
          log.error(
            { problem: messageOf(error) },
            'the regular upkeep of sessions, packages or holds failed',
          );
        }
      };
      void lookAfter(holds.lookAgain);
      const eachMinute = () => {
        void lookAfter(people.sweep);
        void lookAfter(() => packages.discardOld(systemClock()));
      };
      const looking = setInterval(eachMinute, 60_000);
      open.defer(() => clearInterval(looking));
    },
    onAuditFailure,
    reminders() {
      try {
        return reviewsDue(audit, policy.audit, clock()).flatMap(({ reminder }) => reminder ?? []);
      } catch {
        // A log that cannot be read has a problem of its own, and the status must be there to tell it.
        return [];
      }
    },
    auditProblem: () => audit.health().problem,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
