import { categoriesOf, type DeedKind } from './deed-kinds.ts';

/** Selects records: a record must match every field that is set. */
export interface AuditFilter {
  /** ISO times: from `from` (inclusive) to `to` (exclusive). */
  from?: string | undefined;
  to?: string | undefined;
  category?: string | undefined;
  kind?: DeedKind | undefined;
  operation?: string | undefined;
  outcome?: string | undefined;
  username?: string | undefined;
  inquiry?: string | undefined;
  /** Named in the query: characters of a plate without spaces and hyphens, in capitals. */
  plate?: string | undefined;
  /** Objects that count as naming the plate, such as `detection 0193…`; nothing without `plate`. */
  objects?: readonly string[] | undefined;
}

const filterConditions = [
  ['from', 'at >= ?'],
  ['to', 'at < ?'],
  ['category', 'category = ?'],
  ['operation', 'operation = ?'],
  ['outcome', 'outcome = ?'],
  ['username', 'username = ?'],
  ['inquiry', 'inquiry = ?'],
] as const;

const namesPlate =
  "instr(upper(replace(replace(json_extract(body, '$.query'), ' ', ''), '-', '')), ?) > 0";

/** The filter as terms of a WHERE clause, with their values. */
export function conditionsOf(filter: AuditFilter): {
  where: string[];
  values: (string | number)[];
} {
  const where: string[] = [];
  const values: (string | number)[] = [];
  for (const [field, condition] of filterConditions) {
    const value = filter[field];
    if (value === undefined) continue;
    where.push(condition);
    values.push(value);
  }
  if (filter.plate !== undefined) {
    const { plate, objects = [] } = filter;
    const isOf = `json_extract(body, '$.object') IN (${objects.map(() => '?').join(', ')})`;
    where.push(objects.length === 0 ? namesPlate : `(${namesPlate} OR ${isOf})`);
    values.push(plate, ...objects);
  }
  if (filter.kind !== undefined) {
    const categories = categoriesOf(filter.kind);
    where.push(`category IN (${categories.map(() => '?').join(', ')})`);
    values.push(...categories);
  }
  return { where, values };
}

/** The index of the most selective field; all but that of `kind` return rows in order of their numbers. */
export function indexFor(filter: AuditFilter): string {
  const field = (['inquiry', 'operation', 'username', 'category'] as const).find(
    (name) => filter[name] !== undefined,
  );
  if (field !== undefined) return `INDEXED BY record_${field}`;
  return filter.kind === undefined ? 'NOT INDEXED' : 'INDEXED BY record_category';
}
