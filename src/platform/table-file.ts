import { type Cell, csvText } from './csv.ts';
import { textInUtc } from './local-time.ts';
import type { SpreadsheetHandlers } from './spreadsheet-worker.ts';
import { createThread } from './thread-call.ts';

/** Rows of cells under a header, for a file that people open in a spreadsheet. */
export interface Table {
  header: readonly string[];
  rows: readonly (readonly Cell[])[];
}

/** The forms of such a file. `xlsx` shows every text as it is; `csv` marks with an apostrophe what would be changed. */
export const tableForms = ['csv', 'xlsx'] as const;
export type TableForm = (typeof tableForms)[number];

/** A table as a file. */
export interface TableFile {
  bytes: Buffer;
  contentType: string;
}

/** Writes a table; `utc` shows its times in UTC in place of the unit's zone. */
export async function tableFile(
  { header, rows }: Table,
  { form, utc = false }: { form: TableForm; utc?: boolean },
): Promise<TableFile> {
  const shown = utc ? rows.map((row) => row.map(cellInUtc)) : rows;
  if (form === 'csv') {
    const text = await csvText(header, shown);
    return { bytes: Buffer.from(text), contentType: 'text/csv; charset=utf-8' };
  }
  return {
    bytes: await workbook({ header, rows: shown }),
    contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  };
}

/** In a thread: 10,000 rows take seconds, for which the daemon's loop must not stand still. */
async function workbook(table: Table): Promise<Buffer> {
  await using thread = createThread<SpreadsheetHandlers>(
    new URL('./spreadsheet-worker.ts', import.meta.url),
    { ended: 'the thread that writes the spreadsheet was stopped' },
  );
  return Buffer.from(await thread.call('write', table));
}

function cellInUtc(cell: Cell): Cell {
  return typeof cell === 'string' ? textInUtc(cell) : cell;
}
