import { createHash } from 'node:crypto';
import type { HotCategory } from '../config/hot-categories.ts';
import { Problem } from '../platform/problem.ts';
import { createCategoryCodes } from './category-codes.ts';
import { createTextCleaner } from './lint/clean-text.ts';
import { namesImmigration } from './lint/immigration.ts';
import type { ListRow } from './list-file.ts';
import { createMarks, type Mark } from './list-marks.ts';
import type { HotList, RowRules } from './list-rules.ts';
import { readListedPlate } from './listed-plate.ts';
import { parseDate, saysNoDate } from './parse-date.ts';
import { canonicalKey, isWildcard } from './plate-text.ts';
import {
  looksLikePlate,
  type Shape,
  shapeFixedRow,
  shapeRow,
  trailingCells,
  type Verdict,
} from './row-shape.ts';
import { listedState, saysNoState } from './state-code.ts';
import type { EntryRow } from './tables.ts';

/** Why a row cannot be used; quotes nothing of the row. */
export interface Rejection {
  /** Field of the layout, or null if it is about the whole row. */
  column: string | null;
  reason: string;
}

/** A repair or omission in a row; quotes nothing of the row. */
export interface Repair {
  /** Field of the layout, or null for the row as a whole. */
  column: string | null;
  seen: string;
  done: string;
}

/** The entry of a row, or why there is none. */
export type MappedRow =
  | {
      entry: EntryRow;
      repairs: Repair[];
      /** A category code that no mapping contains. */
      unknownCode: string | null;
      /** The fields of the layout that the row fills. */
      filled: Field[];
      /** Personal or CLETS text in it: removed, or kept and counted; null if there is none (HOT-9). */
      personal: 'left-out' | 'kept' | null;
    }
  | { rejection: Rejection }
  /** Of a person or another thing without a plate, where the layout has such rows. */
  | { withoutPlate: true }
  /** Its category is forbidden by the policy (REL-4). */
  | { denied: HotCategory }
  /** A header or a trailer of the file. */
  | { mark: Mark };

type Columns = NonNullable<HotList['layout']['columns']>;
/** A field of an entry that a column can fill. */
export type Field = keyof Columns;
type TextField = Exclude<Field, 'plate' | 'category' | 'entryId' | 'entryDate' | 'expires'>;
type Take = (row: ListRow) => string;

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

/** Fields with free text; `enteredBy` and `approvedBy` are names that the policies require. */
const freeText = ['reason', 'make', 'model', 'colour'] as const;

const maxTextLength = 500;

/** Converts the rows of one file to entries; the first row is the header if the layout has one. */
export interface RowMapper {
  /**
   * Null for the header row. `before` and `after` are the neighbours, which show whether a line break has split a row.
   * Throws a Problem if the header lacks a mapped column.
   */
  map(row: ListRow, before: ListRow | null, after: ListRow | null): MappedRow | null;
  /** Whether the row that names the columns has not come yet. */
  awaitsHeader(): boolean;
  /** Whether cells are a complete row of a vehicle. */
  isWhole(cells: readonly string[]): boolean;
}

/** Compiles a list's layout. `file` is only named in errors. */
export function createRowMapper(
  list: HotList,
  rules: RowRules,
  file: string,
  nowMs: number,
): RowMapper {
  const { layout } = list;
  const fixed = layout.kind === 'fixed-width';
  const hasHeader = layout.header ?? !fixed;
  const defaults: Partial<Record<TextField, string | undefined>> = layout.defaults;
  const categoryOf = createCategoryCodes(layout.categories, hasLetterO);
  const cleaner = rules.lint === null ? null : createTextCleaner();
  const marks = createMarks(layout);
  const denied = new Set(rules.deniedCategories);
  const record = layout.record === undefined ? null : new RegExp(layout.record);
  const deniesImmigration = denied.has('immigration_violator');
  let takes: Map<Field, Take> | undefined;
  let shape: Shape | null = null;
  let header: ListRow | null = null;
  const plateEnd = fixed ? endOfPlate(layout.columns) : null;
  let isFirst = true;

  function hasLetterO(text: string): string {
    return layout.letterO === 'zero' ? text.replaceAll('0', 'O') : text;
  }

  function begin(first: ListRow): void {
    const width = first.cells.length;
    const names = hasHeader && !fixed ? first.cells.map(clean) : null;
    const compiled = compile(list, names, width, file);
    takes = compiled.takes;
    if (!fixed) shape = shapeOf(compiled.indices, width);
    if (hasHeader) header = first;
  }

  function shapeOf(indices: ReadonlyMap<Field, number>, width: number): Shape {
    const lastField = [...indices].find(([, index]) => index === width - 1)?.[0];
    return {
      width,
      plate: indices.get('plate') ?? 0,
      lastIsLoose: lastField === undefined || (freeText as readonly Field[]).includes(lastField),
      judge(cells) {
        const row: ListRow = {
          row: 0,
          lines: 1,
          raw: '',
          cells: [...cells],
          repair: null,
          doubt: null,
        };
        return judgeForms((field) => clean(takes?.get(field)?.(row) ?? ''));
      },
    };
  }

  /** Whether the cells with a fixed format are in the right columns. */
  function judgeForms(text: (field: Field) => string): Verdict {
    const [state, category] = [text('state'), text('category')];
    const verdicts = [
      ...(state === '' || saysNoState(state) ? [] : [stateOf(state) !== null]),
      ...(category === '' ? [] : [categoryOf(category) !== undefined]),
      ...[text('entryDate'), text('expires')].flatMap((date) =>
        date === '' ? [] : [saysNoDate(date) || dateOf(date, false) !== null],
      ),
    ];
    if (verdicts.includes(false)) return 'contradicts';
    return verdicts.length > 0 ? 'fits' : 'says nothing';
  }

  function isWhole(cells: readonly string[]): boolean {
    if (shape === null) return !fixed && !hasHeader && isBegun(cells);
    if (cells.length !== shape.width) return false;
    const plate = readListedPlate(cells[shape.plate] ?? '', false);
    return 'plate' in plate && shape.judge(cells) !== 'contradicts';
  }

  /** The same before the first row has shown how many columns there are. */
  function isBegun(cells: readonly string[]): boolean {
    const place = layout.columns?.plate;
    const index = typeof place === 'object' && 'index' in place ? place.index : 0;
    return cells.length > 1 && looksLikePlate(cells[index] ?? '');
  }

  function map(row: ListRow, before: ListRow | null, after: ListRow | null): MappedRow | null {
    const isFirstRow = isFirst;
    const isFirstOfAll = isFirst && before === null;
    isFirst = false;
    if (fixed && takes === undefined) takes = compile(list, null, 1, file).takes;
    const mark =
      marks.configured(row, isFirstRow) ??
      (takes === undefined ? null : usualMark(row, isFirstRow, after));
    if (mark !== null) {
      isFirst = isFirstRow && mark.kind === 'leading';
      return { mark };
    }
    if (record !== null && !record.test(row.raw)) {
      if (isFirstOfAll) {
        return { mark: { kind: 'leading', count: null, asOfMs: null } };
      }
      return { rejection: { column: null, reason: 'is not the line of a vehicle' } };
    }
    if (header === null && hasHeader) {
      begin(row);
      return null;
    }
    if (takes === undefined) begin(row);
    const previous = before === header ? null : before;
    const shaped =
      shape === null
        ? shapeFixedRow(
            row,
            { judge: judgeLine, plateEnd, length: layout.recordLength ?? null },
            previous,
            after,
          )
        : shapeRow(row, shape, previous, after);
    if ('fault' in shaped) return { rejection: { column: null, reason: shaped.fault } };
    return mapCells({ ...row, cells: [...shaped.cells] }, shaped.repair);
  }

  /** A usual last line of lists, if the layout defines none. */
  function usualMark(row: ListRow, isFirstRow: boolean, after: ListRow | null): Mark | null {
    if (after !== null && !isFirstRow) return null;
    const text = (field: Field) => clean(takes?.get(field)?.(row) ?? '');
    return judgeForms(text) === 'fits' ? null : marks.usual(row);
  }

  function mapCells(row: ListRow, shapeRepair: string | null): MappedRow {
    const text = (field: Field) => clean(takes?.get(field)?.(row) ?? '');
    const repairs: Repair[] = [];
    if (shapeRepair !== null)
      repairs.push({
        column: null,
        seen: shapeRepair,
        done: shapeRepair === trailingCells ? 'taken as empty' : 'taken as text',
      });
    const readable = (field: Field): string => {
      const value = text(field);
      if (!value.includes('\uFFFD')) return value;
      repairs.push({
        column: field,
        seen: `bytes that are not ${layout.encoding}`,
        done: 'shown as ?',
      });
      return value.replaceAll('\uFFFD', '?');
    };
    const filled = (field: TextField) => readable(field) || (defaults[field] ?? null);
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
      const value = texts[field];
      if (value !== null && value.length > maxTextLength) {
        texts[field] = value.slice(0, maxTextLength);
        repairs.push({
          column: field,
          seen: `more than ${maxTextLength} characters`,
          done: 'cut there',
        });
      }
    }
    if (layout.letterO === 'zero') {
      for (const field of ['make', 'colour', 'plateType'] as const) {
        texts[field] = texts[field]?.replaceAll('0', 'O') ?? null;
      }
    }
    const raw = takes?.get('plate')?.(row) ?? '';
    if (raw.includes('\uFFFD'))
      return reject('plate', `is not ${layout.encoding}; see layout.encoding`);
    if (layout.blankPlates === 'leave-out' && clean(raw) === '') return { withoutPlate: true };
    const plate = readListedPlate(raw, layout.placeholders === 'keep');
    if ('unusable' in plate) return reject('plate', plate.unusable);
    if (plate.repair !== null)
      repairs.push({ column: 'plate', seen: plate.repair, done: 'left out' });

    const entryDateMs = dayOrNull(text('entryDate'), false);
    if (Number.isNaN(entryDateMs)) {
      // In a line of fixed width that a program wrote, this says that its fields have moved.
      if (fixed && record !== null) return reject('entryDate', unreadableDate());
      repairs.push({
        column: 'entryDate',
        seen: unreadableDate(),
        done: 'left out; the vehicle stays',
      });
    }
    const expiresMs = dayOrNull(text('expires'), true);
    if (Number.isNaN(expiresMs)) return reject('expires', unreadableDate());
    const state = texts.state === null ? null : stateOf(texts.state);
    if (texts.state !== null && state === null) {
      repairs.push({ column: 'state', seen: 'no known code', done: 'matched as unknown' });
    }

    const code = text('category');
    const mapped = categoryOf(code);
    if (mapped === undefined && layout.unknownCodes === 'refuse') {
      return reject(
        'category',
        code === '' ? 'is empty' : 'is a code that the layout does not name',
      );
    }
    const category = mapped ?? layout.defaultCategory;
    if (denied.has(category)) return { denied: category };
    // An unmapped code must not import a forbidden category under another name.
    if (deniesImmigration && namesImmigration(`${code} ${texts.reason ?? ''}`)) {
      return { denied: 'immigration_violator' };
    }
    const codeText = cleaner === null ? code : cleaner(code).text;
    let isPersonal = false;
    for (const field of freeText) {
      const value = texts[field];
      if (value === null || cleaner === null) continue;
      const cleaned = cleaner(value);
      if (!cleaned.isPersonal) continue;
      isPersonal = true;
      if (rules.lint !== 'warn') texts[field] = cleaned.text === '' ? null : cleaned.text;
    }
    const entry: EntryRow = {
      ...texts,
      canonical: isWildcard(plate.plate) ? '' : canonicalKey(plate.plate),
      plate: plate.plate,
      id: text('entryId'),
      state,
      category,
      reason: texts.reason ?? (codeText || list.name),
      entryDateMs: Number.isNaN(entryDateMs) ? null : entryDateMs,
      expiresMs,
    };
    if (entry.id === '') entry.id = `${list.id}-${digestOf(entry)}`;
    return {
      entry,
      repairs,
      unknownCode: mapped === undefined && code !== '' ? code : null,
      filled: [...(takes?.keys() ?? [])].filter((field) => text(field) !== ''),
      personal: !isPersonal ? null : rules.lint === 'warn' ? 'kept' : 'left-out',
    };
  }

  /** The verdict on a line of fixed width, read as a row. */
  function judgeLine(raw: string): Verdict {
    const row: ListRow = { row: 0, lines: 1, raw, cells: [raw], repair: null, doubt: null };
    const plate = readListedPlate(takes?.get('plate')?.(row) ?? '', false);
    if ('unusable' in plate) return 'contradicts';
    return judgeForms((field) => clean(takes?.get(field)?.(row) ?? ''));
  }

  function stateOf(text: string): string | null {
    return listedState(hasLetterO(text), layout.stateCodes);
  }

  /** Null for no date, NaN for an unreadable one. */
  function dayOrNull(text: string, endOfDay: boolean): number | null {
    return saysNoDate(text) ? null : (dateOf(text, endOfDay) ?? Number.NaN);
  }

  function dateOf(text: string, endOfDay: boolean): number | null {
    return parseDate(text, layout.dateFormats, endOfDay, nowMs);
  }

  function unreadableDate(): string {
    return `is not a date in ${layout.dateFormats.join(' or ')}`;
  }

  return { map, isWhole, awaitsHeader: () => hasHeader && header === null };
}

/** Where a fixed-width line has the end of its plate, if other fields follow; null where the plate may be the last. */
function endOfPlate(columns: Partial<Columns> = {}): number | null {
  const { plate, ...others } = columns;
  if (plate === undefined || typeof plate === 'string' || !('length' in plate)) return null;
  const end = (plate.start ?? 0) + (plate.length ?? 0);
  const isFollowed = Object.values(others).some(
    (place) => typeof place === 'object' && 'start' in place && (place.start ?? 0) >= end,
  );
  return isFollowed ? end : null;
}

function reject(column: Field, reason: string): MappedRow {
  return { rejection: { column, reason } };
}

/** One line without repeated blanks, control characters and surrounding quotes. */
function clean(cell: string): string {
  const text = /[\p{Cc}\u00A0]| {2}/u.test(cell) ? cell.replace(/[\p{Cc}\s]+/gu, ' ') : cell;
  const trimmed = text.trim();
  return trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"')
    ? trimmed.slice(1, -1).trim()
    : trimmed;
}

/** The same after each refresh as long as the entry is unchanged, so that it can be recognised. */
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
): { takes: Map<Field, Take>; indices: Map<Field, number> } {
  const columns: Partial<Columns> = list.layout.columns ?? usualColumns(header ?? []);
  const takes = new Map<Field, Take>();
  const indices = new Map<Field, number>();
  for (const field of Object.keys(usualHeaders) as Field[]) {
    const place = columns[field];
    if (place === undefined) continue;
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
        : `${file}: the header has no "${name}"; it has ${(header ?? []).map((each) => `"${each}"`).join(', ')}. ` +
            `Correct ${where}, layout.delimiter or layout.header.`,
    );
  }
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

function sameHeader(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
