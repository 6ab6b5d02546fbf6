/** What may stand in a cell; null and undefined leave it empty. */
export type CsvCell = string | number | boolean | null | undefined;

/** A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r]/;
const needsQuotes = /["\n\r,]/;

/**
 * CSV by RFC 4180 that is safe to open in a spreadsheet: text that would be taken for a formula gets an apostrophe
 * before it. Numbers stay as they are.
 */
export function csvText(header: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  const lines = [header.map(cell).join(',')];
  for (const row of rows) lines.push(row.map(cell).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function cell(value: CsvCell): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
