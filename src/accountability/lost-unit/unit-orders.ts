import { uuidv7, V7Generator } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { type Clock, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Report } from '../verification/alert-update.ts';
import type { ReportView } from '../verification/report.ts';
import type { Command } from './command.ts';

/** What people at headquarters ordered a unit to do. */
export interface UnitOrder {
  id: string;
  unit: string;
  kind: Command['kind'];
  at: string;
  by: string;
  reason: string;
  /** When the unit said that it is done; null while it has not. */
  doneAt: string | null;
}

/** Somebody on another unit says that this one is lost, and what they wish. */
export interface AskedOrder {
  /** The number of the report, which the inbox has. */
  report: number;
  unit: string;
  kind: 'lock' | 'wipe';
  at: string;
  by: string;
  reason: string;
}

/** An order on its way: `command` null withdraws the one before, so that a unit that is set up anew does not obey it. */
export interface OrderMessage {
  unit: string;
  command: Command | null;
}

/** At headquarters: the orders to units that are lost, until each has obeyed (BRE-1). */
export interface UnitOrders {
  order(order: Pick<UnitOrder, 'unit' | 'kind' | 'reason'>, by: string): UnitOrder;
  /** The last ones, the newest first. */
  list(): UnitOrder[];
  /** What was asked for and not ordered since, the newest first. */
  asked(): AskedOrder[];
  /** A unit tells what was done to it; to be called within a transaction. */
  noteDone(unit: string, report: Report): void;
}

/** The topic of an order in headquarters' outbox. */
export const orderTopic = 'command';

const mostListed = 200;

/** As a unit reports what was done to it. */
const kindOf: Readonly<Record<string, Command['kind']>> = {
  locked: 'lock',
  unlocked: 'unlock',
  wiped: 'wipe',
};

export function createUnitOrders(deps: {
  db: Database;
  outbox: OutboxWriter;
  /** Reports that a unit is lost which nobody has closed, the newest first. */
  lostReports: () => readonly ReportView[];
  clock: Clock;
}): UnitOrders {
  const { db, outbox, lostReports, clock } = deps;
  const columns = `id, unit, kind, at_ms AS atMs, by_name AS "by", reason, done_ms AS doneMs FROM unit_order`;
  type Row = Omit<UnitOrder, 'at' | 'doneAt'> & { atMs: number; doneMs: number | null };
  const insert = db.prepare(
    'INSERT INTO unit_order (id, unit, kind, at_ms, by_name, reason) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const latest = db.prepare<[], Row>(
    `SELECT ${columns} ORDER BY at_ms DESC, id DESC LIMIT ${mostListed}`,
  );
  const lastOf = db.prepare<[string], Row>(
    `SELECT ${columns} WHERE unit = ? ORDER BY at_ms DESC, id DESC LIMIT 1`,
  );
  const setDone = db.prepare('UPDATE unit_order SET done_ms = ? WHERE id = ?');

  const viewOf = ({ atMs, doneMs, ...row }: Row): UnitOrder => ({
    ...row,
    at: isoTime(atMs),
    doneAt: doneMs === null ? null : isoTime(doneMs),
  });
  const send = (id: string, body: OrderMessage): void =>
    outbox.add({ id, lane: 'hit', topic: orderTopic, json: JSON.stringify(body) });

  return {
    order: db.transaction(
      ({ unit, kind, reason }: Pick<UnitOrder, 'unit' | 'kind' | 'reason'>, by: string) => {
        const before = lastOf.get(unit);
        // It must not arrive after this one.
        if (before !== undefined) outbox.remove(before.id);
        // A unit obeys none of an earlier time than the one before, also if this clock was set back.
        const atMs = Math.max(Math.floor(clock()), (before?.atMs ?? 0) + 1);
        const id = new V7Generator().generateOrResetCore(atMs, 0).toString();
        insert.run(id, unit, kind, atMs, by, reason);
        send(id, { unit, command: { id, kind, at: isoTime(atMs), by, reason } });
        return viewOf({ id, unit, kind, atMs, by, reason, doneMs: null });
      },
    ),
    list: () => latest.all().map(viewOf),
    asked: () =>
      lostReports().flatMap((report) => {
        const [, kind, unit = ''] = /^(lock|wipe) (\S+)$/.exec(report.subject) ?? [];
        if (kind !== 'lock' && kind !== 'wipe') return [];
        const last = lastOf.get(unit);
        if (last !== undefined && last.atMs >= Date.parse(report.at)) return [];
        const { number, at, by, text } = report;
        return [{ report: number, unit, kind, at, by, reason: text }];
      }),
    noteDone(unit, report) {
      const last = lastOf.get(unit);
      if (report.kind !== 'command' || last === undefined || last.doneMs !== null) return;
      if (kindOf[report.subject] !== last.kind) return;
      setDone.run(Math.floor(clock()), last.id);
      outbox.remove(last.id);
      send(uuidv7(), { unit, command: null });
    },
  };
}
