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

/** Digits as a number or an amount, with the separators of any country: 0012345, 1,234.50, (12), $12, 12 %. */
const number = String.raw`[($€£¥]*\s?\d[\d.,'\s]*(?:[)€£¥%]\s?)*`;
/**
 * A day in digits. Of two parts one has at most two digits, and the other is a day, a month or a year from 1900 on. A
 * number such as 2026-0001 or 26-0042 is none, and stays as it is.
 */
const dayInDigits = String.raw`\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,4}[-/.]\d{1,2}|\d{1,2}[-/.](?:19|[2-9]\d)\d{2}`;
const timeInDigits = String.raw`\d{1,4}(?::\d{1,2}){1,2}(?:[.,]\d*)?`;

/** What a spreadsheet takes for a formula, or for an error's name. */
const formula = /^(?:\s*[=+\-@#]|[\t\r])/;

/** What the usual spreadsheets change besides: texts without the blanks around them. */
const changed: readonly RegExp[] = [
  new RegExp(`^(?:${number}|(?:${dayInDigits})(?:[\\sT]+${timeInDigits})?|${timeInDigits})$`),
  // A fraction: 1 1/2.
  /^\d+\s+\d+\/\d+$/,
  // A number with an exponent.
  /^[\d.,]*\d[.,]?[ED][+-]?\d+$/i,
  // A time of twelve hours: 7 PM, 7:30P.
  /^\d{1,2}(?::\d{2})*\s*[AP]M?$/i,
  // A day with the name of its month: MAR12, 12-Jan, 3 June 2026.
  new RegExp(`^(?:\\d{1,2}${between})?${month}${between}\\d{1,4}(?:${between}\\d{4})?$`, 'i'),
  new RegExp(`^\\d{1,4}${between}${month}$`, 'i'),
  /^(?:true|false)$/i,
];

function isChangedBySpreadsheet(text: string): boolean {
  const plain = text.normalize('NFKC');
  const bare = plain.trim();
  return formula.test(plain) || changed.some((form) => form.test(bare));
}
