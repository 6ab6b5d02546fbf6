import writeXlsxFile, { type Cell as SheetCell } from 'write-excel-file/node';
import type { Cell } from './csv.ts';
import { answerCalls } from './thread-call.ts';

/** What the thread answers. */
export interface SpreadsheetHandlers {
  /** The bytes of an Office Open XML workbook with one sheet. */
  write(table: {
    header: readonly string[];
    rows: readonly (readonly Cell[])[];
  }): Promise<Uint8Array>;
}

/** Most characters that a cell of such a workbook may hold. */
const mostCharacters = 32_767;

/** Text is text, whatever it looks like: a plate of digits keeps its zeros, and a formula is never one. */
function sheetCell(cell: Cell): SheetCell {
  if (typeof cell === 'number') return { value: cell, type: Number };
  if (cell === null || cell === undefined || cell === '') return null;
  return {
    value: withoutControls(String(cell)).slice(0, mostCharacters),
    type: String,
    format: '@',
  };
}

/** XML has no control characters besides tab and line ends, and no halves of a character. */
function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is left out
  return text.toWellFormed().replace(/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g, '\uFFFD');
}

const handlers: SpreadsheetHandlers = {
  async write({ header, rows }) {
    const titles = header.map(
      (title): SheetCell => ({ value: title, type: String, fontWeight: 'bold' }),
    );
    const sheet = [titles, ...rows.map((row) => row.map(sheetCell))];
    return await writeXlsxFile(sheet, { stickyRowsCount: 1 }).toBuffer();
  },
};

answerCalls(handlers);
