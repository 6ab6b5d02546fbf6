import { html, nothing, type TemplateResult } from 'lit-html';
import type * as retention from '../../../../accountability/retention/operations.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { packageForm } from '../../package-form.ts';
import { packageList } from '../../package-list.ts';
import { confirmDeed } from '../../parts/confirm.ts';
import { areaField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { lookFor, purposeLine } from '../../purpose.ts';
import type { Screen } from '../../screen.ts';
import { changed, may, tell } from '../../state.ts';
import { newWork } from '../../work.ts';
import { holdTable } from './hold-table.ts';
import { keepForm } from './keep-form.ts';

type Hold = retention.HoldWithReach;

/** A case number as people type it. */
export const caseKey = (text: string | null): string => (text ?? '').trim().toUpperCase();

/** What is kept of a case, and what was packed of it; null: of no case. */
export function oneCase(caseNumber: string | null): Screen {
  let holds: Hold[] | null = null;
  let why = '';
  let lifting: Hold | null = null;
  const work = newWork();
  const keeping = newWork(async () => {
    if (may('holds.read')) await readHolds();
    lifting = null;
  });

  const isOfCase = (number: string | null) => caseKey(number) === caseKey(caseNumber);
  const packages = packageList(
    (made) => isOfCase(made.caseNumber),
    caseNumber === null ? null : { caseNumber },
  );

  const readHolds = async () => {
    const all = await perform<typeof retention.listHolds>('holds.list', { lifted: true });
    holds = all.filter((each) => isOfCase(each.caseNumber));
  };
  const load = async () => {
    await work.run(async () => {
      if (may('holds.read')) await readHolds();
    });
    if (may('evidence.make')) await packages.load();
    changed();
  };
  void load();
  const keep = caseNumber === null ? null : keepForm(caseNumber, keeping, () => void load());
  const packer = packageForm({
    caseNumber: caseNumber ?? '',
    release: null,
    onMade: () => void load(),
  });

  const lift = async (event: Event) => {
    event.preventDefault();
    const hold = lifting;
    if (hold === null) return;
    const isMeant = await confirmDeed({
      title: 'Lift this hold?',
      words:
        'It keeps nothing from now on. What is past its time and under no other hold is deleted at the next purge, within an hour.',
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
        ${lifting === null ? nothing : liftForm()} ${may('holds.set') && keep !== null ? keep() : nothing}
        ${keeping.line()}
      </section>`;

  return {
    comeBack: () => void load(),
    view: () => html`<section class="screen wide">
      <div class="screen-head">
        <h1>${caseNumber === null ? 'Holds and packages of no case' : `Case ${caseNumber}`}</h1>
        ${key({ label: 'All cases', kind: 'quiet', onPress: () => go('cases') })}
      </div>
      ${purposeLine()} ${work.line()}
      ${may('holds.read') ? holdsPart() : nothing}
      ${
        may('evidence.make')
          ? html`<section class="part">
              <h2>Evidence packages</h2>
              ${packages.view()} ${packer.view()}
            </section>`
          : nothing
      }
    </section>`,
  };
}
