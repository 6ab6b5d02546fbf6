import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { createOutbox, type Outbox } from '../outbox/outbox.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { OwnDatabase } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { type SinceBoot, sinceBoot } from '../platform/since-boot.ts';
import type { ScryptCost } from './access/passwords.ts';
import { openAuditLog } from './audit/audit-log.ts';
import type { UnitRecords } from './audit/unit-records.ts';
import { createWholeLog } from './audit/whole-log.ts';
import { refuseWiped } from './lost-unit/erase-unit.ts';
import type { UnitCertificates } from './lost-unit/unit-revocations.ts';
import { createOfficials } from './officials/officials.ts';
import { loadPolicy } from './policy/load-policy.ts';
import type { Policy } from './policy/policy.ts';
import { type ClockWitnesses, createClockBelief, hasWitnesses } from './retention/clock-belief.ts';
import { openUnitDatabase } from './unit-database.ts';

/** Headquarters' own public key in its data folder, by which it takes what all units share as each unit does. */
export function publicKeyFileOf(dataDir: string): string {
  return join(dataDir, 'headquarters.pub');
}

/** What units let go of once headquarters has it, headquarters keeps for its time. */
function asKeptAtHeadquarters(policy: Policy): Policy {
  return { ...policy, retention: { ...policy.retention, edgeStore: 'archive' } };
}

/** Options of the wing. */
export interface AccountabilityDeps {
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
  /** At headquarters: the audit records of all units. */
  unitRecords?: UnitRecords;
  /** At headquarters: the certificates of units. Without them an order to revoke some waits for the running headquarters. */
  certificates?: UnitCertificates;
  /** What each check of a password costs; stored with it. Default: a quarter of a second on a small computer. */
  passwordCost?: ScryptCost | undefined;
  /** The keys were destroyed by order: the process must stop, and `eraseUnit` follows. */
  onWiped?: () => void;
}

/** What every room for people stands on. */
export type Ground = ReturnType<typeof openGround>;

/**
 * Loads the policy, opens the unit's database and the audit log, and judges the clock. Leaves on the stack what must be
 * closed. Throws if the unit was wiped.
 */
export function openGround(deps: AccountabilityDeps, open: AsyncDisposableStack) {
  const { config, log, daemon = null, clock: deviceClock = systemClock } = deps;
  const { unit } = config;
  const { dataDir } = unit;
  refuseWiped(dataDir);
  const isHeadquarters = unit.mode === 'headquarters';
  const inForce = loadPolicy(config.policy);
  const db = daemon?.file.db ?? open.adopt(openUnitDatabase(dataDir), (own) => void own.close());
  const outbox = daemon?.outbox ?? createOutbox(db);
  const hasHeadquarters = config.uplink.enabled && !isHeadquarters;
  const belief = createClockBelief({
    db,
    clock: deviceClock,
    sinceBoot: deps.sinceBoot ?? sinceBoot,
    witnesses: deps.witnesses ?? (() => ({ satellitesOffsetMs: null, headquartersOffsetMs: null })),
    hasWitnesses: hasWitnesses(config),
    keeps: daemon !== null,
  });
  // A command can wait for the disk; the daemon's event loop, which alerts need, only a moment.
  const patience = daemon ? { patienceMs: 1000 } : {};
  const audit = openAuditLog({ dataDir, unit, clock: deviceClock, log, ...patience });
  open.defer(() => audit.close());
  return {
    config,
    log,
    /** What the daemon brings; null where a command opens the wing. */
    daemon,
    unit,
    place: isHeadquarters ? ('headquarters' as const) : ('unit' as const),
    dataDir,
    hasHeadquarters,
    /** The key of what the units of the agency share; null where they share nothing. */
    agencyKeyFile: isHeadquarters
      ? publicKeyFileOf(dataDir)
      : (hasHeadquarters && config.uplink.agency.key) || null,
    inForce,
    policy: isHeadquarters ? asKeptAtHeadquarters(inForce.policy) : inForce.policy,
    db,
    outbox,
    officials: createOfficials({ db, beginning: unit.administrator, outbox }),
    belief,
    /** The unit's clock as it is, as far as it is believed, and for hot lists. */
    deviceClock,
    clock: belief.now,
    listClock: deps.listClock ?? belief.forAges,
    audit,
    /** The audit log as it is read: at headquarters with the records of all units. */
    wholeLog: createWholeLog(audit, unit, deps.unitRecords ?? null),
    onAuditFailure(problem: string): void {
      log.error({ code: 'audit.fail', problem }, 'the audit log cannot be written');
    },
  };
}
