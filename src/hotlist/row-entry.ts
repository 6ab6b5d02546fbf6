import { createHash } from 'node:crypto';
import type { HotCategory } from '../config/hot-categories.ts';
import type { CellForms } from './cell-forms.ts';
import { createTextCleaner } from './lint/clean-text.ts';
import { namesImmigration } from './lint/immigration.ts';
import type { Field } from './list-columns.ts';
import type { HotList, RowRules } from './list-rules.ts';
import { readListedPlate } from './listed-plate.ts';
import { canonicalKey, isWildcard } from './plate-text.ts';
import { trailingCells } from './row-shape.ts';
import type { EntryRow } from './tables.ts';
import { colourInWords, makeInWords, modelInWords } from './vehicle-codes.ts';

/** Why a row cannot be used; quotes nothing of the row. */
export interface Rejection {
  /** Field of the layout, or null if it is about the whole row. */
  column: string | null;
  reason: string;
}

/** A repair or omission in a row; quotes nothing of the row. */
export interface Repair {
  /** Field of the layout, or null for the row as a whole. */
  column: string | null;
  seen: string;
  done: string;
}

/** The entry of a row, or why there is none. */
export type RowEntry =
  | {
      entry: EntryRow;
      repairs: Repair[];
      /** A category code that no mapping contains. */
      unknownCode: string | null;
      /** The fields of the layout that the row fills. */
      filled: Field[];
      /** Personal or CLETS text in it: removed, or kept and counted; null if there is none (HOT-9). */
      personal: 'left-out' | 'kept' | null;
    }
  | { rejection: Rejection }
  /** Of a person or another thing without a plate, where the layout has such rows. */
  | { withoutPlate: true }
  /** Its category is forbidden by the policy (REL-4). */
  | { denied: HotCategory };

type TextField = Exclude<Field, 'plate' | 'category' | 'entryId' | 'entryDate' | 'expires'>;
type Texts = Record<TextField, string | null>;

/** The cells of a row, by field. */
export interface RowCells {
  /** One line without repeated blanks; empty where no column fills the field. */
  text(field: Field): string;
  /** The plate's cell as it is. */
  rawPlate: string;
  /** What was put right in the shape of the row; null for nothing. */
  repair: string | null;
  /** The fields that a column fills. */
  fields: readonly Field[];
}

/** Fields with free text; `enteredBy` and `approvedBy` are names that the policies require. */
export const freeText = ['reason', 'make', 'model', 'colour'] as const;

const textFields: readonly TextField[] = [
  'state',
  'plateType',
  'reason',
  'make',
  'model',
  'colour',
  'year',
  'caseNumber',
  'enteredBy',
  'approvedBy',
];
const maxTextLength = 500;

/** Makes the entries of one list of its rows. */
export function createEntryMaker(
  list: HotList,
  rules: RowRules,
  forms: CellForms,
): (cells: RowCells) => RowEntry {
  const { layout } = list;
  const cleaner = rules.lint === null ? null : createTextCleaner();
  const denied = new Set(rules.deniedCategories);
  // A line of fixed width that a program wrote has a bad date only if its fields have moved.
  const isDateSure = layout.kind === 'fixed-width' && layout.record !== undefined;

  /** The free texts of a row, with the layout's defaults. */
  function textsOf({ text }: RowCells, repairs: Repair[]): Texts {
    const texts = Object.fromEntries(textFields.map((field) => [field, null])) as Texts;
    for (const field of textFields) {
      let value = text(field);
      if (value.includes('\uFFFD')) {
        const seen = `bytes that are not ${layout.encoding}`;
        repairs.push({ column: field, seen, done: 'shown as ?' });
        value = value.replaceAll('\uFFFD', '?');
      }
      if (value.length > maxTextLength) {
        const seen = `more than ${maxTextLength} characters`;
        repairs.push({ column: field, seen, done: 'cut there' });
        value = value.slice(0, maxTextLength);
      }
      const fallback: Partial<Record<TextField, string | undefined>> = layout.defaults;
      texts[field] = value || (fallback[field] ?? null);
    }
    for (const field of ['make', 'colour', 'plateType'] as const) {
      const value = texts[field];
      texts[field] = value === null ? null : forms.spell(value);
    }
    // An officer hears and reads words, not codes.
    if (texts.reason !== null) texts.reason = layout.reasons[texts.reason] ?? texts.reason;
    if (texts.make !== null) texts.make = makeInWords(texts.make);
    if (texts.make !== null && texts.model !== null) {
      texts.model = modelInWords(texts.make, texts.model);
    }
    if (texts.colour !== null) texts.colour = colourInWords(texts.colour);
    return texts;
  }

  /** Takes personal text out of the free texts, or only finds it where the policy warns (HOT-9). */
  function cleanTexts(texts: Texts): 'left-out' | 'kept' | null {
    let isPersonal = false;
    for (const field of freeText) {
      const value = texts[field];
      if (value === null || cleaner === null) continue;
      const cleaned = cleaner(value);
      if (!cleaned.isPersonal) continue;
      isPersonal = true;
      if (rules.lint !== 'warn') texts[field] = cleaned.text === '' ? null : cleaned.text;
    }
    if (!isPersonal) return null;
    return rules.lint === 'warn' ? 'kept' : 'left-out';
  }

  /** The category of a code, or why the row is not taken. */
  function categoryOf(
    code: string,
    reason: string | null,
  ): { category: HotCategory; isKnown: boolean } | Exclude<RowEntry, { entry: EntryRow }> {
    const mapped = forms.category(code);
    if (mapped === undefined && layout.unknownCodes === 'refuse') {
      const why = code === '' ? 'is empty' : 'is a code that the layout does not name';
      return reject('category', why);
    }
    const category = mapped ?? layout.defaultCategory;
    if (denied.has(category)) return { denied: category };
    // An unmapped code must not import a forbidden category under another name.
    if (denied.has('immigration_violator') && namesImmigration(`${code} ${reason ?? ''}`)) {
      return { denied: 'immigration_violator' };
    }
    return { category, isKnown: mapped !== undefined };
  }

  return (cells) => {
    const { text, rawPlate } = cells;
    const repairs: Repair[] = [];
    if (cells.repair !== null) {
      const done = cells.repair === trailingCells ? 'taken as empty' : 'taken as text';
      repairs.push({ column: null, seen: cells.repair, done });
    }
    const texts = textsOf(cells, repairs);
    // Of one byte a character, a 7 with a damaged bit is a dot.
    const hasDamagedDigit = layout.encoding !== 'utf-8' && rawPlate.includes('·');
    if (rawPlate.includes('\uFFFD') || hasDamagedDigit) {
      return reject('plate', `is not ${layout.encoding}; see layout.encoding`);
    }
    if (layout.blankPlates === 'leave-out' && text('plate') === '') return { withoutPlate: true };
    const listed = readListedPlate(rawPlate, layout.placeholders === 'keep');
    if ('unusable' in listed) return reject('plate', listed.unusable);
    if (listed.repair !== null) {
      repairs.push({ column: 'plate', seen: listed.repair, done: 'left out' });
    }

    const entryDateMs = forms.date(text('entryDate'), false);
    if (Number.isNaN(entryDateMs)) {
      if (isDateSure) return reject('entryDate', forms.unreadableDate);
      const done = 'left out; the vehicle stays';
      repairs.push({ column: 'entryDate', seen: forms.unreadableDate, done });
    }
    const expiresMs = forms.date(text('expires'), true);
    if (Number.isNaN(expiresMs)) return reject('expires', forms.unreadableDate);
    const state = texts.state === null ? null : forms.state(texts.state);
    if (texts.state !== null && state === null) {
      repairs.push({ column: 'state', seen: 'no known code', done: 'matched as unknown' });
    }

    const code = text('category');
    const found = categoryOf(code, texts.reason);
    if (!('category' in found)) return found;
    const codeText = cleaner === null ? code : cleaner(code).text;
    const personal = cleanTexts(texts);
    const entry: EntryRow = {
      ...texts,
      canonical: isWildcard(listed.plate) ? '' : canonicalKey(listed.plate),
      plate: listed.plate,
      id: text('entryId'),
      state,
      category: found.category,
      reason: texts.reason ?? (codeText || list.name),
      entryDateMs: Number.isNaN(entryDateMs) ? null : entryDateMs,
      expiresMs,
    };
    if (entry.id === '') entry.id = `${list.id}-${digestOf(entry)}`;
    return {
      entry,
      repairs,
      unknownCode: !found.isKnown && code !== '' ? code : null,
      filled: cells.fields.filter((field) => text(field) !== ''),
      personal,
    };
  };
}

function reject(column: Field, reason: string): { rejection: Rejection } {
  return { rejection: { column, reason } };
}

/** The same after each refresh as long as the entry is unchanged, so that it can be recognised. */
function digestOf(entry: EntryRow): string {
  const { plate, state, plateType, category, reason, make, model, colour, year, caseNumber } =
    entry;
  const parts = [plate, state, plateType, category, reason, make, model, colour, year, caseNumber];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
