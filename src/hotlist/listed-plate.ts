import { normaliseListedPlate, unify } from './plate-text.ts';

/** The plate of a row and its repair, or why it cannot be used. Neither quotes the plate. */
export type ListedPlate = { plate: string; repair: string | null } | { unusable: string };

const months = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
/** As spreadsheets in Spanish and French write them; in capitals they may be the letters of a plate. */
const otherMonths = 'ene|abr|ago|dic|janv|févr|mars|avr|mai|juin|juil|août|sept|déc';
const dayOfMonth = '(?:0?[1-9]|[12]\\d|3[01])';
const month = '(?:0?[1-9]|1[0-2])';

/** Traces of a spreadsheet that took a plate for a number, a day or a formula. */
const spreadsheetTraces: readonly RegExp[] = [
  /^[+-]?\d+(?:[.,]\d*)?E[+-]\d+$/i,
  /^\d+[.,]\d+(?:E\d+)?$/i,
  new RegExp(`^\\d{1,2}[-/](?:${months})(?:[-/]\\d{2,4})?$`, 'i'),
  new RegExp(`^\\d{1,2}-(?:${otherMonths})(?:-\\d{2,4})?$`),
  new RegExp(`^(?:${months})-\\d{2,4}$`, 'i'),
  /^\d{1,4}\/\d{1,2}(?:\/\d{1,4})?$/,
  new RegExp(`^\\d{4}([-.])${month}\\1${dayOfMonth}$`),
  /^\d{1,2}([-.])\d{1,2}\1\d{4}$/,
  new RegExp(`^${month}([-.])${dayOfMonth}\\1\\d{2}$`),
  /^#(?:NAME\?|REF!|VALUE!|DIV\/0!|NUM!|NULL!|N\/A)$/i,
  /^#+$/,
];

/** Words for "there is no plate". Each may be written with blanks, hyphens or dots. */
const placeholders: ReadonlySet<string> = new Set(
  `NONE UNKNOWN UNK UNKN UNKNWN NA NP NULL NIL NAN UNDEFINED BLANK EMPTY MISSING UNREADABLE UNREADBL ILLEGIBLE TEMP TEMPORARY
PAPER DEALER TEST TBD PENDING UNREG UNREGISTERED NOTAVAILABLE NOTAPPLICABLE NOTGIVEN NOTKNOWN NOTLISTED NOTSHOWN
NONEGIVEN NONESHOWN NONELISTED SEENOTE SEENOTES SEEREMARKS SEENARR VINONLY`.split(/\s+/),
);
/** The same, made of two words (NO TAG, UNK PLT, SIN PLACA), and the name of the column itself. */
const wordsForNone =
  /^(?:(?:NO|NONE|UNK|UNKNOWN|SIN|MISSING|TEMP|PAPER|NEW|DEALER|TEST|COLD)(?:PLATES?|PLTS?|PLACAS?|TAGS?|LIC|LICENSE|LP|REG|VIN)|(?:LIC|LICENSE)?PLATE(?:NO|NUMBER)?)$/;

/** Symbols on plates that neither readers nor NCIC have (Wisconsin TIME manual: no symbols). */
const symbols = /[&+/@$!]/g;
/** Marks that no one sees: direction of writing, soft hyphens, blanks of no width. */
const unseen = /\p{Cf}/gu;
/** Two plates in one cell. */
const twoPlates = /[A-Z0-9]{4,}\s*[&/]\s*[A-Z0-9]{4,}/i;

/**
 * The plate in a cell of a list file. Refuses cells that a spreadsheet has changed, words for no plate, and characters
 * that no plate has: dropping one of these could make the plate of another vehicle.
 */
export function readListedPlate(cell: string, acceptsPlaceholders: boolean): ListedPlate {
  if (/\p{Cc}/u.test(cell.trim())) return { unusable: 'holds a control character or a line break' };
  let text = cell.replace(unseen, '').trim();
  let repair: string | null = text === cell.trim() ? null : 'a mark that is not seen';
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
  if (twoPlates.test(text)) return { unusable: 'names two plates' };
  const unified = unify(text);
  const plain = unified.replace(symbols, '');
  if (plain !== unified) repair = 'a symbol that readers do not see';
  const listed = normaliseListedPlate(plain);
  return 'unusable' in listed ? listed : { plate: listed.plate, repair };
}

/** Whether a text means "there is no plate": a word for it, or one repeated character. */
export function isPlaceholder(text: string): boolean {
  const word = text.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return (
    placeholders.has(word) ||
    wordsForNone.test(word) ||
    /^(?:0{5,}|X{4,}|(\d)\1{6,})$/.test(word) ||
    /^[-\s]+$/.test(text)
  );
}
