import { Problem } from '../platform/problem.ts';
import type { ListRow } from './list-row.ts';
import type { HotList } from './list-rules.ts';

export type Columns = NonNullable<HotList['layout']['columns']>;
/** A field of an entry that a column can fill. */
export type Field = keyof Columns;

/** What takes the text of a field out of a row; no function for a field that no column fills. */
export type Takes = ReadonlyMap<Field, (row: ListRow) => string>;

/** Usual headers, for a list without a column mapping. */
const usualHeaders: Record<Field, string> = {
  plate: 'plate',
  state: 'state',
  plateType: 'plate_type',
  category: 'category',
  reason: 'reason',
  make: 'make',
  model: 'model',
  colour: 'colour',
  year: 'year',
  caseNumber: 'case_number',
  entryId: 'entry_id',
  entryDate: 'entry_date',
  expires: 'expires',
  enteredBy: 'entered_by',
  approvedBy: 'approved_by',
};

/**
 * Compiles the columns of a layout for a file whose first row has `width` cells. `header` has the names of its columns, or
 * is null. Throws a Problem that names `file` for a column that the file lacks. `indices` are those of delimited files.
 */
export function compileColumns(
  list: HotList,
  header: string[] | null,
  width: number,
  file: string,
): { takes: Takes; indices: ReadonlyMap<Field, number> } {
  const groupsOf = groupsIn(list.layout.record);
  const columns: Partial<Columns> = list.layout.columns ?? usualColumns(header ?? []);
  const takes = new Map<Field, (row: ListRow) => string>();
  const indices = new Map<Field, number>();
  for (const field of Object.keys(usualHeaders) as Field[]) {
    const place = columns[field];
    if (place === undefined) continue;
    if (typeof place === 'object' && 'group' in place) {
      takes.set(field, (row) => groupsOf(row.raw)?.[place.group] ?? '');
      continue;
    }
    if (typeof place === 'object' && !('index' in place)) {
      takes.set(field, (row) => textAt(row.raw, place));
      continue;
    }
    const index = typeof place === 'object' ? place.index : indexOf(place, field);
    if (index >= width) {
      throw new Problem(
        `${file}: has ${width} columns, but hotlist.lists, ${list.id}: layout.columns.${field} ` +
          `is column ${index}. Correct it or layout.delimiter.`,
      );
    }
    indices.set(field, index);
    const start = typeof place === 'object' && 'start' in place ? (place.start ?? 0) : 0;
    const end =
      typeof place === 'object' && 'length' in place && place.length !== undefined
        ? start + place.length
        : undefined;
    takes.set(field, (row) => (row.cells[index] ?? '').slice(start, end));
  }
  return { takes, indices };

  function indexOf(name: string, field: Field): number {
    const found = (header ?? []).flatMap((each, at) => (sameHeader(each, name) ? [at] : []));
    if (found.length === 1 && found[0] !== undefined) return found[0];
    const where = `hotlist.lists, ${list.id}: layout.columns.${field}`;
    throw new Problem(
      found.length > 1
        ? `${file}: the header has "${name}" ${found.length} times. Use { index } in ${where}.`
        : `${file}: the header has no "${name}"; it has ${namesIn(header ?? [])}. ` +
            `Correct ${where}, layout.delimiter or layout.header.`,
    );
  }
}

/** Where a fixed-width line has the end of its plate, if other fields follow; null where the plate may be the last. */
export function endOfPlate(columns: Partial<Columns> = {}): number | null {
  const { plate, ...others } = columns;
  if (plate === undefined || typeof plate === 'string' || !('length' in plate)) return null;
  const end = (plate.start ?? 0) + (plate.length ?? 0);
  const isFollowed = Object.values(others).some(
    (place) => typeof place === 'object' && 'start' in place && (place.start ?? 0) >= end,
  );
  return isFollowed ? end : null;
}

/** One line without repeated blanks, control characters, marks that nobody sees and surrounding quotes. */
export function cellText(cell: string): string {
  const text = /[\p{Cc}\p{Cf}\u00A0]| {2}/u.test(cell)
    ? cell.replace(/\p{Cf}/gu, '').replace(/[\p{Cc}\s]+/gu, ' ')
    : cell;
  const trimmed = text.trim();
  return trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"')
    ? trimmed.slice(1, -1).trim()
    : trimmed;
}

/** The named groups of an expression in a line; the line is the same for all fields of a row. */
function groupsIn(expression: string | undefined) {
  const pattern = new RegExp(expression ?? '$^');
  let last = '';
  let groups: Record<string, string> | undefined;
  return (line: string): Record<string, string> | undefined => {
    if (line !== last) {
      last = line;
      groups = pattern.exec(line)?.groups;
    }
    return groups;
  };
}

/** The characters at a position of a fixed-width row; a position below 0 counts from the end of the line. */
function textAt(
  raw: string,
  place: { start: number; length: number } | { start: number; end: number },
): string {
  const line = raw.trimEnd();
  if ('end' in place) return line.slice(place.start, place.end);
  const { start, length } = place;
  if (start >= 0) return raw.slice(start, start + length);
  return line.slice(start, start + length < 0 ? start + length : undefined);
}

/** Without a mapping: the plate, and the usual columns that the header has. */
function usualColumns(header: readonly string[]): Partial<Columns> {
  return Object.fromEntries(
    Object.entries(usualHeaders).filter(
      ([field, name]) => field === 'plate' || header.some((each) => sameHeader(each, name)),
    ),
  );
}

/** The names in a header. A digit shows that it may be the row of a vehicle, which no message quotes. */
function namesIn(header: readonly string[]): string {
  return header.some((each) => /\d/.test(each))
    ? `${header.length} cells with digits, perhaps those of a vehicle`
    : header.map((each) => `"${each.slice(0, 40)}"`).join(', ');
}

function sameHeader(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
