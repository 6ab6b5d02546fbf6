import type { AuditRecord } from '../audit/audit-record.ts';

/** What a release holds: an audit record that goes with it speaks of nothing else. */
export interface Released {
  /** Ids of its detections, hits and images. */
  ids: ReadonlySet<string>;
  /** Id of the request under which it goes out. */
  release: string;
  /** Case and incident numbers under which it was packed. */
  numbers: ReadonlySet<string>;
}

/**
 * An audit record without what concerns other matters. `redacted` names each field that was left out or shortened. Its
 * `hash` is still that of the whole record in the log: whoever is shown the whole one computes it again and compares the
 * fields that stand here (CHAIN.md).
 */
export type RedactedRecord = Pick<
  AuditRecord,
  'seq' | 'at' | 'category' | 'operation' | 'outcome' | 'agency' | 'unit' | 'previous' | 'hash'
> & {
  who: Omit<AuditRecord['who'], 'account'>;
  redacted: string[];
  [field: string]: unknown;
};

const aboutOne = /^(?:detection|hit|image|release) (?<id>[0-9a-f-]{36})$/;

/** Leaves of a record what concerns the release: who did what when with it, and the purpose. */
export function redactRecord(record: AuditRecord, released: Released): RedactedRecord {
  const { seq, at, category, operation, outcome, agency, unit, previous, hash } = record;
  const redacted: string[] = [];
  const optional: Record<string, unknown> = {};
  /** Shows a field, or what of it may be shown; names it if anything is left out. */
  const show = (field: string, value: unknown, shown: unknown): void => {
    if (shown !== undefined) optional[field] = shown;
    if (JSON.stringify(shown) !== JSON.stringify(value)) redacted.push(field);
  };

  const { account, ...who } = record.who;
  if (account !== null) redacted.push('who.account');
  redacted.push('from');
  if (record.session !== null) redacted.push('session');
  show('object', record.object, objectOf(record.object, released));
  show(
    'query',
    record.query,
    record.query === null ? null : releasedOf(record.query, released.ids),
  );
  const isAllOfIt = !redacted.includes('query');
  show('results', record.results, isAllOfIt ? record.results : undefined);
  show('inquiry', record.inquiry, inquiryOf(record.inquiry, released.numbers));
  show('note', record.note, record.note === null ? null : undefined);
  return {
    ...{ seq, at, category, operation, outcome, agency, unit, who },
    ...optional,
    ...{ previous, hash, redacted },
  };
}

function objectOf(object: string | null, { ids, release }: Released): string | null | undefined {
  if (object === null) return null;
  const id = aboutOne.exec(object)?.groups?.id ?? '';
  return ids.has(id) || id === release ? object : undefined;
}

/** Of an input the ids that are released, where they stand; undefined if it holds none. */
function releasedOf(value: unknown, ids: ReadonlySet<string>): unknown {
  if (typeof value === 'string') return ids.has(value) ? value : undefined;
  if (Array.isArray(value)) {
    const kept = value.map((each) => releasedOf(each, ids)).filter((each) => each !== undefined);
    return kept.length === 0 ? undefined : kept;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const kept = Object.entries(value)
    .map(([name, each]) => [name, releasedOf(each, ids)] as const)
    .filter(([, each]) => each !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** The purpose; the numbers and the reason only where they are those of the package itself. */
function inquiryOf(inquiry: AuditRecord['inquiry'], numbers: ReadonlySet<string>) {
  if (inquiry === null) return null;
  const { purpose, caseNumber, incidentNumber, reason } = inquiry;
  const named = [caseNumber, incidentNumber].filter((number) => number !== null);
  const isOwn = named.length > 0 && named.every((number) => numbers.has(number));
  return isOwn ? { purpose, caseNumber, incidentNumber, reason } : { purpose };
}
