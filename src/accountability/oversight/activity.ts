import { median } from '../../platform/statistics.ts';
import type { AuditRecord } from '../audit/audit-record.ts';

/** An event that an auditor should ask about (AUD-7). None of these proves misuse. */
export interface UnusualActivity {
  kind:
    | 'odd hours'
    | 'same plate'
    | 'many looks'
    | 'no outcome'
    | 'refused attempts'
    | 'failed logins';
  username: string;
  count: number;
  text: string;
  /** The first few of the records: their numbers, of another unit with its id: `car-7 12`. */
  records: string[];
}

/** A person's activity in a period. */
export interface PersonActivity {
  username: string;
  name: string;
  role: string | null;
  organisation: string;
  logins: number;
  looks: number;
  images: number;
  exports: number;
  changes: number;
  refused: number;
  plates: number;
}

const lookCategories: readonly string[] = [
  'Detection Browsing',
  'Stakeout Browsing',
  'Hit List Browsing',
  'Hot List Browsing',
];
const shownRecords = 20;
/** Night is from midnight to this hour by the unit's clock. */
const nightEndsAtHour = 5;
const samePlateTimes = 5;
const manyLooksADay = 30;
const manyTimesMedian = 4;
const refusedTimes = 5;
const fruitlessInquiries = 5;

/** Counts about a person, updated record by record. */
interface Tally extends PersonActivity {
  night: string[];
  byPlate: Map<string, string[]>;
  byDay: Map<string, string[]>;
  refusals: string[];
  failures: string[];
  /** Changes that were started and are not yet recorded as done. */
  begun: Set<string>;
  /** Inquiries by id: whether a search found anything, and whether it had an outcome. */
  inquiries: Map<string, { name: string; found: boolean; outcome: boolean }>;
}

/**
 * Gathers activity record by record, oldest first. `zone`: the time zone of the night, such as America/Los_Angeles; `unit`: whose
 * log this is.
 */
export function createActivity(zone: string, unit: string) {
  const people = new Map<string, Tally>();
  const hourOf = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    hourCycle: 'h23',
  });
  const dayOf = new Intl.DateTimeFormat('sv-SE', { timeZone: zone });

  const tallyOf = ({ username, name, role, organisation }: AuditRecord['who']): Tally => {
    const known = people.get(username);
    if (known) {
      // The record of a refused login has no name; later records have it, and also show a change of role.
      if (role !== null) Object.assign(known, { name, role, organisation });
      return known;
    }
    const tally: Tally = {
      username,
      name,
      role,
      organisation,
      logins: 0,
      looks: 0,
      images: 0,
      exports: 0,
      changes: 0,
      refused: 0,
      plates: 0,
      night: [],
      byPlate: new Map(),
      byDay: new Map(),
      refusals: [],
      failures: [],
      begun: new Set(),
      inquiries: new Map(),
    };
    people.set(username, tally);
    return tally;
  };

  return {
    add(record: AuditRecord): void {
      const { category, outcome, operation, who, inquiry } = record;
      const name = record.unit === unit ? String(record.seq) : `${record.unit} ${record.seq}`;
      // No one was signed in: the unit itself, or the first start.
      if (category === 'System' || who.username === '') return;
      const tally = tallyOf(who);
      if (outcome === 'refused' || outcome === 'failed') {
        tally.refused += 1;
        (category === 'User Login' ? tally.failures : tally.refusals).push(name);
        return;
      }
      const step = `${record.session} ${operation}`;
      if (outcome === 'started') tally.begun.add(step);
      if (outcome !== 'done') return;
      const at = new Date(record.at);
      if (category === 'User Login') {
        if (operation === 'session.login') tally.logins += 1;
      } else if (category === 'Image View') {
        tally.images += 1;
      } else if (category === 'Export') {
        tally.exports += 1;
      } else if (tally.begun.delete(step)) {
        // Looks at accounts, holds and similar have the category of the changes, but no `started` record.
        tally.changes += 1;
      }
      if (lookCategories.includes(category)) {
        tally.looks += 1;
        push(tally.byDay, dayOf.format(at), name);
        if (Number(hourOf.format(at)) < nightEndsAtHour) tally.night.push(name);
        const plate = record.query?.plate;
        if (typeof plate === 'string') push(tally.byPlate, plate.toUpperCase(), name);
      }
      if (inquiry !== null) {
        const known = tally.inquiries.get(inquiry.id) ?? { name, found: false, outcome: false };
        if (/search|stakeout/.test(operation)) known.found ||= (record.results ?? 0) > 0;
        else known.outcome = true;
        tally.inquiries.set(inquiry.id, known);
      }
    },

    people: (): PersonActivity[] =>
      [...people.values()]
        .map(({ night, byPlate, byDay, refusals, failures, begun, inquiries, ...person }) => ({
          ...person,
          plates: byPlate.size,
        }))
        .sort((a, b) => b.looks - a.looks || (a.username < b.username ? -1 : 1)),

    unusual(): UnusualActivity[] {
      const days = [...people.values()].flatMap(({ byDay }) =>
        [...byDay.values()].map(({ length }) => length),
      );
      const many = Math.max(manyLooksADay, manyTimesMedian * median(days));
      return [...people.values()].flatMap((tally) => unusualOf(tally, many));
    },
  };
}

function unusualOf(tally: Tally, many: number): UnusualActivity[] {
  const { username, night, looks } = tally;
  const found: UnusualActivity[] = [];
  const add = (kind: UnusualActivity['kind'], records: readonly string[], text: string): void => {
    const shown = records.slice(0, shownRecords);
    found.push({ kind, username, count: records.length, text, records: shown });
  };
  // Someone who looks mostly at night works the night shift.
  if (night.length >= 3 && night.length * 2 < looks) {
    add('odd hours', night, `${night.length} of ${looks} looks between midnight and 5`);
  }
  for (const [plate, records] of tally.byPlate) {
    if (records.length < samePlateTimes) continue;
    add('same plate', records, `searched for ${plate} ${records.length} times`);
  }
  for (const [day, records] of tally.byDay) {
    if (records.length > many) add('many looks', records, `${records.length} looks on ${day}`);
  }
  const fruitless = [...tally.inquiries.values()].filter(
    (inquiry) => inquiry.found && !inquiry.outcome,
  );
  if (fruitless.length >= fruitlessInquiries && fruitless.length * 2 > tally.inquiries.size) {
    add(
      'no outcome',
      fruitless.map(({ name }) => name),
      `${fruitless.length} of ${tally.inquiries.size} inquiries found something and nothing was opened, exported or entered`,
    );
  }
  if (tally.refusals.length >= refusedTimes) {
    add(
      'refused attempts',
      tally.refusals,
      `${tally.refusals.length} attempts were refused or failed`,
    );
  }
  if (tally.failures.length >= refusedTimes) {
    add('failed logins', tally.failures, `${tally.failures.length} logins failed`);
  }
  return found;
}

function push(lists: Map<string, string[]>, key: string, name: string): void {
  const list = lists.get(key);
  if (list) list.push(name);
  else lists.set(key, [name]);
}
