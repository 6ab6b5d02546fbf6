import { setImmediate } from 'node:timers/promises';
import { stringify } from 'csv-stringify/sync';

/** The types of a cell; null and undefined leave it empty. */
export type Cell = string | number | boolean | null | undefined;

/** Rows written per turn of the event loop: a few milliseconds of work. */
const rowsAtOnce = 200;

/** Says that a text is UTF-8; without it spreadsheets read "Peña" as "PeÃ±a". */
export const utf8Mark = '\uFEFF';

/**
 * CSV by RFC 4180 that is safe to open in a spreadsheet. It begins with the mark for UTF-8, and text that a spreadsheet
 * would change gets an apostrophe before it: what it takes for a formula (OWASP, CSV injection), a number, a day or a
 * time, such as the plates 0012345, 1E10 and MAR12. Numbers are unchanged.
 */
export async function csvText(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<string> {
  let text = utf8Mark + csvRows([header]);
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    if (from > 0) await setImmediate();
    text += csvRows(rows.slice(from, from + rowsAtOnce));
  }
  return text;
}

/** Rows of such a file, without the mark at its beginning. */
export function csvRows(rows: readonly (readonly Cell[])[]): string {
  return stringify([...rows], {
    record_delimiter: 'windows',
    quote_record_delimiter: true,
    cast: { boolean: String, string: (text) => (isChangedBySpreadsheet(text) ? `'${text}` : text) },
  });
}

const month =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|' +
  'nov(?:ember)?|dec(?:ember)?)';
/** Between the parts of a day: nothing, or blanks and signs. */
const between = String.raw`[\s\-/.,']*`;

/** What the usual spreadsheets take for something else than text; see `csvText`. */
const changed: readonly RegExp[] = [
  // A formula, or an error's name.
  /^\s*[=+\-@#]/,
  /^[\t\r]/,
  // A number, an amount, a day or a time in digits.
  /^[\s\d.,:/()$€£¥%'-]*\d[\s\d.,:/()$€£¥%'-]*$/,
  // A number with an exponent.
  /^\s*[\d.,]*\d[.,]?[ED][+-]?\d+\s*$/i,
  // A time of twelve hours: 7 PM, 7:30P.
  /^\s*\d{1,2}(?::\d{2})*\s*[AP]M?\s*$/i,
  // A day with the name of its month: MAR12, 12-Jan, 3 June 2026.
  new RegExp(
    `^\\s*(?:\\d{1,2}${between})?${month}${between}\\d{1,4}(?:${between}\\d{4})?\\s*$`,
    'i',
  ),
  new RegExp(`^\\s*\\d{1,4}${between}${month}\\s*$`, 'i'),
  /^\s*(?:true|false)\s*$/i,
];
/** A time with its offset stays text in every spreadsheet. */
const shownTime = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d$/;

function isChangedBySpreadsheet(text: string): boolean {
  const plain = text.normalize('NFKC');
  return !shownTime.test(plain) && changed.some((form) => form.test(plain));
}
