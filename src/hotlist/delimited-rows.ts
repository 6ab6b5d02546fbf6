import type { ListRow } from './list-row.ts';

/** Most lines of a quoted text; if the quote closes later, it was opened by mistake. */
const maxLines = 20;

/**
 * Cells of a row by RFC 4180, or null if the text is not a whole row by it: a quote is open, or occurs inside a cell
 * that does not start with one. `text` may contain line breaks inside quotes.
 */
function strictCells(text: string, { whole, cell }: Patterns): string[] | null {
  return whole.test(text) ? looseCells(text, { whole, cell }) : null;
}

/** Cells of a line in which a quote that is never closed is part of the text. */
function looseCells(text: string, { cell }: Patterns): string[] {
  const cells: string[] = [];
  cell.lastIndex = 0;
  for (;;) {
    const found = cell.exec(text);
    cells.push(unquoted(found?.[0] ?? ''));
    if (cell.lastIndex >= text.length) return cells;
    // Past the delimiter.
    cell.lastIndex += 1;
    if (cell.lastIndex === text.length) return [...cells, ''];
  }
}

function unquoted(raw: string): string {
  const text = raw.trim();
  const isQuoted = text.length > 1 && text.startsWith('"') && text.endsWith('"');
  return isQuoted ? text.slice(1, -1).replaceAll('""', '"') : raw;
}

interface Patterns {
  whole: RegExp;
  cell: RegExp;
}

function patternsOf(delimiter: string): Patterns {
  const mark = delimiter === '|' ? '\\|' : delimiter;
  const quoted = ' *"(?:[^"]|"")*" *';
  return {
    whole: new RegExp(`^(?:${quoted}|[^"${mark}\n]*)(?:${mark}(?:${quoted}|[^"${mark}\n]*))*$`),
    cell: new RegExp(`${quoted}(?=${mark}|$)|[^${mark}]*`, 'y'),
  };
}

/** A line that opens a quote which the line does not close. */
function opensQuote(line: string, patterns: Patterns): boolean {
  return looseCells(line, patterns).some((text) => text.trimStart().startsWith('"'));
}

/** Takes the lines of a delimited file one after another and emits its rows. */
export interface DelimitedRows {
  /** Emits each row as soon as its lines are there. */
  write(line: string): void;
  /** The end of the file. `isEnded` is false if its last line has no line end. */
  end(isEnded: boolean): void;
}

/**
 * Joins lines to rows. A quoted text may contain line breaks, but a stray quote must not hide other vehicles: lines are
 * joined only if they make a row by RFC 4180, within 20 lines, and none of them is a row by itself (`isWhole`). If one
 * is, the meaning is unclear, and all of these lines are emitted as doubtful. A quote that is never closed is treated
 * as part of its text, which is reported in `repair`.
 */
export function createDelimitedRows(
  delimiter: string,
  isWhole: (cells: readonly string[]) => boolean,
  onRow: (row: ListRow) => void,
): DelimitedRows {
  const patterns = patternsOf(delimiter);
  const waiting: string[] = [];
  let next = 1;
  let ended = false;
  let lastIsEnded = true;

  const take = (lines: number, cells: string[], more: Partial<ListRow> = {}): void => {
    const taken = waiting.splice(0, lines);
    const raw = taken.join('\n');
    const row = next;
    next += lines;
    onRow({ row, lines, raw, cells, repair: null, doubt: null, ...more });
  };

  /** Takes the first of the waiting lines, with those that belong to it; false if more lines are needed. */
  function takeFirst(line: string): boolean {
    if (!line.includes('"')) {
      take(1, line.split(delimiter));
      return true;
    }
    const cells = strictCells(line, patterns);
    if (cells !== null) {
      take(1, cells);
      return true;
    }
    if (!opensQuote(line, patterns)) {
      // A quote inside a text, such as 19" WHEELS.
      take(1, looseCells(line, patterns));
      return true;
    }
    for (let lines = 2; lines <= maxLines; lines += 1) {
      if (waiting.length < lines) {
        if (!ended) return false;
        break;
      }
      const joined = strictCells(waiting.slice(0, lines).join('\n'), patterns);
      if (joined === null) continue;
      const rest = waiting.slice(1, lines);
      const swallows = rest.some((each) => isWhole(looseCells(each, patterns)));
      const doubt =
        'is part of a quoted text over several lines, some of which are rows themselves';
      take(lines, joined, swallows ? { doubt } : {});
      return true;
    }
    const isLast = ended && waiting.length === 1 && !lastIsEnded;
    if (isLast) take(1, [line], { doubt: 'opens a quote at the end of the file' });
    else take(1, looseCells(line, patterns), { repair: 'a quote that never closes' });
    return true;
  }

  function drain(): void {
    for (let line = waiting[0]; line !== undefined; line = waiting[0]) {
      if (line.trim() === '') {
        waiting.shift();
        next += 1;
      } else if (!takeFirst(line)) return;
    }
  }

  return {
    write(line) {
      waiting.push(line);
      drain();
    },
    end(isEnded) {
      ended = true;
      lastIsEnded = isEnded;
      drain();
    },
  };
}
