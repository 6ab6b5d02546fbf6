import { uuidv7 } from 'uuidv7';
import { type Clock, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { Refusal } from '../gate/refusal.ts';
import type { CourtOrder } from './court-order.ts';

/** The court orders on file. Another process may enter or end one, so each question asks the database. */
export interface CourtOrders {
  /** The order in force for a zone; null if there is none, or while the time is not sure. */
  covering(zone: string): CourtOrder | null;
  enter(order: Omit<CourtOrder, 'id' | 'from' | 'ended'>): CourtOrder;
  end(id: string, by: string): CourtOrder;
  /** Latest first. */
  list(): CourtOrder[];
}

/** Opens the orders in `lookout.db`. */
export function createCourtOrders(deps: {
  db: Database;
  clock: Clock;
  /** The time by which an order is over; null while it is not sure. Default: `clock`. */
  sureTime?: () => number | null;
}): CourtOrders {
  const { db, clock, sureTime = clock } = deps;
  const inForce = db
    .prepare<[number, number], string>(
      'SELECT body FROM court_order WHERE until_ms > ? AND from_ms <= ? ORDER BY until_ms DESC',
    )
    .pluck();
  const all = db.prepare<[], string>('SELECT body FROM court_order ORDER BY from_ms DESC').pluck();
  const one = db.prepare<[string], string>('SELECT body FROM court_order WHERE id = ?').pluck();
  const save = db.prepare(
    `INSERT INTO court_order (id, from_ms, until_ms, body) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET until_ms = excluded.until_ms, body = excluded.body`,
  );
  const store = (order: CourtOrder, untilMs: number): CourtOrder => {
    save.run(order.id, Date.parse(order.from), untilMs, JSON.stringify(order));
    return order;
  };
  const read = (body: string): CourtOrder => JSON.parse(body) as CourtOrder;

  const end = db.transaction((id: string, by: string): CourtOrder => {
    const body = one.get(id);
    if (body === undefined) {
      const words = `There is no court order ${id} on file. "lookout capture orders" shows them.`;
      throw new Refusal(404, 'no-such-order', words);
    }
    const order = read(body);
    const nowMs = Math.floor(clock());
    if (order.ended !== null || Date.parse(order.until) <= nowMs) {
      throw new Refusal(409, 'order-over', `The order ${order.number} is over already.`);
    }
    return store({ ...order, ended: { at: isoTime(nowMs), by } }, nowMs);
  });

  return {
    covering(zone) {
      const nowMs = sureTime();
      if (nowMs === null) return null;
      return (
        inForce
          .all(nowMs, nowMs)
          .map(read)
          // One that someone ended stays ended when the clock is set back before that.
          .find(({ zones, ended }) => ended === null && zones.includes(zone)) ?? null
      );
    },
    enter(order) {
      const from = isoTime(clock());
      return store({ id: uuidv7(), ...order, from, ended: null }, Date.parse(order.until));
    },
    end: (id, by) => end.immediate(id, by),
    list: () => all.all().map(read),
  };
}
