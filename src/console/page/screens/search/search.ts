import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../../accountability/search/operations.ts';
import type { FoundDetection } from '../../../../accountability/search/results.ts';
import { go } from '../../address.ts';
import { midnightBefore } from '../../days.ts';
import { selectField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { newMap } from '../../parts/map/map-part.ts';
import { saveFile } from '../../parts/save-file.ts';
import { showResult } from '../../parts/show-result.ts';
import { table } from '../../parts/table.ts';
import { timeBrush } from '../../parts/time-brush.ts';
import { lookFor, lookForFile, purposeLine } from '../../purpose.ts';
import { cameraWords, readPlateWords, seenWords, sureWords } from '../../read-words.ts';
import { packLater } from '../../reads-to-pack.ts';
import { rowKeys } from '../../row-keys.ts';
import type { Screen } from '../../screen.ts';
import { type Found, type FoundRead, lastSearch, searchOf } from '../../search-form.ts';
import { changed, may, tell } from '../../state.ts';
import { binsOf, type TimeBins, type TimeSpan } from '../../time-bins.ts';
import { areaOf } from '../../typed-area.ts';
import { capital, coordinates, when } from '../../words.ts';
import { newWork } from '../../work.ts';
import { searchFields } from './search-fields.ts';
import { searchMap } from './search-map.ts';
import { hasPictures, openPictures, readPicture, readsToOpen } from './search-pictures.ts';

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
      changed();
      return showResult();
    }
    const answer = await work.run(() =>
      lookFor<typeof operations.searchDetections>('detections.search', asked),
    );
    if (answer !== undefined) {
      lastSearch.found = { ...answer, asked };
      lastSearch.narrow = null;
    }
    changed();
    showResult();
  };
  /** All of them, for the map and the hours, where the list holds only the newest. */
  const findAll = async ({ asked }: Found) => {
    const all = await work.run(() =>
      lookFor<typeof operations.overviewDetections>('detections.overview', asked),
    );
    if (all !== undefined && lastSearch.found?.asked === asked) {
      lastSearch.found = { ...lastSearch.found, all };
    }
    changed();
  };
  const narrowTo = async ({ fromMs, toMs }: TimeSpan) => {
    const { form } = lastSearch;
    // The last second of the span, as a person would write it.
    Object.assign(form, { period: 'own', from: when(fromMs), to: `${when(toMs - 1)}:59` });
    await find();
  };

  const times = (found: Found): TemplateResult | typeof nothing => {
    const reads = readsShown();
    const bins = binsFor(reads);
    if (bins === null) return nothing;
    const { narrow } = lastSearch;
    const isPart = found.next !== null && found.all === undefined;
    return html`${
      bins.counts.length < 2
        ? nothing
        : timeBrush({
            bins,
            chosen: narrow,
            onChoose: (span) => {
              lastSearch.narrow = span;
              changed();
            },
          })
    }
      <div class="row-keys">
        ${isPart ? key({ label: 'All of them by time and on the map', onPress: () => void findAll(found), isDisabled: work.isBusy }) : nothing}
        ${
          narrow === null
            ? nothing
            : html`${key({ label: 'Search this time only', onPress: () => void narrowTo(narrow), isDisabled: work.isBusy })}
                ${key({
                  label: 'All times',
                  kind: 'quiet',
                  onPress: () => {
                    lastSearch.narrow = null;
                    changed();
                  },
                })}`
        }
      </div>
      ${found.all?.more === true ? html`<p class="quiet-words">More than ${found.all.reads.length} were found: the oldest are neither on the map nor counted by time.</p>` : nothing}`;
  };
  const findMore = async (before: Found) => {
    const { asked, detections, next } = before;
    const answer = await work.run(() =>
      lookFor<typeof operations.searchDetections>('detections.search', {
        ...asked,
        ...(next === null ? {} : { after: next }),
      }),
    );
    if (answer === undefined) return;
    const rows = [...detections, ...answer.detections];
    lastSearch.found = { ...before, ...answer, detections: rows };
    changed();
  };
  const save = async ({ asked }: Found, format: (typeof formats)[number]['value']) => {
    const file = await exporting.run(() =>
      lookForFile<typeof operations.exportDetections>('results.export', { ...asked, format }),
    );
    if (file === undefined) return;
    saveFile(file);
    tell(`Saved as ${file.name}.`, 'noted');
  };

  const pictureKey = (rows: readonly FoundDetection[]): TemplateResult | typeof nothing => {
    const next = readsToOpen(rows);
    if (next.length === 0 || !may('images.view')) return nothing;
    const more = hasPictures(rows) ? ' more' : '';
    const open = async () => {
      await work.run(() => openPictures(next));
      changed();
    };
    return key({
      label: `Show ${next.length}${more} ${next.length === 1 ? 'picture' : 'pictures'}`,
      onPress: () => void open(),
      isDisabled: work.isBusy,
    });
  };

  const packKey = (rows: readonly FoundDetection[]): TemplateResult | typeof nothing => {
    if (!may('evidence.make') || rows.length === 0) return nothing;
    const words = rows.length === 1 ? 'it' : `these ${rows.length}`;
    const pack = () => packLater(rows);
    return key({ label: `Put ${words} aside for a package`, kind: 'quiet', onPress: pack });
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
    const rows = sorted(shownOf(detections), order);
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
      ${times(found)} ${lostWords(readsShown())}
      <div class="row-keys">${pictureKey(rows)} ${packKey(rows)}</div>
      ${readTable(rows)}
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
        ${lastSearch.isMapOpen ? searchMap(map, readsShown(), openPlace) : nothing}
        <div class="found" id="result">${work.line()} ${lastSearch.found === null ? nothing : results(lastSearch.found)}</div>
      </div>
    </section>`,
  };
}

/** The reads for the map and the hours: all that were found, where they were asked for, else those of the list. */
function readsShown(): readonly FoundRead[] {
  const { found } = lastSearch;
  return found?.all?.reads ?? found?.detections ?? noReads;
}

const noReads: readonly FoundRead[] = [];

/** Those of the list in the span of time that was chosen. */
function shownOf(rows: readonly FoundDetection[]): readonly FoundDetection[] {
  const { narrow } = lastSearch;
  if (narrow === null) return rows;
  return rows.filter(({ lastSeen }) => {
    const atMs = Date.parse(lastSeen);
    return atMs >= narrow.fromMs && atMs < narrow.toMs;
  });
}

let binned: { of: readonly FoundRead[]; bins: TimeBins | null } = { of: noReads, bins: null };

function binsFor(reads: readonly FoundRead[]): TimeBins | null {
  if (binned.of !== reads) {
    const at = reads.map(({ lastSeen }) => Date.parse(lastSeen));
    binned = { of: reads, bins: binsOf(at, midnightBefore) };
  }
  return binned.bins;
}

/** Those that the map cannot show. */
function lostWords(reads: readonly FoundRead[]): TemplateResult | typeof nothing {
  const lost = reads.filter(({ latitude }) => latitude === null).length;
  if (lost === 0 || !lastSearch.isMapOpen) return nothing;
  return html`<p class="quiet-words">${lost} of them ${lost === 1 ? 'has' : 'have'} no place and ${lost === 1 ? 'is' : 'are'} not on the map.</p>`;
}

const plateCell = (read: FoundDetection) => html`${readPlateWords(read)}${readPicture(read)}`;

function readTable(rows: readonly FoundDetection[]): TemplateResult {
  return table<FoundDetection>({
    caption: 'Reads that were found',
    columns: [
      { title: 'Seen', cell: ({ lastSeen }) => seenWords(lastSeen), kind: 'code' },
      { title: 'Plate', cell: plateCell, kind: 'plate' },

      { title: 'State', cell: ({ state }) => state },
      { title: 'Sure', cell: ({ confidence }) => sureWords(confidence), kind: 'number' },
      { title: 'Camera', cell: cameraWords },
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
  const nameOf = (read: FoundDetection) =>
    order === 'plate' ? (read.plate ?? '~') : cameraWords(read);
  return rows.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
}
