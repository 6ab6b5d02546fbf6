import { normaliseListedPlate } from './plate-text.ts';

/** The plate of a row and its repair, or why it cannot be used. Neither quotes the plate. */
export type ListedPlate = { plate: string; repair: string | null } | { unusable: string };

const months = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';

/** Traces of a spreadsheet that took a plate for a number, a day or a formula. */
const spreadsheetTraces: readonly RegExp[] = [
  /^[+-]?\d+(?:[.,]\d+)?E[+-]\d+$/i,
  /^\d+[.,]\d+(?:E\d+)?$/i,
  new RegExp(`^\\d{1,2}-(?:${months})(?:-\\d{2,4})?$`, 'i'),
  new RegExp(`^(?:${months})-\\d{2,4}$`, 'i'),
  /^\d{1,4}\/\d{1,2}(?:\/\d{1,4})?$/,
  /^#(?:NAME\?|REF!|VALUE!|DIV\/0!|NUM!|NULL!|N\/A)$/i,
  /^#+$/,
];

/** Words for "there is no plate". Each may be written with blanks, hyphens or dots. */
const placeholders: ReadonlySet<string> = new Set(
  `NONE UNKNOWN UNK UNKN NOPLATE NOPLATES NOTAG NOTAGS NOLICENSE NOLIC NOREG NA NULL NIL BLANK EMPTY MISSING
UNREADABLE TEMP TEMPTAG TEMPPLATE PAPER PAPERTAG PAPERPLATE DEALER DEALERPLATE TEST TESTPLATE TBD UNREG
UNREGISTERED NOTAVAILABLE NOTAPPLICABLE NOTGIVEN NOTKNOWN PLATE PLATENO PLATENUMBER LICPLATE LICENSEPLATE`.split(
    /\s+/,
  ),
);

/** Separators between the characters of a plate, which do not distinguish plates. */
const separators = /[\s\-–—.·•_]+/g;
/** Symbols on plates that neither readers nor NCIC have (Wisconsin TIME manual: no symbols). */
const symbols = /[&+/@$!]/g;

/**
 * The plate in a cell of a list file. Refuses cells that a spreadsheet has changed, words for no plate, and characters
 * that no plate has: dropping one of these could make the plate of another vehicle.
 */
export function readListedPlate(cell: string, acceptsPlaceholders: boolean): ListedPlate {
  if (/\p{Cc}/u.test(cell.trim())) return { unusable: 'holds a control character or a line break' };
  let text = cell.trim();
  let repair: string | null = null;
  // Spreadsheets keep a number as text with a formula or a leading apostrophe.
  const asText = /^="(.*)"$/.exec(text)?.[1] ?? /^'(.+)$/.exec(text)?.[1];
  if (asText !== undefined) {
    text = asText.trim();
    repair = "a spreadsheet's mark for text";
  }
  if (spreadsheetTraces.some((trace) => trace.test(text))) {
    return {
      unusable: 'was changed by a spreadsheet (a number, a day or an error in place of a plate)',
    };
  }
  if (isPlaceholder(text) && !acceptsPlaceholders) {
    return { unusable: 'is a placeholder and not a plate' };
  }
  const bare = text.normalize('NFKC').replace(separators, '');
  const plain = bare.replace(symbols, '');
  if (/[^\p{L}\p{N}?*]/u.test(plain)) return { unusable: 'has a character that no plate has' };
  if (plain !== bare) repair = 'a symbol that readers do not see';
  const listed = normaliseListedPlate(plain);
  return 'unusable' in listed ? listed : { plate: listed.plate, repair };
}

/** Whether a text means "there is no plate": a word for it, or one repeated character. */
export function isPlaceholder(text: string): boolean {
  const word = text.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return (
    placeholders.has(word) || /^(?:0{5,}|X{4,}|(\d)\1{6,})$/.test(word) || /^[-\s]+$/.test(text)
  );
}
