import { html, nothing } from 'lit-html';
import type * as evidence from '../../../../accountability/evidence/operations.ts';
import type * as retention from '../../../../accountability/retention/operations.ts';
import { go } from '../../address.ts';
import { type AnswerOf, perform } from '../../api.ts';
import { textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { type Column, table } from '../../parts/table.ts';
import type { Screen } from '../../screen.ts';
import { changed, may } from '../../state.ts';
import { newWork } from '../../work.ts';
import { caseKey } from './case.ts';

interface Known {
  /** Null: holds and packages of no case. */
  caseNumber: string | null;
  holds: number;
  packages: number;
  unbooked: number;
}

/** So many packages are listed at once. */
const mostPackages = 500;
/** In the address, in place of a case number: what is held or was packed without one. */
const ofNoCase = '-';

/** Every case of which something is held or was packed, and any other by its number. */
export function cases(): Screen {
  let known: Known[] | null = null;
  let number = '';
  let isCut = false;
  let signing: AnswerOf<typeof evidence.showEvidenceKey> | null = null;
  const work = newWork();
  const load = async () => {
    await work.run(async () => {
      const byKey = new Map<string, Known>();
      const of = (caseNumber: string | null) => {
        const one = byKey.get(caseKey(caseNumber)) ?? {
          ...{ caseNumber, holds: 0, packages: 0, unbooked: 0 },
        };
        byKey.set(caseKey(caseNumber), one);
        return one;
      };
      const held = may('holds.read')
        ? await perform<typeof retention.listHolds>('holds.list', {})
        : [];
      for (const { caseNumber } of held) {
        of(caseNumber).holds += 1;
      }
      if (may('evidence.make')) {
        const made = await perform<typeof evidence.listEvidence>('evidence.list', {
          limit: mostPackages,
        });
        isCut = made.length === mostPackages;
        for (const { caseNumber, bookings } of made) {
          of(caseNumber).packages += 1;
          if (bookings.length === 0) of(caseNumber).unbooked += 1;
        }
      }
      known = [...byKey.values()];
    });
    changed();
  };
  void load();
  const showKey = async () => {
    signing =
      (await work.run(() => perform<typeof evidence.showEvidenceKey>('evidence.key', {}))) ?? null;
    changed();
  };
  const open = (event: Event) => {
    event.preventDefault();
    if (number.trim() !== '') go(`cases/${encodeURIComponent(number.trim())}`);
  };
  return {
    comeBack: () => void load(),
    view: () => html`<section class="screen wide">
      <h1>Cases</h1>
      <form class="filters" @submit=${open}>
        ${textField({
          name: 'case-number',
          label: 'Case number',
          value: number,
          longest: 64,
          onInput: (value) => {
            number = value;
          },
        })}
        <button type="submit" class="key first">Open the case</button>
      </form>
      ${work.line()}
      ${
        known === null
          ? html`<p>Loading…</p>`
          : table<Known>({
              caption: 'Cases with holds or packages',
              columns: [
                { title: 'Case', cell: ({ caseNumber }) => caseNumber ?? 'No case', kind: 'code' },
                ...(may('holds.read') ? [holdColumn] : []),
                ...(may('evidence.make') ? packageColumns : []),
              ],
              rows: known,
              empty: emptyWords(),
              keyOf: ({ caseNumber }) => caseKey(caseNumber),
              onOpen: ({ caseNumber }) =>
                go(`cases/${caseNumber === null ? ofNoCase : encodeURIComponent(caseNumber)}`),
            })
      }
      ${
        isCut
          ? html`<p class="quiet-words">
              Of the packages the newest ${mostPackages} are counted. An older case opens by its number.
            </p>`
          : nothing
      }
      ${may('evidence.make') ? keyOfPackages(signing, () => void showKey()) : nothing}
    </section>`,
  };
}

const holdColumn: Column<Known> = {
  title: 'Holds in force',
  cell: ({ holds }) => holds,
  kind: 'number',
};

const packageColumns: readonly Column<Known>[] = [
  { title: 'Packages', cell: ({ packages }) => packages, kind: 'number' },
  { title: 'Booked nowhere', cell: ({ unbooked }) => unbooked, kind: 'number' },
];

/** That nothing is there, as far as this person may know. */
function emptyWords(): string {
  if (!may('holds.read')) return 'No package was made of a case. What is held is not shown to you.';
  if (!may('evidence.make')) return 'Nothing is held for a case. Packages are not shown to you.';
  return 'Nothing is held for a case, and nothing was packed of one.';
}

/** The key by which a court tells that a package is of this unit, and whole. */
function keyOfPackages(
  signing: AnswerOf<typeof evidence.showEvidenceKey> | null,
  onShow: () => void,
) {
  if (signing === null) {
    return html`<div class="row-keys">
      ${key({ label: 'The key that signs packages', kind: 'quiet', onPress: onShow })}
    </div>`;
  }
  return html`<h2>The key that signs packages made here</h2>
    <p class="anywhere">Fingerprint: <b>${signing.fingerprint}</b></p>
    <pre class="anywhere">${signing.publicKeyPem}</pre>`;
}
