import { uuidv7 } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { type Clock, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { Refusal } from '../gate/refusal.ts';
import { type Canvass, numberOf, type SharedCanvass } from './canvass.ts';
import { longestH } from './operations.ts';

/** What a person says when they begin a canvass. */
export interface NewCanvass {
  caseNumber: string | null;
  incidentNumber: string | null;
  place: string;
  /** It ends by itself after so many hours. */
  hours: number;
}

/** The canvasses of this unit (CAP-12). Another process may begin or end one, so each question asks the database. */
export interface Canvasses {
  /** The canvass that this unit takes part in now, as `lookout status` shows it; null if there is none. */
  current(): Canvass | null;
  /**
   * The canvass to tag a vehicle with, at each report of it. One that was seen in a canvass keeps its tag when the
   * canvass ends before the vehicle has left, another begins, or the database cannot be read any more.
   */
  tagOf(detectionId: string, hasLeft: boolean): string | null;
  begin(input: NewCanvass, by: string): Canvass;
  /** Takes part in a canvass that was begun on another unit; `number` must be its case or incident. */
  join(id: string, number: string, by: string): Canvass;
  /** What another unit did, as headquarters tells it. Whether it changed something here. */
  take(shared: SharedCanvass): boolean;
  /** Ends this unit's part; on the unit on which it was begun, the canvass of all units. */
  end(by: string): Canvass;
  get(id: string): Canvass;
  /** Latest first. */
  list(): Canvass[];
  /** Case or incident number of a canvass, as stored; null if it is not known here. */
  numberOf(id: string): string | null;
  /** Ids of the canvasses of a case or incident, however its number is typed. */
  ofCase(number: string): string[];
}

const most = 500;
/**
 * None has more left than the longest has (CAP-12). One that does was begun under a clock that was ahead, here or on
 * another unit, and would go on for as long.
 */
const longestMs = longestH * 3_600_000;

/** Opens the canvasses in `lookout.db`. */
export function createCanvasses(deps: {
  db: Database;
  outbox: OutboxWriter;
  unit: { id: string };
  clock: Clock;
}): Canvasses {
  const { db, outbox, unit, clock } = deps;
  const openNow = db.prepare<[number, number], { id: string; body: string }>(
    'SELECT id, body FROM canvass WHERE open = 1 AND until_ms > ? AND until_ms <= ?',
  );
  const runOut = db
    .prepare<[number, number], string>(
      'SELECT body FROM canvass WHERE open = 1 AND (until_ms <= ? OR until_ms > ?)',
    )
    .pluck();
  /** Between these moments lies the end of one that is not over. */
  const bounds = (): [afterMs: number, upToMs: number] => {
    const nowMs = clock();
    return [nowMs, nowMs + longestMs];
  };
  const one = db.prepare<[string], string>('SELECT body FROM canvass WHERE id = ?').pluck();
  const all = db
    .prepare<[], string>(
      `SELECT body FROM canvass ORDER BY begun_at_ms DESC, id DESC LIMIT ${most}`,
    )
    .pluck();
  const idsOfCase = db
    .prepare<[string], string>('SELECT id FROM canvass WHERE case_key = upper(trim(?))')
    .pluck();
  const save = db.prepare(
    `INSERT INTO canvass (id, case_key, begun_at_ms, until_ms, open, body)
     VALUES (@id, upper(trim(@number)), @begunAtMs, @untilMs, @open, @body)
     ON CONFLICT (id) DO UPDATE SET until_ms = excluded.until_ms, open = excluded.open, body = excluded.body`,
  );
  /** Vehicles in view that were seen in a canvass. */
  const tagged = new Map<string, string>();

  const read = (body: string): Canvass => JSON.parse(body) as Canvass;

  const keep = (canvass: Canvass): void => {
    const { id, begunAt, until, part } = canvass;
    save.run({
      id,
      number: numberOf(canvass),
      begunAtMs: Date.parse(begunAt),
      untilMs: Date.parse(until),
      open: part !== null && part.to === null ? 1 : 0,
      body: JSON.stringify(canvass),
    });
  };

  /** Stores what a person did here, and tells headquarters. */
  const store = (canvass: Canvass): Canvass => {
    keep(canvass);
    outbox.add({ id: uuidv7(), lane: 'audit', topic: 'canvass', json: JSON.stringify(canvass) });
    return canvass;
  };

  const endPart = (canvass: Canvass, to: string, endedBy: string | null): Canvass => {
    const { part } = canvass;
    return part === null ? canvass : store({ ...canvass, part: { ...part, to, endedBy } });
  };

  /** Writes down the end of one that came to its last moment. */
  const endRunOut = (): void => {
    const body = runOut.get(...bounds());
    if (body === undefined) return;
    const canvass = read(body);
    const toMs = Math.min(Date.parse(canvass.until), clock());
    endPart(canvass, isoTime(toMs), null);
  };

  const get = (id: string): Canvass => {
    const body = one.get(id);
    if (body !== undefined) return read(body);
    const words = `There is no canvass ${id} on this unit. "lookout canvass list" shows them.`;
    throw new Refusal(404, 'no-such-canvass', words);
  };

  const ofCase = (number: string): string[] => idsOfCase.all(number);

  const current = (): Canvass | null => {
    const row = openNow.get(...bounds());
    return row === undefined ? null : read(row.body);
  };

  const begin = db.transaction((input: NewCanvass, by: string): Canvass => {
    endRunOut();
    refuseSecond(current());
    const nowMs = clock();
    const { caseNumber, incidentNumber, place, hours } = input;
    const begunAt = isoTime(nowMs);
    return store({
      id: uuidv7(),
      caseNumber,
      incidentNumber,
      place,
      begunAt,
      begunBy: by,
      unit: unit.id,
      until: isoTime(nowMs + hours * 3_600_000),
      ended: null,
      part: { from: begunAt, by, to: null, endedBy: null },
    });
  });

  const end = db.transaction((by: string): Canvass => {
    endRunOut();
    const canvass = current();
    if (canvass === null) {
      throw new Refusal(409, 'no-canvass', 'This unit takes part in no canvass now.');
    }
    const at = isoTime(clock());
    const isOurs = canvass.unit === unit.id;
    return endPart(isOurs ? { ...canvass, ended: { at, by } } : canvass, at, by);
  });

  const join = db.transaction((id: string, number: string, by: string): Canvass => {
    endRunOut();
    const canvass = get(id);
    if (!ofCase(number).includes(id)) {
      const words = `This canvass belongs to ${numberOf(canvass)}; join it under that number.`;
      throw new Refusal(400, 'other-case', words);
    }
    refuseSecond(current());
    const [afterMs, upToMs] = bounds();
    const untilMs = Date.parse(canvass.until);
    if (canvass.ended !== null || untilMs <= afterMs || untilMs > upToMs) {
      throw new Refusal(409, 'canvass-over', 'This canvass is over. Begin a new one.');
    }
    const from = canvass.part?.from ?? isoTime(clock());
    return store({ ...canvass, part: { from, by, to: null, endedBy: null } });
  });

  const take = db.transaction((shared: SharedCanvass): boolean => {
    const body = one.get(shared.id);
    if (body === undefined) {
      keep({ ...shared, part: null });
      return true;
    }
    const known = read(body);
    const { ended } = shared;
    if (ended === null || known.ended !== null) return false;
    const isIn = known.part !== null && known.part.to === null;
    if (isIn) endPart({ ...known, ended }, ended.at, ended.by);
    else keep({ ...known, ended });
    return true;
  });

  return {
    current,
    tagOf(detectionId, hasLeft) {
      const id = tagged.get(detectionId) ?? openNow.get(...bounds())?.id ?? null;
      if (hasLeft || id === null) tagged.delete(detectionId);
      else tagged.set(detectionId, id);
      return id;
    },
    begin: (input, by) => begin.immediate(input, by),
    end: (by) => end.immediate(by),
    join: (id, number, by) => join.immediate(id, number, by),
    take: (shared) => take.immediate(shared),
    get,
    list: () => all.all().map(read),
    numberOf(id) {
      const body = one.get(id);
      return body === undefined ? null : numberOf(read(body));
    },
    ofCase,
  };
}

function refuseSecond(canvass: Canvass | null): void {
  if (canvass === null) return;
  throw new Refusal(
    409,
    'canvass-open',
    `This unit is in the canvass of ${numberOf(canvass)} (${canvass.place}) already. End it first: lookout canvass end.`,
  );
}
