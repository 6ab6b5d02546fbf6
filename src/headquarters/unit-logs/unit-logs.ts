import type { AuditUnit, AuditWriter } from '../../accountability/audit/audit-record.ts';
import { ownEntry } from '../../accountability/audit/unattended-entry.ts';
import type { Clock } from '../../platform/clock.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import type { HeadquartersRows } from '../intake/headquarters-rows.ts';
import type { RestoredLog } from '../intake/keep-messages.ts';

/** The audit logs of the units, as headquarters' own log vouches for them. */
export interface UnitLogs extends Disposable {
  start(): void;
  /** Records of these units do not fit those that they sent before. */
  contradicted(units: Iterable<string>): void;
  /** The logs of these units go on from a backup. */
  restored(logs: readonly RestoredLog[]): void;
  /** Which logs contradicted themselves, in sentences. */
  problems(): string[];
}

const anchorEveryMs = 600_000;

/**
 * Writes into headquarters' own log, every ten minutes and at its end, how far the log of each unit has come: who changes the
 * records of a unit would have to change headquarters' chain as well (AUD-5).
 */
export function createUnitLogs(deps: {
  rows: HeadquartersRows;
  audit: AuditWriter;
  unit: AuditUnit;
  clock: Clock;
  log: Log;
}): UnitLogs {
  const { rows, audit, unit, clock, log } = deps;
  let timer: NodeJS.Timeout | undefined;

  const anchor = (): void => {
    try {
      for (const head of rows.newHeads()) {
        const query = { seq: head.seq, hash: head.hash };
        audit.append(ownEntry('units.anchor-log', unit, { object: `unit ${head.unit}`, query }));
        rows.anchored(head);
      }
    } catch (error) {
      // The health of the audit log says it; what is not anchored yet is at the next time.
      log.error({ problem: messageOf(error) }, 'the logs of units were not anchored');
    }
  };

  return {
    start() {
      timer = setInterval(anchor, anchorEveryMs);
    },
    contradicted(units) {
      for (const id of units) {
        log.error({ unit: id }, 'its audit records contradict those that it sent before');
        rows.noteContradiction(id, clock());
        audit.append(
          ownEntry('units.contradiction', unit, { object: `unit ${id}`, outcome: 'failed' }),
        );
      }
    },
    restored(logs) {
      for (const { record, replaced } of logs) {
        const { unit: id, seq, query } = record;
        log.warn({ unit: id, seq, replaced }, 'its audit log goes on from a backup');
        const told = { seq, recordsReplaced: replaced, backup: query };
        audit.append(ownEntry('units.restored', unit, { object: `unit ${id}`, query: told }));
      }
    },
    problems: () =>
      rows
        .contradicted()
        .map(
          ({ unit: id, atMs }) =>
            `unit ${id}: its audit log was changed, or begun anew, as found at ${localTime(atMs)}. Both versions of its records are kept.`,
        ),
    [Symbol.dispose]() {
      clearInterval(timer);
      anchor();
    },
  };
}
