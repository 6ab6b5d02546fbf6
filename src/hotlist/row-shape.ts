import type { ListRow } from './list-row.ts';

/** The verdict of the cells with a fixed format (state, category, dates) on a row. */
export type Verdict = 'fits' | 'contradicts' | 'says nothing';

/** The shape of the rows of a delimited file. */
export interface Shape {
  /** Columns of the first row. */
  width: number;
  /** Column of the plate, from 0. */
  plate: number;
  /** Whether a row may have an extra comma: its last column is free text, or is not used. */
  lastIsLoose: boolean;
  /** The verdict of the columns with a fixed format on a row. */
  judge(cells: readonly string[]): Verdict;
}

/** What the lines of a fixed-width file are like. */
interface LineShape {
  /** The characters of the plate and of the state in a line, blanks included. */
  plateIn(raw: string): string;
  stateIn(raw: string): string;
  /** Reads a line as a row. */
  judge(raw: string): Verdict;
  /** Where the plate ends if other fields follow it, else null. */
  plateEnd: number | null;
  /** Characters of every line, blanks at its end included, where the layout says so. */
  length: number | null;
}

/** The cells of a row in its columns, with the repair, or why it cannot be used. */
export type ShapedRow = { cells: readonly string[]; repair: string | null } | { fault: string };

const longestPlate = 8;
/** Fewer characters than most plates have. */
const minPlate = 4;
/** Fewer than any plate has that is the whole of its row. */
const minAlone = 3;
/** The repair of a row that has too few cells. */
export const trailingCells = 'trailing cells left away';

/**
 * Fits the cells of a row to the columns of the file. Omitted trailing cells are empty. Rows split by a line break are
 * refused, both parts: a part of a plate is another vehicle's plate.
 */
export function shapeRow(
  row: ListRow,
  shape: Shape,
  before: ListRow | null,
  after: ListRow | null,
): ShapedRow {
  const { cells } = row;
  const { width, plate } = shape;
  if (row.doubt !== null) return { fault: row.doubt };
  if (before !== null && (isCutPair(before, row, shape) || isOddRest(before, row, shape))) {
    return { fault: 'is the rest of the row before it, which a line break has cut' };
  }
  if (cells.length > width) return shapeLongRow(row, shape);
  const isShort = cells.length < width;
  if ((isShort || plate === width - 1) && after !== null && isCutPair(row, after, shape)) {
    return { fault: 'is cut by a line break' };
  }
  if (!isShort) return { cells, repair: row.repair };
  if (cells.length <= plate) {
    return { fault: `has ${cells.length} columns where the first row has ${width}` };
  }
  // The rest of a row may stand here, cut off further up: a word or a state is then where the plate belongs.
  if (shape.judge(cells) === 'contradicts') {
    return {
      fault: `has ${cells.length} columns where the first row has ${width}, in other places`,
    };
  }
  if (cells.length === 1 && !looksLikePlate(cells[0] ?? '')) {
    return { fault: 'is one word that does not look like a plate' };
  }
  // Where a delimiter is lost, or overwritten with NULs, the plate's place has the state or a year.
  if (plain(cells[plate] ?? '').length < minPlate || row.raw.includes('\0')) {
    return { fault: `has ${cells.length} columns where the first row has ${width}` };
  }
  return { cells, repair: row.repair ?? trailingCells };
}

/**
 * The same for a line of fixed width: two rows on one line and the parts of a row that a line break has cut are
 * refused, and so is a last line that ends inside its plate.
 */
export function shapeFixedRow(
  row: ListRow,
  { judge, plateIn, stateIn, plateEnd, length }: LineShape,
  before: ListRow | null,
  after: ListRow | null,
): ShapedRow {
  const { raw } = row;
  if (raw.includes('\0')) return { fault: 'holds a NUL character' };
  if (row.doubt !== null && plateEnd !== null && raw.length < plateEnd) return { fault: row.doubt };
  const goesOn = (first: ListRow, second: ListRow) =>
    judge(first.raw) !== 'fits' &&
    judge(second.raw) !== 'fits' &&
    judge(first.raw + second.raw) === 'fits';
  if (after !== null && goesOn(row, after)) return { fault: 'is cut by a line break' };
  if (before !== null && goesOn(before, row)) {
    return { fault: 'is the rest of the row before it, which a line break has cut' };
  }
  const lengths = [before, after].map((each) => each?.raw.length ?? 0);
  const holdsAnother = [before, after].some(
    (each) =>
      each !== null &&
      judge(each.raw) === 'fits' &&
      raw.length > each.raw.length &&
      judge(raw.slice(each.raw.length)) === 'fits',
  );
  if (holdsAnother) return { fault: 'holds two rows' };
  // A character too many or too few moves every field behind it, the plate among them.
  const isOdd =
    length === null
      ? lengths.every((other) => other === 0 || other !== raw.length) &&
        judge(raw) === 'contradicts'
      : raw.length !== length &&
        // Lines may lack the blanks at their end.
        (raw.length > length || raw.endsWith(' ') || lengths.every((each) => each === length));
  // Plates are padded at one end, and half a code of two letters is none.
  const isMoved = /\S\s{2,}\S/.test(plateIn(raw)) || /^(?:\S\s|\s\S)$/.test(stateIn(raw));
  if (isOdd || isMoved) {
    return { fault: 'has its fields in other places than the lines beside it' };
  }
  return { cells: row.cells, repair: row.repair };
}

function shapeLongRow(row: ListRow, { width, lastIsLoose, judge }: Shape): ShapedRow {
  const { cells } = row;
  const extra = cells.slice(width);
  if (extra.every((cell) => cell.trim() === '')) {
    return { cells: cells.slice(0, width), repair: row.repair };
  }
  const fault = { fault: `has ${cells.length} columns where the first row has ${width}` };
  if (!lastIsLoose || cells.length >= 2 * width) return fault;
  const joined = [...cells.slice(0, width - 1), cells.slice(width - 1).join(', ')];
  // An extra comma further left has shifted all cells after it.
  if (judge(joined) === 'contradicts') return fault;
  return { cells: joined, repair: row.repair ?? 'a delimiter inside the last text' };
}

/** Whether `second` looks like the rest of `first`: one row split by a line break. */
function isCutPair(first: ListRow, second: ListRow, { width, plate, judge }: Shape): boolean {
  const together = first.cells.length + second.cells.length - 1;
  if (together > width || first.doubt !== null) return false;
  const last = first.cells.length - 1;
  const begun = first.cells[last] ?? '';
  const rest = second.cells[0] ?? '';
  const lengths = [begun, rest].map((part) => plain(part).length);
  // Two joined plates are longer than any plate.
  const isOnePlate = lengths.reduce((sum, length) => sum + length) <= longestPlate;
  if (width === 1) {
    return isOnePlate && Math.min(...lengths) < minAlone && !/[?*]/.test(begun + rest);
  }
  if (last === plate) return isOnePlate;
  if (last < plate || together < width) return false;
  if (second.cells.length === 1) return plate !== 0 || !looksLikePlate(rest);
  return judge(second.cells) !== 'fits';
}

/**
 * Behind a short row even a whole or a longer one may be its rest, with delimiters too many in it: then its cells are in
 * the wrong columns, or its plate is a code.
 */
function isOddRest(before: ListRow, { cells }: ListRow, { width, plate, judge }: Shape): boolean {
  if (before.cells.length >= width) return false;
  return plain(cells[plate] ?? '').length < minPlate || judge(cells) === 'contradicts';
}

/** Whether a text can hardly be anything but a plate. */
export function looksLikePlate(text: string): boolean {
  return /^(?=.*\d)(?=.*[A-Z])[A-Z0-9]{5,8}$/i.test(text.trim());
}

function plain(cell: string): string {
  return cell.replace(/[^\p{L}\p{N}]/gu, '');
}
