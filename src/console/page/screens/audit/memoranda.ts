import { html } from 'lit-html';
import type { Memorandum } from '../../../../accountability/oversight/memorandum.ts';
import type * as operations from '../../../../accountability/oversight/operations.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { textField } from '../../parts/field.ts';
import { table } from '../../parts/table.ts';
import { changed } from '../../state.ts';
import { when } from '../../words.ts';
import { newWork } from '../../work.ts';
import type { AuditPart } from './audit-part.ts';

/** Draws a sample of inquiries, and lists what was drawn before. */
export function memoranda(): AuditPart {
  let list: Memorandum[] | null = null;
  const asked = { from: '', to: '', n: '' };
  const work = newWork();
  const drawing = newWork();

  const draw = async (event: Event) => {
    event.preventDefault();
    const { from, to, n } = asked;
    const drawn = await drawing.run(() =>
      perform<typeof operations.sampleInquiries>('audit.sample', {
        ...(from === '' ? {} : { from }),
        ...(to === '' ? {} : { to }),
        ...(n === '' ? {} : { n }),
      }),
    );
    if (drawn !== undefined) go(`audit/memo/${drawn.memorandum.name}`);
  };

  const input = (name: keyof typeof asked, label: string, type: 'date' | 'number', hint: string) =>
    textField({
      ...{ name: `sample-${name}`, label, hint, type, value: asked[name] },
      onInput: (value) => {
        asked[name] = value;
      },
      ...(type === 'number' ? { min: '1' } : {}),
    });

  return {
    async show() {
      const answer = await work.run(() => perform<typeof operations.listMemos>('audit.memos', {}));
      list = answer ?? list;
      changed();
    },
    view: () => html`<section class="part">
        <h2>Draw inquiries at random</h2>
        <form class="filters" @submit=${draw}>
          ${input('from', 'From day', 'date', 'Empty: as the policy says')}
          ${input('to', 'To day', 'date', 'Empty: up to now')}
          ${input('n', 'How many', 'number', 'Empty: as the policy says')}
          <button type="submit" class="key first" ?disabled=${drawing.isBusy}>Draw</button>
        </form>
        ${drawing.line()}
      </section>
      <h2>Drawn before</h2>
      ${work.line()} ${list === null ? html`<p>Loading…</p>` : memoTable(list)}`,
  };
}

const stateNames: Record<Memorandum['state'], string> = {
  open: 'Being judged',
  final: 'Final, not filed',
  filed: 'Filed',
};

function memoTable(rows: readonly Memorandum[]) {
  return table<Memorandum>({
    caption: 'Memoranda',
    columns: [
      { title: 'Memorandum', cell: ({ name }) => name, kind: 'code' },
      { title: 'State', cell: ({ state }) => stateNames[state] },
      {
        title: 'Judged',
        cell: ({ verdicts, inquiries }) => `${verdicts.length} of ${inquiries}`,
      },
      {
        title: 'Period',
        cell: ({ from, to }) => `${when(Date.parse(from))} to ${when(Date.parse(to))}`,
      },
      { title: 'Drawn', cell: ({ drawn }) => `${when(Date.parse(drawn.at))}, ${drawn.by}` },
      { title: 'Filed', cell: ({ filed }) => filed?.where ?? null },
    ],
    rows,
    empty: 'Nothing was drawn yet.',
    keyOf: ({ name }) => name,
    onOpen: ({ name }) => go(`audit/memo/${name}`),
  });
}
