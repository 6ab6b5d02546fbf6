import type { z } from 'zod';
import type { searchSchema } from '../../accountability/search/query.ts';
import type {
  DetectionPage,
  OfSpan,
  Overview,
  SeenRead,
} from '../../accountability/search/results.ts';
import type { Area } from '../../config/area.ts';
import type { TimeSpan } from './time-bins.ts';
import { areaOf, centreText, newTypedArea, type TypedArea, typedOf } from './typed-area.ts';
import { when } from './words.ts';

export type SearchInput = z.input<typeof searchSchema>;

export const periods = [
  { value: 'hour', label: 'Last hour' },
  { value: 'today', label: 'Today' },
  { value: 'yesterday', label: 'Yesterday' },
  { value: 'week', label: '7 days' },
  { value: 'own', label: 'From – to' },
  { value: 'all', label: 'All that is kept' },
] as const;
export type Period = (typeof periods)[number]['value'];

/** What is typed into the search. */
export interface SearchForm extends TypedArea {
  plate: string;
  isAlike: boolean;
  isPossibleToo: boolean;
  state: string;
  period: Period;
  from: string;
  to: string;
  /** At headquarters. */
  unit: string;
  head: string;
  isHitsOnly: boolean;
  isUnreadOnly: boolean;
  make: string;
  model: string;
  colour: string;
  body: string;
}

export const newSearchForm = (): SearchForm => ({
  ...{
    plate: '',
    isAlike: false,
    isPossibleToo: false,
    state: '',
    period: 'today',
    from: '',
    to: '',
    unit: '',
    head: '',
  },
  ...{ isHitsOnly: false, isUnreadOnly: false },
  ...newTypedArea('500'),
  ...{ make: '', model: '', colour: '', body: '' },
});

/** The form as the unit takes it, or what is wrong with it in a sentence. */
export function searchOf(form: SearchForm): SearchInput | string {
  const area = areaOf(form);
  if (typeof area === 'string') return area;
  const { plate, state, unit, head, make, model, colour, body } = form;
  const words = { plate, state: state.toUpperCase(), unit, head, make, model, colour, body };
  const typed = Object.entries(words)
    .map(([name, value]) => [name, value.trim()] as const)
    .filter(([, value]) => value !== '');
  return {
    ...Object.fromEntries(typed),
    ...spanOf(form),
    ...(area === undefined ? {} : { area }),
    alike: form.isAlike,
    possible: form.isPossibleToo,
    hits: form.isHitsOnly,
    read: form.isUnreadOnly ? 'unread' : 'any',
  };
}

/** Times as the unit reads them from people. */
function spanOf({ period, from, to }: SearchForm): { from?: string; to?: string } {
  if (period === 'hour') return { from: '1 hour ago' };
  if (period === 'today') return { from: 'today' };
  if (period === 'yesterday') return { from: 'yesterday', to: 'yesterday' };
  if (period === 'week') return { from: '7 days ago' };
  if (period === 'all') return {};
  return {
    ...(from.trim() === '' ? {} : { from: from.trim() }),
    ...(to.trim() === '' ? {} : { to: to.trim() }),
  };
}

/** What was typed and found last: it stays while the person looks at one of the reads. */
export const lastSearch: {
  form: SearchForm;
  found: Found | null;
  /** The span of time that was chosen of what was found. */
  narrow: TimeSpan | null;
  isMapOpen: boolean;
} = {
  form: newSearchForm(),
  found: null,
  narrow: null,
  // Beside the table where there is room for both.
  isMapOpen: matchMedia('(min-width: 1200px)').matches,
};

/** Reads that were found, the search that found them, and how far back it came. */
export interface Found extends OfSpan<DetectionPage> {
  asked: SearchInput;
  /** All that it finds, where they were asked for. */
  all?: Overview;
}

/** A read as map and hours need it. */
export type FoundRead = SeenRead & { unread?: string | null };

/** Begins a search for what a request of another agency covers: a plate, or any, in a span of time and an area, if there is one. */
export function beginCovered(
  plate: string | null,
  { from, to }: { from: string; to: string },
  area: Area | null,
): void {
  lastSearch.form = {
    ...newSearchForm(),
    ...{
      plate: plate ?? '',
      period: 'own',
      from: when(Date.parse(from)),
      to: when(Date.parse(to)),
    },
    ...(area === null ? {} : typedOf(area)),
  };
  lastSearch.found = null;
  lastSearch.narrow = null;
}

/** Begins a search around a place, for all plates of that day and week. */
export function beginAround(latitude: number, longitude: number): void {
  lastSearch.form = {
    ...newSearchForm(),
    period: 'week',
    centre: centreText(latitude, longitude),
  };
  lastSearch.found = null;
  lastSearch.narrow = null;
}
