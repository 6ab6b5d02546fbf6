import { uuidv7 } from 'uuidv7';
import { type Clock, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import { messageOf } from '../../platform/problem.ts';
import type { AuditUnit, AuditWriter } from '../audit/audit-record.ts';
import { ownEntry } from '../audit/unattended-entry.ts';
import { Refusal } from '../gate/refusal.ts';
import type { NewNotice } from '../notices/notice.ts';

/** That the certificates of a unit are to be revoked, or were. */
export interface UnitRevocation {
  id: string;
  unit: string;
  at: string;
  by: string;
  reason: string;
  /** When they were revoked; null while they are not. */
  doneAt: string | null;
  /** How many the unit had, all of them revoked now; null while they are not. */
  certificates: number | null;
  /** What is still to be done, or why it is not done yet, in sentences; null: nothing. */
  todo: string | null;
}

/** The certificates of units, where their authority is. */
export interface UnitCertificates {
  /**
   * How a unit's certificates stand: `unknown`, where none was issued to it; `out of reach`, where the authority is not
   * on this computer or this process may not read it.
   */
  standing(unit: string): 'valid' | 'revoked' | 'unknown' | 'out of reach';
  /**
   * Revokes all that a unit has, and writes the files of the broker anew; may be run again. `todo`: what is still to be
   * done. Throws a Problem.
   */
  revoke(unit: string): Promise<Pick<UnitRevocation, 'todo'> & { certificates: number }>;
  /** Asks the service that may use the authority to carry out what is ordered. */
  call(): Promise<void>;
}

/** At headquarters: units whose certificates people there have revoked (BRE-1). */
export interface UnitRevocations {
  /**
   * Orders it and, where the authority is in reach, carries it out. Throws a Refusal for a unit without a certificate, and
   * where it is ordered or done already.
   */
  order(order: Pick<UnitRevocation, 'unit' | 'reason'>, by: string): Promise<UnitRevocation>;
  /** Notes that a command revokes them, unless it is ordered already. */
  note(order: Pick<UnitRevocation, 'unit' | 'reason'>, by: string): void;
  /**
   * Carries out what is ordered and not done, of one unit or of all: after a crash, or in the process that may use the
   * authority.
   */
  carryOut(unit?: string): Promise<void>;
  /** The same at the start of headquarters; where the authority is out of reach, its service is asked. */
  resume(): Promise<void>;
  /** The last ones, the newest first. */
  list(): UnitRevocation[];
  /** What waits for longer than it should, in sentences. */
  problems(): string[];
}

const mostListed = 200;
/** An order that is not carried out for so long is a problem, ms. */
const lateMs = 60_000;

type Row = Omit<UnitRevocation, 'at' | 'doneAt'> & { atMs: number; doneMs: number | null };

export function createUnitRevocations(deps: {
  db: Database;
  audit: Pick<AuditWriter, 'append'>;
  /** Headquarters itself, for the audit log. */
  unit: AuditUnit;
  /** Null in a process that cannot use the authority: the running headquarters carries it out. */
  certificates: UnitCertificates | null;
  tell: (notices: readonly NewNotice[]) => void;
  clock: Clock;
}): UnitRevocations {
  const { db, audit, certificates, tell, clock } = deps;
  const columns = `id, unit, at_ms AS atMs, by_name AS "by", reason, done_ms AS doneMs, certificates, todo FROM unit_revocation`;
  const insert = db.prepare(
    'INSERT INTO unit_revocation (id, unit, at_ms, by_name, reason) VALUES (?, ?, ?, ?, ?)',
  );
  const latest = db.prepare<[], Row>(
    `SELECT ${columns} ORDER BY at_ms DESC, id DESC LIMIT ${mostListed}`,
  );
  const one = db.prepare<[string], Row>(`SELECT ${columns} WHERE id = ?`);
  const openOf = db.prepare<[string], Row>(
    `SELECT ${columns} WHERE unit = ? AND done_ms IS NULL LIMIT 1`,
  );
  const open = db.prepare<[], Row>(`SELECT ${columns} WHERE done_ms IS NULL ORDER BY at_ms, id`);
  const setDone = db.prepare(
    'UPDATE unit_revocation SET done_ms = ?, certificates = ?, todo = ? WHERE id = ? AND done_ms IS NULL',
  );
  const setTodo = db.prepare(
    'UPDATE unit_revocation SET todo = ? WHERE id = ? AND done_ms IS NULL AND todo IS NOT ?',
  );

  /** Its id; or who ordered it before, where that is not done yet. */
  const begin = db.transaction(
    ({ unit, reason }: Pick<UnitRevocation, 'unit' | 'reason'>, by: string): string | Row => {
      const before = openOf.get(unit);
      if (before !== undefined) return before;
      const id = uuidv7();
      const atMs = Math.floor(clock());
      insert.run(id, unit, atMs, by, reason);
      tell([
        {
          key: `unit-revoked ${id}`,
          kind: 'unit',
          to: { permission: 'alerts.watch' },
          about: `unit ${unit}`,
          text: `${by} has the certificates of unit ${unit} revoked, as it is lost: ${reason}`,
          atMs,
        },
      ]);
      return id;
    },
  );
  const end = db.transaction(
    ({ id, unit }: Row, done: Awaited<ReturnType<UnitCertificates['revoke']>>) => {
      const { changes } = setDone.run(Math.floor(clock()), done.certificates, done.todo, id);
      if (changes === 0) return;
      const query = { order: id };
      audit.append(
        ownEntry('units.revoked', deps.unit, {
          ...{ object: `unit ${unit}`, query, results: done.certificates },
        }),
      );
    },
  );

  async function work(by: UnitCertificates, unit: string | undefined): Promise<void> {
    for (const row of open.all().filter((each) => unit === undefined || each.unit === unit)) {
      try {
        end.immediate(row, await by.revoke(row.unit));
      } catch (error) {
        const todo = messageOf(error);
        setTodo.run(todo, row.id, todo);
      }
    }
  }
  /** One after the other: each finds what the one before left. */
  let working: Promise<void> = Promise.resolve();
  const carryOut = (unit?: string): Promise<void> => {
    if (certificates === null) return Promise.resolve();
    const by = certificates;
    working = working.then(
      () => work(by, unit),
      () => work(by, unit),
    );
    return working;
  };

  return {
    async order(order, by) {
      refuse(order.unit, certificates?.standing(order.unit) ?? 'out of reach');
      const id = begin.immediate(order, by);
      if (typeof id !== 'string') {
        throw new Refusal(
          409,
          'ordered-already',
          `${id.by} ordered it already, ${localTime(id.atMs)}: nothing more is needed from you.`,
        );
      }
      await carryOut(order.unit);
      const row = one.get(id);
      if (row === undefined) throw new Error('the order is gone');
      if (row.doneMs === null) await certificates?.call();
      return viewOf(row);
    },
    note: (order, by) => void begin.immediate(order, by),
    carryOut,
    async resume() {
      await carryOut();
      if (open.all().length > 0) await certificates?.call();
    },
    list: () => latest.all().map(viewOf),
    problems: () =>
      open
        .all()
        .filter(({ atMs }) => clock() - atMs > lateMs)
        .map(
          ({ unit, by, atMs, todo }) =>
            `unit ${unit}: ${by} ordered ${localTime(atMs)} that its certificates are revoked, and they are not. ${todo ?? ''}`,
        ),
  };
}

/** Throws a Refusal where nothing is to be revoked, as far as it is known here. */
function refuse(unit: string, standing: ReturnType<UnitCertificates['standing']>): void {
  if (standing === 'unknown') {
    throw new Refusal(404, 'not-enrolled', `No certificate was issued to ${unit}.`);
  }
  if (standing === 'revoked') {
    throw new Refusal(
      409,
      'revoked-already',
      `${unit} has no certificate that is not revoked: nothing more is to be done.`,
    );
  }
}

const viewOf = ({ atMs, doneMs, ...row }: Row): UnitRevocation => ({
  ...row,
  at: isoTime(atMs),
  doneAt: doneMs === null ? null : isoTime(doneMs),
});
