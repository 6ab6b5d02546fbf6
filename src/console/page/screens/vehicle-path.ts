import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/search/operations.ts';
import type {
  FoundDetection,
  OfSpan,
  VehiclePath,
} from '../../../accountability/search/results.ts';
import { go } from '../address.ts';
import { choice } from '../parts/choice.ts';
import { type MapPart, newMap } from '../parts/map/map-part.ts';
import { table } from '../parts/table.ts';
import { distanceM, distanceWords, type Place } from '../places-on-earth.ts';
import { lookFor } from '../purpose.ts';
import { cameraWords, seenWords } from '../read-words.ts';
import { changed } from '../state.ts';
import { capital, coordinates, span } from '../words.ts';
import { newWork } from '../work.ts';
import { pathCompany } from './path-company.ts';

const periods = [
  { value: '7 days ago', label: '7 days' },
  { value: '30 days ago', label: '30 days' },
  { value: '', label: 'All that is kept' },
] as const;
type Since = (typeof periods)[number]['value'];

/** The path of a plate below a read. */
export interface FollowedPath {
  view(): TemplateResult;
  /** The reads on it; none while it is being looked up. */
  readIds(): string[];
}

/** Follows a plate, at first over all that is kept; `readId` is the read from which somebody follows it. */
export function followPath(plate: string, readId: string): FollowedPath {
  let since: Since = '';
  let path: OfSpan<VehiclePath> | null = null;
  const work = newWork();
  const map = newMap();
  const company = pathCompany(plate, () => (since === '' ? {} : { from: since }));
  const load = async () => {
    const input = since === '' ? { plate } : { plate, from: since };
    const answer = await work.run(() =>
      lookFor<typeof operations.followVehicle>('detections.path', input),
    );
    if (answer !== undefined) path = answer;
    changed();
  };
  void load();
  return {
    readIds: () => path?.detections.map(({ id }) => id) ?? [],
    view: () => html`<section class="part" aria-label="Path of ${plate}">
      <h2>Path of ${plate}</h2>
      ${choice<Since>({
        legend: 'Since when',
        values: periods,
        chosen: since,
        onChoose: (value) => {
          since = value;
          void load();
        },
      })}
      ${work.line()}
      ${path === null ? nothing : html`${pathBody(path, readId, map)} ${company.view()}`}
    </section>`,
  };
}

/** A read on the path, and how far it is from the one before. */
interface Stop {
  number: number;
  read: FoundDetection & Place;
  before: (FoundDetection & Place) | undefined;
}

function pathBody(path: OfSpan<VehiclePath>, readId: string, map: MapPart): TemplateResult {
  const { detections, more, span: named, notes } = path;
  const placed = detections.flatMap((each) => {
    const { latitude, longitude } = each;
    return latitude === null || longitude === null ? [] : [{ ...each, latitude, longitude }];
  });
  if (placed.length === 0) {
    return html`<p>No read of this plate has a place. ${named.text}</p>
      ${notes.map((note) => html`<p>${note}</p>`)}`;
  }
  const stops = placed.map(
    (each, at): Stop => ({ number: at + 1, read: each, before: placed[at - 1] }),
  );
  return html`<p class="quiet-words">${capital(named.text)}. Distances are in a straight line; the vehicle may have driven further.</p>
    ${more ? html`<p>There are earlier reads: choose a shorter time.</p>` : nothing}
    <div class="path">
      ${map.view({
        label: `${placed.length} places in their order, the first is 1`,
        path: placed,
        fit: path,
      })}
      ${table<Stop>({
        caption: 'Places of this plate, oldest first',
        columns: [
          { title: 'No.', cell: ({ number }) => number },
          { title: 'Seen', cell: ({ read }) => seenWords(read.lastSeen), kind: 'code' },
          { title: 'Since the one before', cell: legWords },
          { title: 'Place', cell: ({ read }) => coordinates(read) },
          {
            title: 'Camera',
            cell: ({ read }) =>
              read.id === readId
                ? html`${cameraWords(read)} <b>(this read)</b>`
                : cameraWords(read),
          },
        ],
        rows: stops,
        empty: '',
        keyOf: ({ read }) => read.id,
        onOpen: ({ read }) => go(`read/${read.id}`),
      })}
    </div>`;
}

function legWords({ read, before }: Stop): string | null {
  if (before === undefined) return null;
  const seconds = (Date.parse(read.lastSeen) - Date.parse(before.lastSeen)) / 1000;
  return `${span(seconds)}, ${distanceWords(distanceM(before, read))}`;
}
