import type { HotCategory } from '../config/hot-categories.ts';
import type { Layout } from '../config/sections/hotlist.ts';
import { createCategoryCodes } from './category-codes.ts';
import type { Field } from './list-columns.ts';
import { parseDate, saysNoDate } from './parse-date.ts';
import type { Verdict } from './row-shape.ts';
import { listedState, saysNoState } from './state-code.ts';

/** Reads the cells that have a form of their own: state, category and dates. */
export interface CellForms {
  /** The code of a listed state; null for an unknown one. */
  state(text: string): string | null;
  /** The category of a list's code; undefined for an unknown one. */
  category(code: string): HotCategory | undefined;
  /** ms since the epoch; null for no date, NaN for an unreadable one. */
  date(text: string, endOfDay: boolean): number | null;
  /** Why a date is unreadable. */
  readonly unreadableDate: string;
  /** Whether the cells with a form are in the right columns. */
  judge(text: (field: Field) => string): Verdict;
  /** A text in the letters that the list has: O where it writes zero for it. */
  spell(text: string): string;
}

/** The forms of one layout; a year of two digits is the one nearest to `nowMs`. */
export function createCellForms(layout: Layout, nowMs: number): CellForms {
  const spell = (text: string) => (layout.letterO === 'zero' ? text.replaceAll('0', 'O') : text);
  const category = createCategoryCodes(layout.categories, spell);
  const state = (text: string) => listedState(spell(text), layout.stateCodes);
  const date = (text: string, endOfDay: boolean) => {
    const ms = saysNoDate(text) ? 'none' : parseDate(text, layout.dateFormats, endOfDay, nowMs);
    return ms === 'none' ? null : (ms ?? Number.NaN);
  };

  return {
    state,
    category,
    date,
    spell,
    unreadableDate: `is not a date in ${layout.dateFormats.join(' or ')}`,
    judge(text) {
      const [stateText, code] = [text('state'), text('category')];
      const verdicts = [
        ...(stateText === '' || saysNoState(stateText) ? [] : [state(stateText) !== null]),
        ...(code === '' ? [] : [category(code) !== undefined]),
        ...[text('entryDate'), text('expires')].flatMap((each) =>
          each === '' ? [] : [!Number.isNaN(date(each, false))],
        ),
      ];
      if (verdicts.includes(false)) return 'contradicts';
      return verdicts.length > 0 ? 'fits' : 'says nothing';
    },
  };
}
