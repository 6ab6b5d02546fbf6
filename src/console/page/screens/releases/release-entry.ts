import { html, nothing } from 'lit-html';
import type * as operations from '../../../../accountability/releases/operations.ts';
import { go } from '../../address.ts';
import { type InputOf, perform } from '../../api.ts';
import { newAreaChoice } from '../../parts/area-choice.ts';
import { areaField, selectField, textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import type { Screen } from '../../screen.ts';
import { changed, tell } from '../../state.ts';
import { areaOf, newTypedArea } from '../../typed-area.ts';
import { newWork } from '../../work.ts';

type Input = InputOf<typeof operations.requestRelease>;

const kinds = [
  { value: 'law_enforcement', label: 'Law enforcement' },
  { value: 'prosecution', label: 'Prosecution' },
  { value: 'other', label: 'Other' },
] as const satisfies readonly { value: Input['kind']; label: string }[];

/** Said before a form is filled in that would be refused. */
const notHandled = html`<p class="doubt whole" role="status">
  Only requests of law enforcement and of prosecuting agencies are entered here. Pass this one to the Custodian of
  Records: the Records Maintenance and Release Policy governs it (Civil Code 1798.90.55).
</p>`;

const empty = () => ({
  ...{ agency: '', person: '', purpose: '', data: '', reference: '' },
  ...{ kind: 'law_enforcement' as Input['kind'], plates: '', place: newTypedArea('500') },
  ...{ spans: [{ from: '', to: '' }], packages: '1', until: '' },
});
/** What was typed stays until the request is entered, also when another screen comes between. */
let typed = empty();

/** The written request of another agency, as it is entered. */
export function releaseEntry(): Screen {
  const work = newWork();
  const place = newAreaChoice();

  const enter = async (event: Event) => {
    event.preventDefault();
    const { agency, person, purpose, data, reference, kind } = typed;
    const area = areaOf(typed.place);
    if (typeof area === 'string') {
      work.refusal = area;
      changed();
      return;
    }
    const covers = {
      plates: typed.plates.split(/[\n,;]+/).filter((each) => each.trim() !== ''),
      area: area ?? null,
      spans: typed.spans,
      packages: Number(typed.packages),
      ...(typed.until === '' ? {} : { until: typed.until }),
    };
    const input = { agency, person, purpose, data, reference, kind, covers };
    const entered = await work.run(() =>
      perform<typeof operations.requestRelease>('releases.request', input),
    );
    if (entered === undefined) return;
    typed = empty();
    tell(`Request ${entered.number} is entered.`, 'done');
    go(`releases/${entered.number}`);
  };

  type TextName = 'agency' | 'person' | 'reference' | 'packages' | 'until';
  const line = (
    name: TextName,
    label: string,
    more: { hint?: string; type?: 'date' | 'number' } = {},
  ) =>
    textField({
      ...{ name: `release-${name}`, label, value: typed[name], longest: 200, ...more },
      onInput: (value) => {
        typed[name] = value;
      },
    });
  const lines = (name: 'purpose' | 'data' | 'plates', label: string, hint?: string) =>
    areaField({
      ...{ name: `release-${name}`, label, hint, value: typed[name], longest: 2000 },
      onInput: (value) => {
        typed[name] = value;
      },
    });
  const spanFields = (span: { from: string; to: string }, at: number) =>
    (['from', 'to'] as const).map((end) =>
      textField({
        name: `release-${end}-${at}`,
        label: `${end === 'from' ? 'Seen from' : 'Seen to'}${at === 0 ? '' : ` (${at + 1})`}`,
        hint: 'A day, or a day and a time: 2026-11-28 14:03',
        value: span[end],
        longest: 60,
        onInput: (value) => {
          span[end] = value;
        },
      }),
    );
  const addSpan = () => {
    typed.spans.push({ from: '', to: '' });
    changed();
  };

  return {
    view: () => html`<section class="screen wide">
      <div class="screen-head">
        <h1>Enter a request</h1>
        ${key({ label: 'All requests', kind: 'quiet', onPress: () => go('releases') })}
      </div>
      <form class="form" @submit=${enter}>
        ${line('agency', 'Agency')} ${line('person', 'Person who asks')}
        ${selectField({
          name: 'release-kind',
          label: 'What the agency is',
          values: kinds,
          chosen: typed.kind,
          onChoose: (value) => {
            typed.kind = value;
            changed();
          },
        })}
        ${typed.kind === 'other' ? notHandled : nothing}
        ${line('reference', 'Where the written request is filed')}
        ${lines('purpose', 'Purpose and legal basis')} ${lines('data', 'What is asked for')}
        ${lines('plates', 'Plates, each with its state', 'One a line: CA:7ABC123. Without a state: of every state')}
        <fieldset class="part whole">
          <legend>Within an area; left empty: anywhere</legend>
          ${place.view({ typed: typed.place, suffix: '-release' })}
        </fieldset>
        ${typed.spans.map(spanFields)}
        ${line('packages', 'Packages', { type: 'number' })}
        ${line('until', 'Approved to the end of', { type: 'date', hint: 'Empty: as the policy says' })}
        <div class="whole">${work.line()}</div>
        <div class="row-keys whole">
          ${key({ label: 'Another span of time', kind: 'quiet', onPress: addSpan })}
          <button type="submit" class="key first" ?disabled=${work.isBusy || typed.kind === 'other'}>Enter the request</button>
        </div>
      </form>
    </section>`,
  };
}
