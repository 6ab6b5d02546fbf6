import { allRecords } from './all-records.ts';
import type { AuditLog } from './audit-log.ts';
import type { AuditRecord } from './audit-record.ts';
import { type DeedKind, deedKinds } from './deed-kinds.ts';
import type { Deed } from './deeds.ts';
import { countByKind, newestRecords } from './newest-records.ts';
import { anchorOf } from './unit-anchors.ts';
import type {
  CheckedUnitLog,
  RecordPlace,
  UnitAnchor,
  UnitLogState,
  UnitRecordFilter,
  UnitRecords,
} from './unit-records.ts';

/** All that there is to read here: on a unit its own log, at headquarters also the records of all units. */
export interface WholeLog {
  /** Of which units records are here, its own first; null where it is the log of one unit. */
  units(): Promise<string[] | null>;
  /** The newest records that fit, newest first; `next` goes on behind them, null if there are no more. */
  newest(
    filter: UnitRecordFilter,
    page: { limit: number; before?: LogPlace | undefined },
  ): Promise<{ records: AuditRecord[]; next: LogPlace | null }>;
  /** How many records of each kind fit the rest of a filter. */
  countByKind(filter: UnitRecordFilter): Promise<Record<DeedKind, number>>;
  /** Everybody whom a record names. */
  people(): Promise<{ username: string; name: string }[]>;
  /** Every record that fits, oldest first. */
  all(filter: UnitRecordFilter): AsyncGenerator<AuditRecord>;
  /** Every record of a unit that names one of these ids. */
  aboutInUnits(ids: readonly string[]): Promise<AuditRecord[]>;
  /** How far the log of each unit has come here; none on a unit. */
  states(): Promise<UnitLogState[]>;
  /** Checks all records of the units, also against what the own log says of them; null on a unit. */
  checkUnits(): Promise<CheckedUnitLog[] | null>;
  /** Removes old records of the units by a decision that is in the own log; null on a unit. */
  readonly unitPurge: Pick<UnitRecords, 'purgeable' | 'purge'> | null;
}

/** A place in the log: the number in the own one, and the place among the records of the units; null: that part is at its end. */
export interface LogPlace {
  own: number | null;
  units: RecordPlace | null | 'begin';
}

const unitsAtOnce = 500;

/** Reads the own log and, where there are any, the records of the units as one. */
export function createWholeLog(
  log: AuditLog,
  ownUnit: { id: string },
  units: UnitRecords | null,
): WholeLog {
  const isOwnAsked = ({ unit }: UnitRecordFilter) => unit === undefined || unit === ownUnit.id;
  const unitsAsked = ({ unit }: UnitRecordFilter) => (unit === ownUnit.id ? null : units);

  async function* allOfUnits(filter: UnitRecordFilter): AsyncGenerator<AuditRecord> {
    const asked = unitsAsked(filter);
    for (let after: RecordPlace | null = null; asked !== null; ) {
      const records: AuditRecord[] = await asked.oldest(filter, { limit: unitsAtOnce, after });
      yield* records;
      if (records.length < unitsAtOnce) return;
      after = placeOf(records.at(-1));
    }
  }

  return {
    async units() {
      if (units === null) return null;
      return [ownUnit.id, ...(await units.states()).map(({ unit }) => unit)];
    },

    async newest(filter, { limit, before = { own: Number.MAX_SAFE_INTEGER, units: 'begin' } }) {
      const asked = unitsAsked(filter);
      const own =
        before.own === null || !isOwnAsked(filter)
          ? []
          : await newestRecords(log, filter, { limit: limit + 1, before: before.own });
      const place = before.units === 'begin' ? null : before.units;
      const theirs =
        asked === null || before.units === null
          ? []
          : await asked.newest(filter, { limit: limit + 1, before: place });
      const records = merged(own, theirs, (one, other) => one.at >= other.at).slice(0, limit);
      if (own.length + theirs.length <= limit) return { records, next: null };
      const ownShown = records.filter(({ unit }) => unit === ownUnit.id);
      const theirsShown = records.filter(({ unit }) => unit !== ownUnit.id);
      return {
        records,
        next: {
          own: ownShown.at(-1)?.seq ?? before.own,
          units: theirsShown.length === 0 ? before.units : placeOf(theirsShown.at(-1)),
        },
      };
    },

    async countByKind(filter) {
      const counts = Object.fromEntries(deedKinds.map((kind) => [kind, 0])) as Record<
        DeedKind,
        number
      >;
      const add = (more: Record<DeedKind, number>) => {
        for (const kind of deedKinds) counts[kind] += more[kind];
      };
      if (isOwnAsked(filter)) add(await countByKind(log, filter));
      const asked = unitsAsked(filter);
      if (asked !== null) add(await asked.count(filter));
      return counts;
    },

    async people() {
      const names = new Map(log.people().map((each) => [each.username, each]));
      for (const person of (await units?.people()) ?? []) {
        const known = names.get(person.username);
        if (known === undefined || known.name === '') names.set(person.username, person);
      }
      return [...names.values()].sort((one, other) => (one.username < other.username ? -1 : 1));
    },

    async *all(filter) {
      if (!isOwnAsked(filter)) return yield* allOfUnits(filter);
      if (unitsAsked(filter) === null) return yield* allRecords(log, filter);
      const own = allRecords(log, filter);
      const theirs = allOfUnits(filter);
      let [one, other] = [await own.next(), await theirs.next()];
      while (one.done !== true || other.done !== true) {
        if (other.done === true || (one.done !== true && one.value.at <= other.value.at)) {
          yield one.value as AuditRecord;
          one = await own.next();
        } else {
          yield other.value;
          other = await theirs.next();
        }
      }
    },

    aboutInUnits: async (ids) => (await units?.about(ids)) ?? [],
    states: async () => (await units?.states()) ?? [],
    async checkUnits() {
      if (units === null) return null;
      const anchors = await anchorsOf(log, 'units.anchor-log');
      return units.check({ anchors, purged: await anchorsOf(log, 'units.purge-log') });
    },
    unitPurge: units,
  };
}

async function anchorsOf(log: AuditLog, operation: Deed): Promise<UnitAnchor[]> {
  const anchors: UnitAnchor[] = [];
  for await (const record of allRecords(log, { operation })) {
    const anchor = anchorOf(record);
    if (anchor !== null) anchors.push(anchor);
  }
  return anchors;
}

const placeOf = (record: AuditRecord | undefined): RecordPlace | null =>
  record === undefined
    ? null
    : { at: record.at, unit: record.unit, seq: record.seq, hash: record.hash };

/** Two rows in the order of both; each row keeps its own order. */
function merged<Row>(one: Row[], other: Row[], isFirst: (one: Row, other: Row) => boolean): Row[] {
  const rows: Row[] = [];
  let [at, otherAt] = [0, 0];
  for (;;) {
    const [left, right] = [one[at], other[otherAt]];
    if (left === undefined) return [...rows, ...other.slice(otherAt)];
    if (right === undefined) return [...rows, ...one.slice(at)];
    if (isFirst(left, right)) {
      rows.push(left);
      at += 1;
    } else {
      rows.push(right);
      otherAt += 1;
    }
  }
}
