import { uuidv7 } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { dayMs, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { localDay } from '../../platform/local-time.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Office, Official, SharedOffice, Tenure } from './official.ts';

interface Row extends Official {
  fromDay: string;
  enteredAtMs: number;
  enteredBy: string;
}

/** Who follows in an office, and from which day on. */
export interface Succession extends Official {
  office: Office;
  /** A day such as `2026-01-31`. */
  from: string;
}

/** Who holds which office, and who held it before. */
export interface Officials {
  /** Who held an office on the day of this time; null if nobody was named for it. Cheap. */
  on(office: Office, atMs: number): Official | null;
  /** Who oversaw the operation then: there the configuration always says a beginning. */
  overseer(atMs: number): Official;
  /** Who held an office between two times, oldest first, with all days of each. */
  during(office: Office, fromMs: number, toMs: number): Tenure[];
  /** Everyone who held or will hold an office, oldest first. */
  all(office: Office): Tenure[];
  /**
   * From this day on somebody else holds the office; whoever was entered for the same day was entered by mistake. Throws a
   * Refusal if they hold it then anyway, or if the day is far away.
   */
  name(succession: Succession, by: Pick<Actor, 'name' | 'username'>, nowMs: number): Tenure[];
  /** What was entered on another unit, as headquarters tells it. Whether it changed something here. */
  take(shared: SharedOffice): boolean;
}

/** A day further ahead is a slip of the pen. */
const mostDaysAhead = 366;

/**
 * Opens the offices on `lookout.db`. `beginning`: who oversees until somebody is named, from the configuration; `outbox`: by it
 * the other units are told.
 */
export function createOfficials(deps: {
  db: Database;
  beginning: Official;
  outbox: OutboxWriter;
}): Officials {
  const { db, beginning, outbox } = deps;
  // Of two entries for one day the later counts; the earlier stays in the table as what was said then.
  const rows = db.prepare<[Office], Row>(
    `SELECT title, name, from_day AS fromDay, entered_at_ms AS enteredAtMs, entered_by AS enteredBy FROM official
     WHERE office = ? AND id IN (SELECT max(id) FROM official GROUP BY office, from_day) ORDER BY from_day`,
  );
  const holder = db.prepare<[Office, string], Official>(
    `SELECT title, name FROM official WHERE office = ? AND from_day <= ? ORDER BY from_day DESC, id DESC LIMIT 1`,
  );
  const insert = db.prepare(
    'INSERT INTO official (office, from_day, title, name, entered_at_ms, entered_by) VALUES (?, ?, ?, ?, ?, ?)',
  );

  const enteredAtMs = db
    .prepare<[Office, string], number | null>(
      'SELECT max(entered_at_ms) FROM official WHERE office = ? AND from_day = ?',
    )
    .pluck();

  const tellAll = (office: Office): void => {
    const entries = rows.all(office).map(({ title, name, fromDay, ...entered }) => ({
      ...{ title, name, from: fromDay },
      ...{ enteredAt: isoTime(entered.enteredAtMs), enteredBy: entered.enteredBy },
    }));
    const json = JSON.stringify({ office, entries } satisfies SharedOffice);
    outbox.add({ id: uuidv7(), lane: 'audit', topic: 'official', json });
  };

  const holderOn = (office: Office, day: string): Official | null =>
    holder.get(office, day) ?? (office === 'overseer' ? beginning : null);

  const all = (office: Office): Tenure[] => {
    const named = rows.all(office);
    const [first] = named;
    const tenures = named.map(
      ({ title, name, fromDay, enteredAtMs, enteredBy }, at): Tenure => ({
        ...{ title, name, from: fromDay, to: dayBefore(named[at + 1]?.fromDay) },
        entered: { by: enteredBy, at: isoTime(enteredAtMs) },
      }),
    );
    if (office !== 'overseer') return tenures;
    const start = { ...beginning, from: null, to: dayBefore(first?.fromDay), entered: null };
    return [start, ...tenures];
  };

  return {
    on: (office, atMs) => holderOn(office, localDay(atMs)),
    overseer: (atMs) => holderOn('overseer', localDay(atMs)) ?? beginning,
    during(office, fromMs, toMs) {
      const [first, last] = [localDay(fromMs), localDay(toMs)];
      return all(office).filter(
        ({ from, to }) => (from === null || from <= last) && (to === null || to >= first),
      );
    },
    all,
    name({ office, title, name, from }, by, nowMs) {
      if (from > localDay(nowMs + mostDaysAhead * dayMs)) {
        throw new Refusal(
          400,
          'day-too-far',
          `from: ${from} is more than a year ahead; enter it when it is nearer.`,
        );
      }
      return db
        .transaction((): Tenure[] => {
          const now = holderOn(office, from);
          if (now?.title === title && now.name === name) {
            throw new Refusal(
              409,
              'named-already',
              `${title}, ${name} holds it on ${from} already.`,
            );
          }
          insert.run(office, from, title, name, Math.floor(nowMs), `${by.name} (${by.username})`);
          tellAll(office);
          return all(office);
        })
        .immediate();
    },
    take: db.transaction(({ office, entries }: SharedOffice): boolean => {
      const newer = entries.filter(
        ({ from, enteredAt }) => (enteredAtMs.get(office, from) ?? 0) < Date.parse(enteredAt),
      );
      for (const { from, title, name, enteredAt, enteredBy } of newer) {
        insert.run(office, from, title, name, Date.parse(enteredAt), enteredBy);
      }
      return newer.length > 0;
    }),
  };
}

function dayBefore(day: string | undefined): string | null {
  if (day === undefined) return null;
  // Noon, because a day may have 23 hours.
  const noon = new Date(`${day}T12:00:00Z`).getTime();
  return new Date(noon - dayMs).toISOString().slice(0, 10);
}
