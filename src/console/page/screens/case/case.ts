import { html, nothing, type TemplateResult } from 'lit-html';
import type { BookedPackage } from '../../../../accountability/evidence/bookings.ts';
import type * as evidence from '../../../../accountability/evidence/operations.ts';
import type * as retention from '../../../../accountability/retention/operations.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { downloadPackage, packageForm } from '../../package-form.ts';
import { confirmDeed } from '../../parts/confirm.ts';
import { areaField, textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { table } from '../../parts/table.ts';
import { lookFor, purposeLine } from '../../purpose.ts';
import type { Screen } from '../../screen.ts';
import { changed, may, tell } from '../../state.ts';
import { when } from '../../words.ts';
import { newWork } from '../../work.ts';
import { holdTable } from './hold-table.ts';
import { keepForm } from './keep-form.ts';

type Hold = retention.HoldWithReach;

/** A case number as people type it. */
export const caseKey = (text: string | null): string => (text ?? '').trim().toUpperCase();

/** What is kept of a case, and what was packed of it. */
export function oneCase(caseNumber: string): Screen {
  let holds: Hold[] | null = null;
  let packages: BookedPackage[] | null = null;
  let why = '';
  let lifting: Hold | null = null;
  const booking = { id: '', place: '', propertyNumber: '' };
  const work = newWork();
  const keeping = newWork();
  const packing = newWork();

  const load = async () => {
    const isOfCase = (number: string | null) => caseKey(number) === caseKey(caseNumber);
    await work.run(async () => {
      if (may('holds.read')) {
        const all = await perform<typeof retention.listHolds>('holds.list', { lifted: true });
        holds = all.filter((each) => isOfCase(each.caseNumber));
      }
      if (!may('evidence.make')) return;
      const made = await perform<typeof evidence.listEvidence>('evidence.list', { limit: 500 });
      packages = made.filter((each) => isOfCase(each.caseNumber));
    });
    changed();
  };
  void load();
  const keep = keepForm(caseNumber, keeping, () => void load());
  const packer = packageForm({ caseNumber, release: null, onMade: () => void load() });

  const lift = async (event: Event) => {
    event.preventDefault();
    const hold = lifting;
    if (hold === null) return;
    const isMeant = await confirmDeed({
      title: 'Lift this hold?',
      words: 'What is past its time and under no other hold is deleted at the next purge.',
      deed: 'Lift it',
    });
    if (!isMeant) return;
    const done = await keeping.run(() =>
      lookFor<typeof retention.liftHold>('holds.lift', { id: hold.id, why }),
    );
    if (done === undefined) return;
    lifting = null;
    why = '';
    tell('The hold is lifted.', 'done');
    await load();
  };
  const book = async (event: Event) => {
    event.preventDefault();
    const done = await packing.run(() =>
      perform<typeof evidence.bookEvidence>('evidence.book', booking),
    );
    if (done === undefined) return;
    Object.assign(booking, { id: '', place: '', propertyNumber: '' });
    tell('The package is booked.', 'done');
    await load();
  };

  const liftForm = (): TemplateResult => html`<form class="form" @submit=${lift}>
    ${areaField({
      name: 'lift-why',
      label: 'Why the hold ends',
      value: why,
      longest: 1000,
      onInput: (value) => {
        why = value;
      },
    })}
    <div class="row-keys">
      <button type="submit" class="key danger" ?disabled=${keeping.isBusy}>Lift the hold</button>
      ${key({
        label: 'Cancel',
        kind: 'quiet',
        onPress: () => {
          lifting = null;
          changed();
        },
      })}
    </div>
  </form>`;
  const bookForm = (): TemplateResult => html`<form class="filters" @submit=${book}>
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
    <button type="submit" class="key" ?disabled=${packing.isBusy}>Booked there</button>
  </form>`;

  const holdsPart = (): TemplateResult => html`<section class="part">
        <h2>Holds</h2>
        ${
          holds === null
            ? html`<p>Loading…</p>`
            : holdTable(
                holds,
                may('holds.lift')
                  ? (hold) => {
                      lifting = hold;
                      changed();
                    }
                  : null,
              )
        }
        ${lifting === null ? nothing : liftForm()} ${may('holds.set') ? keep() : nothing}
        ${keeping.line()}
      </section>`;

  return {
    view: () => html`<section class="screen wide">
      <div class="screen-head">
        <h1>Case ${caseNumber}</h1>
        ${key({ label: 'All cases', kind: 'quiet', onPress: () => go('cases') })}
      </div>
      ${purposeLine()} ${work.line()}
      ${may('holds.read') ? holdsPart() : nothing}
      ${
        may('evidence.make')
          ? html`<section class="part">
              <h2>Evidence packages</h2>
              ${
                packages === null
                  ? nothing
                  : packageTable(packages, {
                      download: (id) => void downloadPackage(id, packing),
                      book: (id) => {
                        booking.id = id;
                        changed();
                      },
                    })
              }
              ${booking.id === '' ? nothing : bookForm()} ${packing.line()} ${packer.view()}
            </section>`
          : nothing
      }
    </section>`,
  };
}

function packageTable(
  rows: readonly BookedPackage[],
  keys: { download: (id: string) => void; book: (id: string) => void },
) {
  return table<BookedPackage>({
    caption: 'Evidence packages of this case',
    columns: [
      { title: 'Made', cell: ({ at }) => when(Date.parse(at)) },
      { title: 'By', cell: ({ by }) => by },
      { title: 'Reads', cell: ({ detections }) => detections, kind: 'number' },
      {
        title: 'For',
        cell: ({ release }) => (release === null ? 'Own use' : `Request ${release}`),
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
        cell: ({ id }) => html`<div class="row-keys">
          ${key({ label: 'Download', kind: 'quiet', onPress: () => keys.download(id) })}
          ${key({ label: 'Book', kind: 'quiet', onPress: () => keys.book(id) })}
        </div>`,
      },
    ],
    rows,
    empty: 'No package of this case was made.',
    keyOf: ({ id }) => id,
  });
}
