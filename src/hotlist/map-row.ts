import { createHash } from 'node:crypto';
import { type HotCategory, hotCategories } from '../config/hot-categories.ts';
import { Problem } from '../platform/problem.ts';
import { namesImmigration } from './lint/immigration.ts';
import { createTextLinter } from './lint/lint-text.ts';
import type { ListRow } from './list-file.ts';
import type { HotList, RowRules } from './list-rules.ts';
import { parseDate } from './parse-date.ts';
import { canonicalKey, isWildcard, normaliseListedPlate } from './plate-text.ts';
import { normaliseState } from './state-code.ts';
import type { EntryRow } from './tables.ts';

/** Why a row cannot be used; quotes nothing of the row. */
export interface Rejection {
  /** Field of the layout, or null when the row as a whole is at fault. */
  column: string | null;
  reason: string;
}

/** A row as an entry, or why not. */
export type MappedRow =
  | {
      entry: EntryRow;
      /** A category code that no mapping names. */
      unknownCode: string | null;
      /** Personal or CLETS text in it: left out, or kept and counted; null where there is none (HOT-9). */
      personal: 'left-out' | 'kept' | null;
    }
  | { rejection: Rejection }
  /** Of a category that the policy forbids (REL-4). */
  | { denied: HotCategory };

type Columns = NonNullable<HotList['layout']['columns']>;
type Field = keyof Columns;
type TextField = Exclude<Field, 'plate' | 'category' | 'entryId' | 'entryDate' | 'expires'>;
type Take = (row: ListRow) => string;

/** Headers that a list without a column mapping may use. */
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

/** Fields that people fill as they like; `enteredBy` and `approvedBy` are names that the policies ask for. */
const freeText = ['reason', 'make', 'model', 'colour'] as const;

const longestText = 500;
const mostLines = 20;

/** Turns the rows of one file into entries; the first row is taken as the header where the layout has one. */
export interface RowMapper {
  /** Null for the header row. Throws a Problem when the header lacks a mapped column. */
  map(row: ListRow): MappedRow | null;
}

/** Compiles a list's layout. `file` is only named in errors. */
export function createRowMapper(list: HotList, rules: RowRules, file: string): RowMapper {
  const { layout } = list;
  const fixed = layout.kind === 'fixed-width';
  const hasHeader = layout.header ?? !fixed;
  const defaults: Partial<Record<TextField, string | undefined>> = layout.defaults;
  const codes = new Map<string, HotCategory>(
    hotCategories.map((category) => [category.toUpperCase(), category]),
  );
  for (const [code, category] of Object.entries(layout.categories)) {
    codes.set(code.toUpperCase(), category);
  }
  const isPersonal = rules.lint === null ? () => false : createTextLinter();
  const denied = new Set(rules.deniedCategories);
  const deniesImmigration = denied.has('immigration_violator');
  let takes: Map<Field, Take> | undefined;
  let width = 0;

  function begin(first: ListRow): boolean {
    width = first.cells.length;
    const header = hasHeader && !fixed ? first.cells.map(clean) : null;
    takes = compile(list, header, width, file);
    return hasHeader;
  }

  function map(row: ListRow): MappedRow | null {
    if (takes === undefined && begin(row)) return null;
    const shape = faultOfShape(row);
    if (shape !== null) return { rejection: { column: null, reason: shape } };
    const text = (field: Field) => clean(takes?.get(field)?.(row) ?? '');
    const filled = (field: TextField) => text(field) || (defaults[field] ?? null);
    const texts: Record<TextField, string | null> = {
      state: filled('state'),
      plateType: filled('plateType'),
      reason: filled('reason'),
      make: filled('make'),
      model: filled('model'),
      colour: filled('colour'),
      year: filled('year'),
      caseNumber: filled('caseNumber'),
      enteredBy: filled('enteredBy'),
      approvedBy: filled('approvedBy'),
    };
    for (const field of Object.keys(texts) as TextField[]) {
      if ((texts[field]?.length ?? 0) > longestText) {
        return reject(field, `is longer than ${longestText} characters`);
      }
    }
    const plate = normaliseListedPlate(text('plate'));
    if ('unusable' in plate) return reject('plate', plate.unusable);
    const dates = { entryDate: text('entryDate'), expires: text('expires') };
    const entryDateMs = dayOrNull(dates.entryDate, false);
    if (Number.isNaN(entryDateMs)) return reject('entryDate', unreadableDate());
    const expiresMs = dayOrNull(dates.expires, true);
    if (Number.isNaN(expiresMs)) return reject('expires', unreadableDate());

    const code = text('category');
    const mapped = categoryOf(code);
    const category = mapped ?? layout.defaultCategory;
    if (denied.has(category)) return { denied: category };
    // A code that no mapping names must not carry a forbidden category in under another.
    if (deniesImmigration && namesImmigration(`${code} ${texts.reason ?? ''}`)) {
      return { denied: 'immigration_violator' };
    }
    const personal = freeText.some((field) => texts[field] !== null && isPersonal(texts[field]));
    if (personal && rules.lint !== 'warn') {
      for (const field of freeText) {
        if (texts[field] !== null && isPersonal(texts[field])) texts[field] = null;
      }
    }
    const entry: EntryRow = {
      ...texts,
      canonical: isWildcard(plate.plate) ? '' : canonicalKey(plate.plate),
      plate: plate.plate,
      id: text('entryId'),
      state: normaliseState(texts.state ?? ''),
      category,
      reason: texts.reason ?? (isPersonal(code) ? list.name : code || list.name),
      entryDateMs,
      expiresMs,
    };
    if (entry.id === '') entry.id = `${list.id}-${digestOf(entry)}`;
    return {
      entry,
      unknownCode: mapped === undefined && code !== '' ? code : null,
      personal:
        !personal || rules.lint === null ? null : rules.lint === 'warn' ? 'kept' : 'left-out',
    };
  }

  function faultOfShape(row: ListRow): string | null {
    if (row.raw.includes('\uFFFD')) return `is not ${layout.encoding}; see layout.encoding`;
    if (row.raw.includes('\0')) return 'contains a NUL character';
    if (row.lines > mostLines) return `spans ${row.lines} lines: a quote that is never closed?`;
    if (fixed) return null;
    const extra = row.cells.slice(width).some((cell) => cell.trim() !== '');
    if (row.cells.length < width || extra) {
      return `has ${row.cells.length} columns where the first row has ${width}`;
    }
    return null;
  }

  /** Null for no date, NaN for one that cannot be read. */
  function dayOrNull(text: string, endOfDay: boolean): number | null {
    if (text === '') return null;
    return parseDate(text, layout.dateFormats, endOfDay) ?? Number.NaN;
  }

  function unreadableDate(): string {
    return `is not a date in ${layout.dateFormats.join(' or ')}`;
  }

  /** By the layout's mapping, or our own names in any spelling: "Stolen vehicle". */
  function categoryOf(code: string): HotCategory | undefined {
    const upper = code.toUpperCase();
    return codes.get(upper) ?? codes.get(upper.replace(/[\s-]+/g, '_'));
  }

  return { map };
}

function reject(column: Field, reason: string): MappedRow {
  return { rejection: { column, reason } };
}

/** One line without doubled blanks and control characters, without quotes around it. */
function clean(cell: string): string {
  const text = /[\p{Cc}\u00A0]| {2}/u.test(cell) ? cell.replace(/[\p{Cc}\s]+/gu, ' ') : cell;
  const trimmed = text.trim();
  return trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"')
    ? trimmed.slice(1, -1).trim()
    : trimmed;
}

/** Stable over refreshes as long as the entry says the same, so that it can be recognised. */
function digestOf(entry: EntryRow): string {
  const { plate, state, plateType, category, reason, make, model, colour, year, caseNumber } =
    entry;
  const parts = [plate, state, plateType, category, reason, make, model, colour, year, caseNumber];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

function compile(
  list: HotList,
  header: string[] | null,
  width: number,
  file: string,
): Map<Field, Take> {
  const columns: Partial<Columns> = list.layout.columns ?? usualColumns(header ?? []);
  const takes = new Map<Field, Take>();
  for (const field of Object.keys(usualHeaders) as Field[]) {
    const place = columns[field];
    if (place === undefined) continue;
    if (typeof place === 'object' && 'start' in place) {
      const { start, length } = place;
      takes.set(field, (row) => row.raw.slice(start, start + length));
      continue;
    }
    const index = typeof place === 'object' ? place.index : indexOf(place, field);
    if (index >= width) {
      throw new Problem(
        `${file}: has ${width} columns, but hotlist.lists, ${list.id}: layout.columns.${field} ` +
          `is column ${index}. Correct it or layout.delimiter.`,
      );
    }
    takes.set(field, (row) => row.cells[index] ?? '');
  }
  return takes;

  function indexOf(name: string, field: Field): number {
    const found = (header ?? []).flatMap((each, at) => (sameHeader(each, name) ? [at] : []));
    if (found.length === 1 && found[0] !== undefined) return found[0];
    const where = `hotlist.lists, ${list.id}: layout.columns.${field}`;
    throw new Problem(
      found.length > 1
        ? `${file}: the header has "${name}" ${found.length} times. Use { index } in ${where}.`
        : `${file}: the header has no "${name}"; it has ${(header ?? []).map((each) => `"${each}"`).join(', ')}. ` +
            `Correct ${where}, layout.delimiter or layout.header.`,
    );
  }
}

/** Without a mapping: the plate, and the usual columns that the header has. */
function usualColumns(header: readonly string[]): Partial<Columns> {
  return Object.fromEntries(
    Object.entries(usualHeaders).filter(
      ([field, name]) => field === 'plate' || header.some((each) => sameHeader(each, name)),
    ),
  );
}

function sameHeader(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
