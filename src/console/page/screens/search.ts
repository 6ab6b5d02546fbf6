import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/search/operations.ts';
import type { FoundDetection } from '../../../accountability/search/results.ts';
import { go } from '../address.ts';
import { areaFields } from '../parts/area-fields.ts';
import { choice } from '../parts/choice.ts';
import { checkField, selectField, textField } from '../parts/field.ts';
import { key } from '../parts/key.ts';
import { type MapPart, newMap } from '../parts/map/map-part.ts';
import type { Mark } from '../parts/map/marks.ts';
import { saveFile } from '../parts/save-file.ts';
import { table } from '../parts/table.ts';
import { explainPlate } from '../plate-search-words.ts';
import { lookFor, lookForFile, purposeLine } from '../purpose.ts';
import { readPlateWords, seenWords, sureWords } from '../read-words.ts';
import { rowKeys } from '../row-keys.ts';
import type { Screen } from '../screen.ts';
import {
  type Found,
  lastSearch,
  newSearchForm,
  type Period,
  periods,
  type SearchForm,
  searchOf,
} from '../search-form.ts';
import { changed, may, page, tell } from '../state.ts';
import { areaOf, noArea, typedOf } from '../typed-area.ts';
import { capital, coordinates, when } from '../words.ts';
import { newWork, type Work } from '../work.ts';

type Order = 'newest' | 'oldest' | 'plate' | 'camera';

const orders = [
  { value: 'newest', label: 'Newest first' },
  { value: 'oldest', label: 'Oldest first' },
  { value: 'plate', label: 'By plate' },
  { value: 'camera', label: 'By camera' },
] as const satisfies readonly { value: Order; label: string }[];

const formats = [
  { value: 'csv', label: 'CSV' },
  { value: 'xlsx', label: 'Excel' },
  { value: 'geojson', label: 'GeoJSON' },
  { value: 'kml', label: 'KML' },
] as const;

/** Past reads by plate, time, camera and place; what was typed and found stays while one of them is looked at. */
export function search(): Screen {
  let order: Order = 'newest';
  const map = newMap();
  const work = newWork();
  const exporting = newWork();
  const stopKeys = rowKeys('field-plate');
  let isPlaceOpen = typeof areaOf(lastSearch.form) === 'object';

  const openPlace = () => {
    isPlaceOpen = true;
  };
  const find = async () => {
    const asked = searchOf(lastSearch.form);
    if (typeof asked === 'string') {
      work.refusal = asked;
      return changed();
    }
    const answer = await work.run(() =>
      lookFor<typeof operations.searchDetections>('detections.search', asked),
    );
    if (answer !== undefined) lastSearch.found = { ...answer, asked };
    changed();
  };
  const findMore = async ({ asked, detections, next }: Found) => {
    const answer = await work.run(() =>
      lookFor<typeof operations.searchDetections>('detections.search', {
        ...asked,
        ...(next === null ? {} : { after: next }),
      }),
    );
    if (answer === undefined) return;
    lastSearch.found = { ...answer, asked, detections: [...detections, ...answer.detections] };
    changed();
  };
  const save = async ({ asked }: Found, format: (typeof formats)[number]['value']) => {
    const file = await exporting.run(() =>
      lookForFile<typeof operations.exportDetections>('results.export', { ...asked, format }),
    );
    if (file === undefined) return;
    saveFile(file);
    tell(`Saved as ${file.name}.`, 'done');
  };

  const exportKeys = (found: Found): TemplateResult | typeof nothing => {
    if (!may('results.export') || found.detections.length === 0) return nothing;
    return html`<div class="export-keys" role="group" aria-label="Export all that this search finds">
        <span class="quiet-words">Export all that this search finds:</span>
        ${formats.map(({ value, label }) =>
          key({
            label,
            onPress: () => void save(found, value),
            isDisabled: exporting.isBusy,
            name: `export-${value}`,
          }),
        )}
      </div>
      ${exporting.line()}`;
  };

  const results = (found: Found): TemplateResult => {
    const { detections, next, searchedTo, span, notes } = found;
    if (detections.length === 0 && next === null) {
      return html`<section class="found" aria-label="Result">
        <h2>Nothing was found.</h2>
        <p>${capital(span.text)}</p>
        ${notes.map((note) => html`<p class="why-nothing">${note}</p>`)}
      </section>`;
    }
    const more = next === null ? '' : ' so far';
    return html`<section class="found" aria-label="Result">
      <div class="screen-head">
        <h2>${detections.length} ${detections.length === 1 ? 'read' : 'reads'}${more}</h2>
        ${selectField<Order>({
          name: 'order',
          label: 'Order',
          values: orders,
          chosen: order,
          onChoose: (value) => {
            order = value;
            changed();
          },
        })}
      </div>
      <p class="quiet-words">${capital(span.text)}. <span class="desk-keys"><kbd>j</kbd> and <kbd>k</kbd> go down and up, <kbd>Enter</kbd> opens, <kbd>/</kbd> goes to the plate.</span></p>
      ${lostWords(detections)} ${readTable(sorted(detections, order))}
      ${
        next === null
          ? nothing
          : html`<div class="row-keys">
              ${key({ label: 'Search further back', onPress: () => void findMore(found), isDisabled: work.isBusy })}
              ${searchedTo === null ? nothing : html`<span>Searched back to ${when(Date.parse(searchedTo))}.</span>`}
            </div>`
      }
      ${exportKeys(found)}
    </section>`;
  };

  return {
    leave: stopKeys,
    view: () => html`<section class="screen wide">
      <div class="screen-head">
        <h1>Search</h1>
        ${key({
          label: 'Map',
          isPressed: lastSearch.isMapOpen,
          onPress: () => {
            lastSearch.isMapOpen = !lastSearch.isMapOpen;
            changed();
          },
        })}
      </div>
      ${purposeLine()}
      <div class=${lastSearch.isMapOpen ? 'beside-map' : 'found'}>
        ${searchFields({ form: lastSearch.form, work, isPlaceOpen, onSearch: () => void find() })}
        ${lastSearch.isMapOpen ? searchMap(map, openPlace) : nothing}
        <div class="found">${work.line()} ${lastSearch.found === null ? nothing : results(lastSearch.found)}</div>
      </div>
    </section>`,
  };
}

/** The area that is searched, and the reads that were found. */
function searchMap(map: MapPart, onDraw: () => void): TemplateResult {
  const { form, found } = lastSearch;
  const area = areaOf(form);
  const marks = found === null ? noMarks : marksOf(found.detections);
  const count = marks.length === 1 ? '1 read' : `${marks.length} reads`;
  return map.view({
    label: `${count} on a map`,
    marks,
    areas: typeof area === 'object' ? [{ area }] : [],
    fit: found,
    onOpen: ({ id }) => go(`read/${id}`),
    drawing: {
      at: 0,
      onArea: (drawn) => {
        Object.assign(form, drawn === null ? noArea : typedOf(drawn));
        onDraw();
        changed();
      },
    },
  });
}

const noMarks: readonly Mark[] = [];
const known = new WeakMap<readonly FoundDetection[], readonly Mark[]>();

/** Where they were seen; the same list for the same reads, so that the map is not made anew with each redraw. */
function marksOf(reads: readonly FoundDetection[]): readonly Mark[] {
  const before = known.get(reads);
  if (before !== undefined) return before;
  const marks = reads.flatMap((read): Mark[] => {
    const { id, latitude, longitude, lastSeen, hit } = read;
    if (latitude === null || longitude === null) return [];
    const words = `${readPlateWords(read)}, ${seenWords(lastSeen)}${hit ? ', hit' : ''}`;
    return [{ id, latitude, longitude, words, isHit: hit, atMs: Date.parse(lastSeen) }];
  });
  known.set(reads, marks);
  return marks;
}

/** Those that the map cannot show. */
function lostWords(reads: readonly FoundDetection[]): TemplateResult | typeof nothing {
  const lost = reads.filter(({ latitude }) => latitude === null).length;
  if (lost === 0 || !lastSearch.isMapOpen) return nothing;
  return html`<p class="quiet-words">${lost} of them ${lost === 1 ? 'has' : 'have'} no place and ${lost === 1 ? 'is' : 'are'} not on the map.</p>`;
}

function readTable(rows: readonly FoundDetection[]): TemplateResult {
  return table<FoundDetection>({
    caption: 'Reads that were found',
    columns: [
      { title: 'Seen', cell: ({ lastSeen }) => seenWords(lastSeen), kind: 'code' },
      { title: 'Plate', cell: readPlateWords, kind: 'plate' },
      { title: 'State', cell: ({ state }) => state },
      { title: 'Sure', cell: ({ confidence }) => sureWords(confidence), kind: 'number' },
      { title: 'Camera', cell: ({ head }) => head },
      { title: 'Place', cell: coordinates },
      { title: 'Hit', cell: ({ hit }) => (hit ? html`<b class="hit-mark">▲ Hit</b>` : 'no') },
    ],
    rows,
    empty: 'Nothing in the time that was searched so far.',
    keyOf: ({ id }) => id,
    onOpen: ({ id }) => go(`read/${id}`),
  });
}

function sorted(rows: readonly FoundDetection[], order: Order): readonly FoundDetection[] {
  if (order === 'newest') return rows;
  if (order === 'oldest') return rows.toReversed();
  const nameOf = ({ plate, head }: FoundDetection) => (order === 'plate' ? (plate ?? '~') : head);
  return rows.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
}

function searchFields(options: {
  form: SearchForm;
  work: Work;
  isPlaceOpen: boolean;
  onSearch: () => void;
}): TemplateResult {
  const { form, work, isPlaceOpen, onSearch } = options;
  const submit = (event: Event) => {
    event.preventDefault();
    if (explainPlate(form.plate, form.isAlike)?.isFault !== true) onSearch();
  };
  const take =
    <Name extends keyof SearchForm>(name: Name) =>
    (value: SearchForm[Name]) => {
      form[name] = value;
      changed();
    };
  const clear = () => {
    lastSearch.form = newSearchForm();
    lastSearch.found = null;
    changed();
  };
  return html`<form class="search-form" @submit=${submit}>
    <div class="filters">
      ${plateField(form, take('plate'))}
      ${textField({ name: 'state', label: 'State', value: form.state, onInput: take('state'), longest: 2, hint: 'Like CA' })}
      ${cameraField(form.head, take('head'))}
    </div>
    ${choice<Period>({ legend: 'When', values: periods, chosen: form.period, onChoose: take('period') })}
    ${form.period === 'own' ? spanFields(form, take) : nothing}
    <div class="checks-row">
      ${checkField({ name: 'alike', label: 'Look-alikes too (0 and O, 8 and B)', isOn: form.isAlike, onChange: take('isAlike') })}
      ${checkField({ name: 'hits', label: 'Only hits', isOn: form.isHitsOnly, onChange: take('isHitsOnly') })}
      ${checkField({ name: 'unread', label: 'Only plates that could not be read', isOn: form.isUnreadOnly, onChange: take('isUnreadOnly') })}
    </div>
    <details ?open=${isPlaceOpen}>
      <summary>Place and vehicle</summary>
      ${areaFields({ typed: form })}
      <div class="filters">
        ${textField({ name: 'make', label: 'Make', value: form.make, onInput: take('make'), longest: 40 })}
        ${textField({ name: 'model', label: 'Model', value: form.model, onInput: take('model'), longest: 40 })}
        ${textField({ name: 'colour', label: 'Colour', value: form.colour, onInput: take('colour'), longest: 40 })}
        ${textField({ name: 'body', label: 'Kind of vehicle', value: form.body, onInput: take('body'), longest: 40 })}
      </div>
    </details>
    <div class="row-keys">
      <button type="submit" class="key first" ?disabled=${work.isBusy}>${work.isBusy ? 'Searching…' : 'Search'}</button>
      ${key({ label: 'Clear', kind: 'quiet', onPress: clear })}
    </div>
  </form>`;
}

function plateField({ plate, isAlike }: SearchForm, onInput: (value: string) => void) {
  const told = explainPlate(plate, isAlike);
  return textField({
    name: 'plate',
    label: 'Plate or part of it',
    kind: 'plate',
    value: plate,
    onInput: (value) => onInput(value.toUpperCase()),
    longest: 24,
    hint: told?.words ?? '? stands for one character, * for any number: 8LV*',
    ...(told?.isWide === true ? { fault: told.words } : {}),
  });
}

function cameraField(chosen: string, onChoose: (value: string) => void) {
  const heads = page.status.heads?.flatMap(({ id }) => (id == null ? [] : [id])) ?? [];
  return selectField({
    name: 'head',
    label: 'Camera',
    values: [
      { value: '', label: 'All' },
      ...[...new Set([...heads, chosen])]
        .filter((id) => id !== '')
        .map((id) => ({ value: id, label: id })),
    ],
    chosen,
    onChoose,
  });
}

function spanFields(
  form: SearchForm,
  take: (name: 'from' | 'to') => (value: string) => void,
): TemplateResult {
  const hint = 'A day, or a time: 2026-11-28 14:03, yesterday 14:03, 3 days ago';
  return html`<div class="filters">
    ${textField({ name: 'from', label: 'From', value: form.from, onInput: take('from'), hint })}
    ${textField({ name: 'to', label: 'To', value: form.to, onInput: take('to'), hint: 'A day: to its end. Empty: until now' })}
  </div>`;
}
