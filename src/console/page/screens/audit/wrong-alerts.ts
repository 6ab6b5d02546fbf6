import { html } from 'lit-html';
import type * as operations from '../../../../accountability/verification/operations.ts';
import { type AnswerOf, perform } from '../../api.ts';
import { textField } from '../../parts/field.ts';
import { table } from '../../parts/table.ts';
import { changed } from '../../state.ts';
import { codeWords, when } from '../../words.ts';
import { newWork } from '../../work.ts';
import type { AuditPart } from './audit-part.ts';

type WrongAlert = AnswerOf<typeof operations.listWrongAlerts>[number];

/** Alerts that officers closed as wrong: misread plates and states, old and wrong entries. */
export function wrongAlerts(): AuditPart {
  let found: WrongAlert[] | null = null;
  let since = '';
  const work = newWork();
  const load = async () => {
    const told = await work.run(() =>
      perform<typeof operations.listWrongAlerts>('hits.errors', since === '' ? {} : { since }),
    );
    if (told !== undefined) found = told;
    changed();
  };
  return {
    show: () => void load(),
    view: () => html`${work.line()}
      <form
        class="filters"
        @submit=${(event: Event) => {
          event.preventDefault();
          void load();
        }}
      >
        ${textField({
          name: 'wrong-since',
          label: 'Since',
          type: 'date',
          value: since,
          onInput: (value) => {
            since = value;
          },
        })}
        <button type="submit" class="key" ?disabled=${work.isBusy}>Show</button>
      </form>
      ${
        found === null
          ? html`<p>Loading…</p>`
          : table<WrongAlert>({
              caption: 'Alerts that were wrong',
              columns: [
                { title: 'Hit', cell: ({ hitId }) => hitId.slice(-6), kind: 'code' },
                { title: 'Closed', cell: ({ at }) => when(Date.parse(at)) },
                { title: 'As', cell: ({ outcome }) => codeWords(outcome) },
                { title: 'Camera', cell: ({ head }) => head },
                {
                  title: 'Read',
                  cell: ({ correction }) => correction && vehicle(correction.original),
                },
                {
                  title: 'Really',
                  cell: ({ correction }) => correction && vehicle(correction.corrected),
                },
              ],
              rows: [...found].reverse(),
              empty: 'No alert was closed as wrong.',
              keyOf: ({ hitId }) => hitId,
            })
      }`,
  };
}

const vehicle = ({ plate, state }: { plate: string | null; state: string | null }) =>
  [plate ?? 'not read', state].filter(Boolean).join(' ');
