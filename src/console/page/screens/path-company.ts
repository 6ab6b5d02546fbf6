import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/search/operations.ts';
import type {
  Companion,
  Company,
  Meeting,
  OfSpan,
  PlatesInTwoPlaces,
  TwoPlaces,
} from '../../../accountability/search/results.ts';
import { go } from '../address.ts';
import { choice } from '../parts/choice.ts';
import { farApart } from '../parts/far-apart.ts';
import { key } from '../parts/key.ts';
import { table } from '../parts/table.ts';
import { lookFor } from '../purpose.ts';
import { seenWords } from '../read-words.ts';
import { changed } from '../state.ts';
import { coordinates, span } from '../words.ts';
import { newWork } from '../work.ts';
import { openPictures } from './search/search-pictures.ts';

const windows = [
  { value: '10', label: '10 seconds' },
  { value: '30', label: '30 seconds' },
  { value: '120', label: '2 minutes' },
] as const;
type Within = (typeof windows)[number]['value'];

/** Below the path of a plate: who was seen together with it, and where no car can have been. Each is a look of its own. */
export function pathCompany(plate: string, since: () => { from?: string }) {
  let within: Within = '30';
  let company: OfSpan<Company> | null = null;
  let opened: Companion | null = null;
  let twoPlaces: OfSpan<PlatesInTwoPlaces> | null = null;
  const work = newWork();

  const findCompany = async () => {
    const input = { plate, withinS: within, ...since() };
    const answer = await work.run(() =>
      lookFor<typeof operations.findCompany>('detections.company', input),
    );
    if (answer === undefined) return;
    company = answer;
    opened = null;
    changed();
  };
  const findTwoPlaces = async () => {
    const answer = await work.run(() =>
      lookFor<typeof operations.findTwoPlaces>('detections.two-places', { plate, ...since() }),
    );
    if (answer === undefined) return;
    twoPlaces = answer;
    changed();
  };
  const compare = async ({ reads }: TwoPlaces) => {
    await work.run(() => openPictures(reads));
    changed();
  };

  const companyView = (found: OfSpan<Company>) => html`<h3>Seen together with ${plate}</h3>
    ${choice<Within>({
      legend: 'Seen by the same unit within',
      values: windows,
      chosen: within,
      onChoose: (value) => {
        within = value;
        void findCompany();
      },
    })}
    <p class="quiet-words">
      ${plate} was seen ${found.occasions} times; reads of one stay count once. Who was met as often as anybody is by
      chance is left out${found.common === 0 ? '' : `: ${found.common} plates`}. Who was met at one place only may be
      parked there.${found.more ? ' There is more: choose a shorter time.' : ''}
    </p>
    ${table<Companion>({
      caption: `Plates that were seen together with ${plate}, the clearest first`,
      columns: [
        { title: 'Plate', cell: (each) => `${each.plate}${each.hit ? ' ▲ Hit' : ''}` },
        { title: 'State', cell: ({ state }) => state ?? '–' },
        { title: 'Together', kind: 'number', cell: ({ times }) => times },
        { title: 'Places', kind: 'number', cell: ({ places }) => places },
        { title: 'By chance', kind: 'number', cell: ({ expected }) => expected },
        { title: 'Read at all', kind: 'number', cell: ({ timesRead }) => timesRead },
      ],
      rows: found.companions,
      empty: 'Nobody was with it more often than by chance.',
      keyOf: (each) => each.plate,
      onOpen: (each) => {
        opened = opened === each ? null : each;
        changed();
      },
    })}
    ${opened === null ? nothing : meetingsView(plate, opened)}`;

  const twoPlacesView = ({
    pairs,
    more,
  }: PlatesInTwoPlaces) => html`<h3>Where no car can have been</h3>
    <p class="quiet-words">
      Two units read ${plate} so far apart that no car drives it in the time between, whatever their fixes and clocks may be off;
      unsure reads and those of other states are left out. Either the plate is there twice, or one of both is a misread:
      compare their pictures. Nobody is alerted by this.${more ? ' There are earlier reads: choose a shorter time.' : ''}
    </p>
    ${pairs.length === 0 ? html`<p><b>A car can have been at all of its reads.</b></p>` : nothing}
    ${pairs.map((pair) => farApart(pair, () => void compare(pair)))}`;

  return {
    view: () => html`<div class="row-keys">
        ${key({ label: 'Seen together with it', onPress: () => void findCompany() })}
        ${key({ label: 'Where no car can have been', onPress: () => void findTwoPlaces() })}
      </div>
      ${work.line()} ${company === null ? nothing : companyView(company)}
      ${twoPlaces === null ? nothing : twoPlacesView(twoPlaces)}`,
  };
}

/** Each time that both were seen, with both reads. */
function meetingsView(plate: string, { plate: other, meetings }: Companion): TemplateResult {
  return html`${table<Meeting>({
    caption: `${plate} and ${other}, newest first`,
    columns: [
      { title: 'Seen', kind: 'code', cell: ({ at }) => seenWords(at) },
      { title: 'Apart', cell: ({ apartS }) => span(apartS) },
      { title: 'Unit', cell: ({ unit }) => unit },
      { title: 'Place', cell: placeWords },
      {
        title: 'Reads',
        cell: ({ read, other: theirs }) => html`<div class="row-keys">
          ${key({ label: plate, kind: 'quiet', onPress: () => go(`read/${read}`) })}
          ${theirs === null ? nothing : key({ label: other, kind: 'quiet', onPress: () => go(`read/${theirs}`) })}
        </div>`,
      },
    ],
    rows: meetings,
    empty: '',
    keyOf: ({ read }) => read,
  })}`;
}

const placeWords = ({ latitude, longitude }: Pick<Meeting, 'latitude' | 'longitude'>): string =>
  latitude === null || longitude === null ? '–' : coordinates({ latitude, longitude });
