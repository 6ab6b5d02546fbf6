import type { KeyObject } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import type { Outbox } from '../../outbox/outbox.ts';
import { type Clock, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import { countRecords } from '../../records/record-counts.ts';
import type { AuditWriter } from '../audit/audit-record.ts';
import type { Deed } from '../audit/deeds.ts';
import { ownEntry } from '../audit/unattended-entry.ts';
import { Refusal } from '../gate/refusal.ts';
import { countActiveHolds } from '../retention/holds.ts';
import type { Report } from '../verification/alert-update.ts';
import { type Command, isSignedCommand } from './command.ts';
import { destroyKeys } from './erase-unit.ts';
import { type LostUnitState, readLostUnit, writeLostUnit } from './lost-unit-state.ts';

/** The person who gives an order, and the reason. */
export interface LostUnitOrder {
  by: string;
  reason: string;
}

/** Another unit that is lost, what should become of it, and why. */
export interface LostReport {
  unit: string;
  wish: 'lock' | 'wipe';
  reason: string;
}

/** Locks and wipes a lost or stolen unit (BRE-1). */
export interface LostUnit extends AsyncDisposable {
  /** Watches for orders that another process wrote, and resumes an interrupted wipe. */
  start(): void;
  /** Obeys a command of headquarters, each only once; refuses one that its key did not sign, or that was overtaken. */
  obey(command: Command): void;
  /** Refuses all logins and sessions until headquarters unlocks the unit. */
  lock(order: LostUnitOrder): void;
  /** Reports the data on the unit, destroys the keys, and stops the unit, after which everything is erased. */
  wipe(order: LostUnitOrder): Promise<void>;
  /**
   * Tells headquarters that another unit is lost, and what somebody there should order; returns the id of the report.
   * Throws a Refusal for this unit's own id, and where there is no headquarters.
   */
  reportOther(other: LostReport, by: Report['by']): string;
  /** Whether headquarters' computer has acknowledged this report. */
  isReceived(reportId: string): boolean;
  /** Throws a Refusal (423) while the unit is locked or being wiped. */
  refuseIfLocked(): void;
  state(): LostUnitState;
  /** For the health: that the unit is locked, and since when. */
  problem(): string | null;
}

const lookEveryMs = 5000;
const obeyedKept = 500;
const refusedKept = 100;

/** Stores the orders in `breach.json`, so that they apply to every process and after every start. */
export function createLostUnit(deps: {
  dataDir: string;
  unit: { agency: string; id: string };
  db: Database;
  outbox: Outbox;
  audit: AuditWriter;
  /** Key files outside the data folder: the key for the link to headquarters. */
  keyFiles: readonly string[];
  /** Counts of other data on the unit, such as accounts and hot list entries. */
  figures: () => Record<string, number>;
  endEverySession: (note: string) => void;
  hasHeadquarters: boolean;
  /** Headquarters' public keys, which must have signed a command; null where the unit has none. Throws if they cannot be read. */
  headquartersKeys?: () => readonly KeyObject[] | null;
  /**
   * Stops this process in order; `eraseUnit` follows. Null in a command: it writes the order, and the daemon carries it
   * out, or `wipeAtOnce` if no daemon runs.
   */
  stop: (() => void) | null;
  /** How long to wait for headquarters to acknowledge the report; after that the keys are destroyed anyway. */
  reportWaitMs?: number;
  clock: Clock;
  log: Log;
}): LostUnit {
  const { dataDir, unit, db, outbox, audit, log, clock, reportWaitMs = 60_000 } = deps;
  const { headquartersKeys = () => null } = deps;
  const refused = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let wiping: Promise<void> | null = null;
  let wasLocked = false;

  const change = (next: (state: LostUnitState) => LostUnitState): LostUnitState => {
    const after = next(readLostUnit(dataDir));
    writeLostUnit(dataDir, after);
    return after;
  };
  const recordOrder = (operation: Deed, from: string, { by, reason }: LostUnitOrder): void => {
    try {
      audit.append(
        ownEntry(operation, unit, { from, object: `unit ${unit.id}`, note: `${by}: ${reason}` }),
      );
    } catch (error) {
      // A lost unit is locked and wiped even if its log cannot be written.
      log.error(
        { problem: messageOf(error) },
        'an order for this unit could not be written to the audit log',
      );
    }
  };
  const report = (
    subject: string,
    text: string,
    figures: Record<string, number> | null,
    id = uuidv7(),
  ): void => {
    const body: Report = {
      id,
      kind: 'command',
      at: isoTime(clock()),
      subject,
      text,
      hitId: null,
      by: null,
      to: ['headquarters'],
      figures,
    };
    outbox.add({ id, lane: 'audit', topic: 'report', json: JSON.stringify(body) });
  };

  /** Why a command is not obeyed by a unit that has headquarters' keys; null if it is. */
  const faultOf = (command: Command, keys: readonly KeyObject[]): string | null => {
    const to = { agency: unit.agency, unit: unit.id };
    if (!isSignedCommand(command, to, keys)) return "it is not signed by headquarters' key";
    // Ids are made in the order of time (uuid v7), and signed: an earlier one was overtaken, or is played back.
    const last = readLostUnit(dataDir).obeyed.at(-1);
    const isOvertaken = last !== undefined && command.id < last;
    return isOvertaken ? 'a later command was obeyed before' : null;
  };

  /** A retained command comes with each connection, and is told once. */
  const refuse = ({ id, kind, by, reason }: Command, fault: string): void => {
    if (refused.has(id)) return;
    if (refused.size > refusedKept) refused.clear();
    refused.add(id);
    log.error({ kind, fault }, 'a command for this unit was refused');
    try {
      audit.append(
        ownEntry(`unit.${kind}`, unit, {
          ...{ from: 'headquarters', outcome: 'refused', object: `unit ${unit.id}` },
          note: `${fault}; ${by}: ${reason}`,
        }),
      );
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'the refusal could not be written to the audit log');
    }
  };

  const closeDoors = (): void => {
    wasLocked = true;
    try {
      deps.endEverySession('the unit was locked');
    } catch (error) {
      // The lock itself is in force, and refuses every session.
      log.error({ problem: messageOf(error) }, 'sessions could not be ended');
    }
  };

  const lockBy = (order: LostUnitOrder, from: string): void => {
    const locked = { ...order, at: isoTime(clock()) };
    change((state) => ({ ...state, locked: state.locked ?? locked }));
    closeDoors();
    recordOrder('unit.lock', from, order);
    report('locked', order.reason, null);
  };

  const onBoard = (): Record<string, number> => ({
    ...countRecords(db),
    holds: countActiveHolds(db),
    messagesNotAcknowledged: outbox.status().waiting,
    ...deps.figures(),
  });

  const settled = async (id: string): Promise<boolean> => {
    const deadlineMs = performance.now() + reportWaitMs;
    while (performance.now() < deadlineMs) {
      if (outbox.find(id) === undefined) return true;
      await delay(100);
    }
    return false;
  };

  /** Continues the wipe from the step recorded in the state. */
  const carryOut = async (): Promise<void> => {
    const { wipe } = readLostUnit(dataDir);
    if (wipe === null || deps.stop === null) return;
    closeDoors();
    if (wipe.keysDestroyedAt === null) {
      report('wiped', `${wipe.by}: ${wipe.reason}`, wipe.figures, wipe.reportId);
      const reported = await settled(wipe.reportId);
      const left = await destroyKeys(dataDir, deps.keyFiles);
      if (left.length > 0) log.error({ files: left }, 'these keys could not be destroyed');
      const keysDestroyedAt = isoTime(clock());
      change((state) => ({
        ...state,
        wipe: state.wipe && { ...state.wipe, reported, keysDestroyedAt },
      }));
      log.warn({ reported }, 'keys destroyed by order; the unit stops and will be erased');
    }
    deps.stop();
  };
  const startWiping = (): Promise<void> => {
    wiping ??= carryOut().catch((error: unknown) => {
      wiping = null;
      log.error({ problem: messageOf(error) }, 'the wipe was interrupted and will be tried again');
      throw error;
    });
    return wiping;
  };

  const wipeBy = (order: LostUnitOrder, from: string): Promise<void> => {
    const at = isoTime(clock());
    const figures = onBoard();
    change((state) => ({
      ...state,
      locked: state.locked ?? { ...order, at },
      wipe: state.wipe ?? {
        ...order,
        at,
        figures,
        reportId: uuidv7(),
        reported: false,
        keysDestroyedAt: null,
        erasedAt: null,
      },
    }));
    recordOrder('unit.wipe', from, order);
    return startWiping();
  };

  const look = (): void => {
    const { locked, wipe } = readLostUnit(dataDir);
    if (locked !== null && !wasLocked) closeDoors();
    if (locked === null) wasLocked = false;
    if (wipe !== null) void startWiping().catch(() => {});
  };

  return {
    start() {
      const lookSafely = () => {
        try {
          look();
        } catch (error) {
          log.error(
            { problem: messageOf(error) },
            'it cannot be read whether the unit is locked or wiped',
          );
        }
      };
      lookSafely();
      timer = setInterval(lookSafely, lookEveryMs);
      timer.unref();
    },
    obey(command) {
      const { id, kind, by, reason } = command;
      if (readLostUnit(dataDir).obeyed.includes(id)) return;
      const keys = headquartersKeys();
      const fault = keys === null ? null : faultOf(command, keys);
      const order = { by, reason };
      if (fault !== null) {
        refuse(command, fault);
        return;
      }
      if (kind === 'lock') lockBy(order, 'headquarters');
      if (kind === 'wipe') void wipeBy(order, 'headquarters').catch(() => {});
      if (kind === 'unlock') {
        change((state) => ({ ...state, locked: state.wipe === null ? null : state.locked }));
        wasLocked = false;
        recordOrder('unit.unlock', 'headquarters', order);
        report('unlocked', reason, null);
      }
      change((state) => ({ ...state, obeyed: [...state.obeyed.slice(-obeyedKept), id] }));
    },
    lock: (order) => lockBy(order, 'unit'),
    wipe: (order) => wipeBy(order, 'unit'),
    reportOther({ unit: other, wish, reason }, by) {
      if (other === unit.id) {
        throw new Refusal(409, 'own-unit', `${other} is this unit: lock or wipe it here.`);
      }
      if (!deps.hasHeadquarters) {
        throw new Refusal(
          409,
          'no-headquarters',
          'This unit has no link to headquarters: call the people who run the units.',
        );
      }
      const id = uuidv7();
      const body: Report = {
        ...{
          id,
          kind: 'lost_unit',
          at: isoTime(clock()),
          subject: `${wish} ${other}`,
          text: reason,
        },
        ...{ hitId: null, by, to: ['headquarters'], figures: null },
      };
      outbox.add({ id, lane: 'audit', topic: 'report', json: JSON.stringify(body) });
      return id;
    },
    isReceived: (reportId) => outbox.find(reportId) === undefined,
    refuseIfLocked() {
      const { locked } = readLostUnit(dataDir);
      if (locked === null) return;
      throw new Refusal(
        423,
        'unit-locked',
        `This unit was locked on ${localTime(locked.at)}. Only headquarters can unlock it.`,
      );
    },
    state: () => readLostUnit(dataDir),
    problem() {
      const { locked } = readLostUnit(dataDir);
      return locked === null
        ? null
        : `locked by ${locked.by} on ${localTime(locked.at)}; only headquarters can unlock it`;
    },
    async [Symbol.asyncDispose]() {
      if (timer !== null) clearInterval(timer);
      if (wiping === null) return;
      // A wipe that is waiting for headquarters must not delay the stop: the next start resumes it.
      await Promise.race([wiping.catch(() => {}), delay(100, null, { ref: false })]);
    },
  };
}
