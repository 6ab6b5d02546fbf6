import { createCellForms } from './cell-forms.ts';
import { cellText, compileColumns, endOfPlate, type Field, type Takes } from './list-columns.ts';
import { besideOf, createMarks, type Mark } from './list-marks.ts';
import type { ListRow } from './list-row.ts';
import type { HotList, RowRules } from './list-rules.ts';
import { readListedPlate } from './listed-plate.ts';
import { createEntryMaker, freeText, type RowEntry } from './row-entry.ts';
import { looksLikePlate, type Shape, shapeFixedRow, shapeRow, type Verdict } from './row-shape.ts';

/** The entry of a row, or why there is none: it may be a header or a trailer of the file. */
export type MappedRow = RowEntry | { mark: Mark };

/** Converts the rows of one file to entries; the first row is the header if the layout has one. */
export interface RowMapper {
  /**
   * Null for the header row. `before` and `after` are the neighbours, which show whether a line break has split a row.
   * Throws a Problem if the header lacks a mapped column.
   */
  map(row: ListRow, before: ListRow | null, after: ListRow | null): MappedRow | null;
  /** What a row is that programs write beside the vehicles, such as a ruled line; null for any other. */
  beside(row: ListRow): string | null;
  /** Whether the row that names the columns has not come yet. */
  awaitsHeader(): boolean;
  /** Whether the plate is the last column, so that nothing shows whether the last row of a cut file is whole. */
  endsInPlate(): boolean;
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
  const forms = createCellForms(layout, nowMs);
  const entryOf = createEntryMaker(list, rules, forms);
  const marks = createMarks(layout);
  const record = layout.record === undefined ? null : new RegExp(layout.record);
  const charactersOf = (field: Field) => (raw: string) =>
    takes?.get(field)?.({ ...bareRow, raw, cells: [raw] }) ?? '';
  const lines = {
    judge: judgeLine,
    plateIn: charactersOf('plate'),
    stateIn: charactersOf('state'),
    plateEnd: fixed ? endOfPlate(layout.columns) : null,
    length: layout.recordLength ?? null,
  };
  let takes: Takes | undefined = fixed ? compileColumns(list, null, 1, file).takes : undefined;
  let shape: Shape | null = null;
  let header: ListRow | null = null;
  let isFirst = true;

  /** The text of a field in a row. */
  const textIn = (row: ListRow) => (field: Field) => cellText(takes?.get(field)?.(row) ?? '');

  function begin(first: ListRow): void {
    if (hasHeader) header = first;
    if (fixed) return;
    const width = first.cells.length;
    const compiled = compileColumns(
      list,
      hasHeader ? first.cells.map(cellText) : null,
      width,
      file,
    );
    takes = compiled.takes;
    const lastField = [...compiled.indices].find(([, index]) => index === width - 1)?.[0];
    shape = {
      width,
      plate: compiled.indices.get('plate') ?? 0,
      lastIsLoose: lastField === undefined || (freeText as readonly Field[]).includes(lastField),
      judge: (cells) => forms.judge(textIn({ ...bareRow, cells: [...cells] })),
    };
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

  /** The verdict on a line of fixed width, read as a row. */
  function judgeLine(raw: string): Verdict {
    const row = { ...bareRow, raw, cells: [raw] };
    const plate = readListedPlate(takes?.get('plate')?.(row) ?? '', false);
    return 'unusable' in plate ? 'contradicts' : forms.judge(textIn(row));
  }

  /** A header or trailer line: one that the layout defines, else one of the usual first and last lines of lists. */
  function markOf(row: ListRow, isFirstRow: boolean, after: ListRow | null): Mark | null {
    const configured = marks.configured(row, isFirstRow);
    if (configured !== null || takes === undefined || (after !== null && !isFirstRow)) {
      return configured;
    }
    return forms.judge(textIn(row)) === 'fits' ? null : marks.usual(row);
  }

  function map(row: ListRow, before: ListRow | null, after: ListRow | null): MappedRow | null {
    const isFirstRow = isFirst;
    isFirst = false;
    const mark = markOf(row, isFirstRow, after);
    if (mark !== null) {
      isFirst = isFirstRow && mark.kind === 'leading';
      return { mark };
    }
    if (record !== null && !record.test(row.raw)) {
      return isFirstRow && before === null && lines.judge(row.raw) !== 'fits'
        ? { mark: { kind: 'leading', count: null, asOfMs: null } }
        : { rejection: { column: null, reason: 'is not the line of a vehicle' } };
    }
    if (header === null && hasHeader) {
      begin(row);
      return null;
    }
    if (takes === undefined) begin(row);
    const previous = before === header ? null : before;
    const shaped =
      shape === null
        ? shapeFixedRow(row, lines, previous, after)
        : shapeRow(row, shape, previous, after);
    if ('fault' in shaped) return { rejection: { column: null, reason: shaped.fault } };
    const whole = { ...row, cells: [...shaped.cells] };
    return entryOf({
      text: textIn(whole),
      rawPlate: takes?.get('plate')?.(whole) ?? '',
      repair: shaped.repair,
      fields: [...(takes?.keys() ?? [])],
    });
  }

  return {
    map,
    isWhole,
    beside: ({ raw, row }) =>
      row <= layout.skipLines ? null : besideOf(raw, header === null ? null : header.raw),
    endsInPlate: () => shape !== null && shape.plate === shape.width - 1,
    awaitsHeader: () => hasHeader && header === null,
  };
}

/** A row of which only the cells count. */
const bareRow: ListRow = { row: 0, lines: 1, raw: '', cells: [], repair: null, doubt: null };
