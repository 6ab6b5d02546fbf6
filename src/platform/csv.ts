import { setImmediate } from 'node:timers/promises';
import { stringify } from 'csv-stringify/sync';

/** The types of a cell; null and undefined leave it empty. */
export type CsvCell = string | number | boolean | null | undefined;

/** Rows written per turn of the event loop: a few milliseconds of work. */
const rowsAtOnce = 200;

/**
 * CSV by RFC 4180 that is safe to open in a spreadsheet: text that a spreadsheet would take for a formula gets an
 * apostrophe before it (OWASP, CSV injection). Numbers are unchanged.
 */
export async function csvText(
  header: readonly string[],
  rows: readonly (readonly CsvCell[])[],
): Promise<string> {
  let text = write([header]);
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    if (from > 0) await setImmediate();
    text += write(rows.slice(from, from + rowsAtOnce));
  }
  return text;
}

function write(rows: readonly (readonly CsvCell[])[]): string {
  return stringify([...rows], {
    record_delimiter: 'windows',
    quote_record_delimiter: true,
    escape_formulas: true,
    cast: { boolean: String },
  });
}
