import { html, nothing, type TemplateResult } from 'lit-html';
import type { BookedPackage } from '../../accountability/evidence/bookings.ts';
import type * as evidence from '../../accountability/evidence/operations.ts';
import { perform } from './api.ts';
import { downloadPackage } from './package-form.ts';
import { textField } from './parts/field.ts';
import { key } from './parts/key.ts';
import { table } from './parts/table.ts';
import { changed, tell } from './state.ts';
import { unitNowMs, when } from './words.ts';
import { newWork } from './work.ts';

/** The unit keeps the files of a package so long. */
const keptMs = 86_400_000;
const mostListed = 500;

/** Packages that were made: downloaded while the unit has them, and booked. */
export interface PackageList {
  load(): Promise<void>;
  view(): TemplateResult;
}

/** `isShown`: which of the packages of the unit; `of`: the case or the request of which all of them are. */
export function packageList(
  isShown: (made: BookedPackage) => boolean,
  of: { caseNumber: string } | { release: string } | null,
): PackageList {
  let packages: BookedPackage[] | null = null;
  const booking = { id: '', place: '', propertyNumber: '' };
  const work = newWork();

  const load = async () => {
    const made = await work.run(() =>
      perform<typeof evidence.listEvidence>('evidence.list', { ...of, limit: mostListed }),
    );
    packages = made?.filter(isShown) ?? packages;
    changed();
  };
  const book = async (event: Event) => {
    event.preventDefault();
    const done = await work.run(() =>
      perform<typeof evidence.bookEvidence>('evidence.book', booking),
    );
    if (done === undefined) return;
    Object.assign(booking, { id: '', place: '', propertyNumber: '' });
    tell('The package is booked.', 'done');
    await load();
  };
  const beginBooking = (id: string) => {
    booking.id = id;
    changed();
  };
  const bookForm = () => html`<form class="filters" @submit=${book}>
    ${(['place', 'propertyNumber'] as const).map((name) =>
      textField({
        name: `book-${name}`,
        label: name === 'place' ? 'Place, such as the property room' : 'Property number',
        value: booking[name],
        longest: 120,
        onInput: (value) => {
          booking[name] = value;
        },
      }),
    )}
    <button type="submit" class="key" ?disabled=${work.isBusy}>Booked there</button>
  </form>`;

  return {
    load,
    view: () => html`${
      packages === null
        ? nothing
        : packageTable(packages, {
            download: (id) => void downloadPackage(id, work),
            book: beginBooking,
          })
    }
    ${booking.id === '' ? nothing : bookForm()} ${work.line()}`,
  };
}

function packageTable(
  rows: readonly BookedPackage[],
  keys: { download: (id: string) => void; book: (id: string) => void },
) {
  const isHere = ({ at }: BookedPackage) => unitNowMs() - Date.parse(at) < keptMs;
  return table<BookedPackage>({
    caption: 'Evidence packages',
    columns: [
      { title: 'Made', cell: ({ at }) => when(Date.parse(at)) },
      { title: 'By', cell: ({ by }) => by },
      { title: 'Reads', cell: ({ detections }) => detections, kind: 'number' },
      {
        title: 'For',
        cell: ({ release, caseNumber }) =>
          release !== null
            ? `Request ${release}`
            : caseNumber === null
              ? 'Own use'
              : `Own use, case ${caseNumber}`,
      },
      {
        title: 'Booked',
        cell: ({ bookings }) => {
          const last = bookings.at(-1);
          return last === undefined ? 'Nowhere' : `${last.propertyNumber}, ${last.place}`;
        },
      },
      {
        title: 'Keys',
        cell: (made) => html`<div class="row-keys">
          ${
            isHere(made)
              ? key({ label: 'Download', kind: 'quiet', onPress: () => keys.download(made.id) })
              : html`<span>Its files were kept for a day: make it again</span>`
          }
          ${key({ label: 'Book', kind: 'quiet', onPress: () => keys.book(made.id) })}
        </div>`,
      },
    ],
    rows,
    empty: 'No package was made.',
    keyOf: ({ id }) => id,
  });
}
