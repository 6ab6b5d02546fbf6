import type { AuditFilter } from '../../accountability/audit/audit-filter.ts';
import { type AuditRecord, auditCategories } from '../../accountability/audit/audit-record.ts';
import { hasOwnHash } from '../../accountability/audit/chain.ts';
import {
  categoriesOf,
  type DeedKind,
  deedKinds,
  kindOfCategory,
} from '../../accountability/audit/deed-kinds.ts';
import type {
  CheckedUnitLog,
  RecordPlace,
  UnitAnchor,
  UnitLogState,
  UnitRecordFilter,
  UnitRecords,
} from '../../accountability/audit/unit-records.ts';
import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { purgeableLogs } from './purge-unit-logs.ts';

/** A part of the records that fit: at most `limit`, behind a place. */
interface Page {
  limit: number;
  place: RecordPlace | null;
  order: 'ASC' | 'DESC';
}

/** The look-ups that the thread of the units' records answers. */
export type UnitAuditLookUps = {
  [Name in Exclude<keyof UnitRecords, 'purge'>]: (
    input: Parameters<UnitRecords[Name]>,
  ) => Awaited<ReturnType<UnitRecords[Name]>>;
};

/** The same, and the purge, which writes. */
export type UnitAuditCalls = UnitAuditLookUps & {
  purge: (input: Parameters<UnitRecords['purge']>) => void;
};

interface StateRow {
  unit: string;
  records: number;
  numbers: number;
  firstSeq: number;
  seq: number;
  firstMs: number;
  anchoredSeq: number | null;
  contradictedMs: number | null;
}

/** Most findings that are told of one unit. */
const mostFindings = 10;
/** What the index of characters can look up: it holds each three in a row. */
const shortestIndexed = 3;

/** Looks the audit records of the units up, on a connection of `headquarters.db` that reads only. */
export function createUnitAudit(db: Database): UnitAuditLookUps {
  const states = db.prepare<[], StateRow>(
    `SELECT unit, count(*) AS records, count(DISTINCT seq) AS numbers, min(seq) AS firstSeq, max(seq) AS seq,
       min(at_ms) AS firstMs, anchored_seq AS anchoredSeq, contradicted_ms AS contradictedMs
     FROM unit_audit LEFT JOIN unit_log USING (unit)
     WHERE (unit, seq, hash) NOT IN (SELECT unit, seq, hash FROM unit_audit_replaced)
     GROUP BY unit ORDER BY unit`,
  );
  const newestOf = db.prepare<[string, number], { hash: string; atMs: number }>(
    `SELECT hash, at_ms AS atMs FROM unit_audit WHERE unit = ? AND seq = ?
       AND (unit, seq, hash) NOT IN (SELECT unit, seq, hash FROM unit_audit_replaced)`,
  );
  const replacedOf = db
    .prepare<[string], string>("SELECT seq || ' ' || hash FROM unit_audit_replaced WHERE unit = ?")
    .pluck();
  const people = db.prepare<[], { username: string; name: string }>(
    // From each name to the next one in the index, instead of through all records.
    `WITH RECURSIVE person (username) AS (
       SELECT min(username) FROM unit_audit WHERE username > ''
       UNION ALL
       SELECT (SELECT min(username) FROM unit_audit WHERE username > person.username) FROM person
       WHERE person.username IS NOT NULL)
     SELECT username,
       (SELECT json_extract(body, '$.who.name') FROM unit_audit INDEXED BY unit_audit_person
        WHERE unit_audit.username = person.username ORDER BY at_ms DESC LIMIT 1) AS name
     FROM person WHERE username IS NOT NULL`,
  );
  const naming = db
    .prepare<[string], string>(
      `SELECT body FROM unit_audit WHERE (unit, seq, hash) IN
         (SELECT unit, seq, hash FROM unit_audit_text WHERE unit_audit_text MATCH ?)`,
    )
    .pluck();
  const ofUnit = db
    .prepare<[string], string>('SELECT body FROM unit_audit WHERE unit = ? ORDER BY seq, hash')
    .pluck();

  const pageOf = (filter: UnitRecordFilter, { limit, place, order }: Page): AuditRecord[] => {
    const { from, where, values } = conditionsOf(filter);
    const beyond = order === 'ASC' ? '>' : '<';
    const going =
      place === null
        ? []
        : [
            `(at_ms, unit_audit.unit, unit_audit.seq, unit_audit.hash) ${beyond} (@atMs, @unit, @seq, @hash)`,
          ];
    const terms = [...where, ...going];
    return db
      .prepare<object, string>(
        `SELECT body ${from}
         ${terms.length > 0 ? `WHERE ${terms.join(' AND ')}` : ''}
         ORDER BY at_ms ${order}, unit_audit.unit ${order}, unit_audit.seq ${order}, unit_audit.hash ${order}
         LIMIT @limit`,
      )
      .pluck()
      .all({ ...values, ...(place === null ? {} : placeValues(place)), limit })
      .map((body) => JSON.parse(body) as AuditRecord);
  };
  const countOf = (filter: UnitRecordFilter) => {
    const { from, where, values } = conditionsOf(filter);
    // One category needs no grouping, which would open each record.
    const group = filter.category === undefined ? 'category' : '@category';
    return db
      .prepare<object, { category: string; records: number }>(
        `SELECT ${group} AS category, count(*) AS records ${from}
         ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
         ${filter.category === undefined ? 'GROUP BY category' : ''}`,
      )
      .all(values);
  };
  /** A kind is read category by category, each along its index: a rare one would be looked for among all records. */
  const page = (filter: UnitRecordFilter, wanted: Page): AuditRecord[] => {
    const { kind, ...rest } = filter;
    if (kind === undefined || indexFor(rest) !== indexFor({})) return pageOf(filter, wanted);
    const found = categoriesOf(kind).flatMap((category) => pageOf({ ...rest, category }, wanted));
    const sign = wanted.order === 'ASC' ? 1 : -1;
    return found.sort((one, other) => sign * compared(one, other)).slice(0, wanted.limit);
  };
  const statesNow = (): UnitLogState[] => states.all().map(stateOf);

  function stateOf(row: StateRow): UnitLogState {
    const { unit, records, numbers, firstSeq, seq, firstMs, anchoredSeq, contradictedMs } = row;
    const newest = newestOf.get(unit, seq);
    return {
      ...{ unit, records, seq },
      first: isoTime(firstMs),
      last: isoTime(newest?.atMs ?? firstMs),
      hash: newest?.hash ?? '',
      missing: seq - firstSeq + 1 - numbers,
      anchoredSeq: anchoredSeq ?? 0,
      contradictedAt: contradictedMs === null ? null : isoTime(contradictedMs),
    };
  }

  return {
    newest: ([filter, { limit, before }]) => page(filter, { limit, place: before, order: 'DESC' }),
    oldest: ([filter, { limit, after }]) => page(filter, { limit, place: after, order: 'ASC' }),
    count([{ kind: _, ...filter }]) {
      const counts = Object.fromEntries(deedKinds.map((kind) => [kind, 0])) as Record<
        DeedKind,
        number
      >;
      // Each category along its index, which says how many there are without opening a record.
      const isWide = [indexFor({}), indexFor({ unit: '' })].includes(indexFor(filter));
      const parts = isWide
        ? auditCategories.map((category) => ({ ...filter, category }))
        : [filter];
      for (const { category, records } of parts.flatMap(countOf)) {
        counts[kindOfCategory(category)] += records;
      }
      return counts;
    },
    people: () => people.all(),
    about([ids]) {
      const found = new Map<string, AuditRecord>();
      for (const id of ids) {
        for (const body of naming.all(phraseOf(squeezed(id)))) {
          const record = JSON.parse(body) as AuditRecord;
          found.set(record.hash, record);
        }
      }
      return [...found.values()].sort((one, other) => (one.at < other.at ? -1 : 1));
    },
    states: statesNow,
    check([{ anchors, purged }]) {
      const [anchorsOf, purgedOf] = [anchors, purged].map((claims) =>
        Map.groupBy(claims, ({ unit }) => unit),
      );
      return statesNow().map((state) => {
        const [last = null] = [...(purgedOf?.get(state.unit) ?? [])].sort((a, b) => b.seq - a.seq);
        return checkedLog(
          state,
          ofUnit.iterate(state.unit),
          { anchors: anchorsOf?.get(state.unit) ?? [], removed: last },
          new Set(replacedOf.all(state.unit)),
        );
      });
    },
    purgeable: ([before]) => purgeableLogs(db, before),
  };
}

const placeValues = ({ at, unit, seq, hash }: RecordPlace): object => ({
  ...{ atMs: Date.parse(at), unit, seq, hash },
});

/** By time, then as the key orders them. */
function compared(one: RecordPlace, other: RecordPlace): number {
  const key = ({ at, unit }: RecordPlace) => `${at} ${unit}`;
  if (key(one) !== key(other)) return key(one) < key(other) ? -1 : 1;
  return one.seq - other.seq || (one.hash < other.hash ? -1 : 1);
}

/** As the index holds text: without spaces and hyphens, in capitals. */
const squeezed = (text: string): string => text.toUpperCase().replace(/[ -]/g, '');
/** A phrase of the index, which finds these characters anywhere. */
const phraseOf = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const usualOutcome = 'done';
const equals = ['category', 'operation', 'outcome', 'username', 'inquiry'] as const;

/** The filter as terms of a WHERE clause with their values, and the clause before it: the index, and for a plate the records that name it. */
function conditionsOf(filter: UnitRecordFilter): {
  from: string;
  where: string[];
  values: object;
} {
  const where: string[] = [];
  const values: Record<string, string | number> = {};
  const { to, unit, kind, plate, objects = [] } = filter;
  if (filter.from !== undefined) {
    where.push('at_ms >= @fromMs');
    values.fromMs = Date.parse(filter.from);
  }
  if (to !== undefined) {
    where.push('at_ms < @toMs');
    values.toMs = Date.parse(to);
  }
  if (unit !== undefined) {
    where.push('unit_audit.unit = @ofUnit');
    values.ofUnit = unit;
  }
  for (const field of equals) {
    const value = filter[field];
    if (value === undefined) continue;
    where.push(`${field} = @${field}`);
    values[field] = value;
    // The index of outcomes leaves the usual one out.
    if (field === 'outcome' && value !== usualOutcome) where.push(`outcome <> '${usualOutcome}'`);
    if (field === 'inquiry') where.push('inquiry IS NOT NULL');
  }
  if (kind !== undefined) {
    where.push('category IN (SELECT value FROM json_each(@categories))');
    values.categories = JSON.stringify(categoriesOf(kind));
  }
  if (plate === undefined) return { from: `FROM unit_audit ${indexFor(filter)}`, where, values };
  const isShort = plate.length < shortestIndexed;
  values.plate = isShort ? `%${plate}%` : `asked : ${phraseOf(plate)}`;
  values.objects = JSON.stringify(objects);
  return {
    from: `FROM (SELECT unit, seq, hash FROM unit_audit_text
        WHERE ${isShort ? 'asked LIKE @plate' : 'unit_audit_text MATCH @plate'}
        UNION SELECT unit, seq, hash FROM unit_audit INDEXED BY unit_audit_object
        WHERE object IN (SELECT value FROM json_each(@objects)) AND object IS NOT NULL) AS named
        CROSS JOIN unit_audit`,
    where: [
      'unit_audit.unit = named.unit AND unit_audit.seq = named.seq AND unit_audit.hash = named.hash',
      ...where,
    ],
    values,
  };
}

/** The index of the most selective field; each returns rows in order of time. A plate has an index of its own. */
function indexFor(filter: AuditFilter & { unit?: string | undefined }): string {
  if (filter.plate !== undefined) return '';
  if (filter.inquiry !== undefined) return 'INDEXED BY unit_audit_inquiry';
  if (filter.operation !== undefined) return 'INDEXED BY unit_audit_operation';
  if (filter.username !== undefined) return 'INDEXED BY unit_audit_person';
  if (filter.category !== undefined) return 'INDEXED BY unit_audit_category';
  if (filter.outcome !== undefined && filter.outcome !== usualOutcome) {
    return 'INDEXED BY unit_audit_outcome';
  }
  if (filter.unit !== undefined) return 'INDEXED BY unit_audit_unit';
  return 'INDEXED BY unit_audit_time';
}

/**
 * Holds each record of a unit against its own hash, the one before it, and what headquarters' log says of it: `removed` is the
 * last one that went by decision.
 */
function checkedLog(
  state: UnitLogState,
  bodies: Iterable<string>,
  { anchors, removed }: { anchors: readonly UnitAnchor[]; removed: UnitAnchor | null },
  /** Number and hash of what the log of a unit that was restored knows nothing of any more. */
  replaced: ReadonlySet<string>,
): CheckedUnitLog {
  const findings: string[] = [];
  const find = (text: string): void => {
    if (findings.length < mostFindings) findings.push(text);
    else if (findings.length === mostFindings) findings.push('There is more of this kind.');
  };
  const anchored = new Map(
    anchors.flatMap(({ seq, hash }) => (seq > (removed?.seq ?? 0) ? [[seq, hash] as const] : [])),
  );
  const met = new Set<number>();
  let before: AuditRecord | null = null;
  for (const body of bodies) {
    const record = recordOf(body);
    if (record === null || !hasOwnHash(record)) {
      find(`A record after number ${before?.seq ?? 0} was changed here.`);
      continue;
    }
    const { seq, hash, previous } = record;
    if (anchored.get(seq) === hash) met.add(seq);
    if (replaced.has(`${seq} ${hash}`)) continue;
    if (removed !== null && seq === removed.seq + 1 && previous !== removed.hash) {
      find(`Record ${seq} does not follow from the last one that was removed.`);
    }
    if (before?.seq === seq) {
      find(`Record ${seq} came in two versions.`);
    } else if (before !== null && before.seq === seq - 1 && before.hash !== previous) {
      find(`Record ${seq} does not follow from the one before it.`);
    }
    before = record;
  }
  for (const seq of anchored.keys()) {
    if (!met.has(seq)) {
      find(`Record ${seq} is not here as headquarters’ own log says that it came.`);
    }
  }
  return { ...state, sound: findings.length === 0, findings };
}

function recordOf(body: string): AuditRecord | null {
  try {
    return JSON.parse(body) as AuditRecord;
  } catch {
    return null;
  }
}
