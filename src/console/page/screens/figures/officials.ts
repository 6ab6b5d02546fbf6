import { html, nothing, type TemplateResult } from 'lit-html';
import type { Office, Tenure } from '../../../../accountability/officials/official.ts';
import type * as operations from '../../../../accountability/officials/operations.ts';
import { perform } from '../../api.ts';
import { selectField, textField } from '../../parts/field.ts';
import { table } from '../../parts/table.ts';
import { changed, may, tell } from '../../state.ts';
import { when } from '../../words.ts';
import { newWork } from '../../work.ts';

const officeNames: Record<Office, string> = {
  overseer: 'Oversees the operation',
  custodian: 'Custodian of Records',
};
const officeChoices = (Object.keys(officeNames) as Office[]).map((value) => ({
  value,
  label: officeNames[value],
}));

interface Row extends Tenure {
  office: Office;
  standing: 'before' | 'now' | 'later';
}

/** Who oversees the operation, who is its custodian, and who was before; whoever may, enters who follows (AUD-11). */
export function officialsPart(options: { onNamed: () => void }): { view(): TemplateResult } {
  let rows: Row[] | null = null;
  let typed = { office: 'overseer' as Office, title: '', name: '', from: '' };
  const work = newWork();
  const naming = newWork();

  const take = (view: operations.OfficialsView) => {
    rows = (Object.keys(officeNames) as Office[]).flatMap((office) => rowsOf(office, view));
    changed();
  };
  const load = async () => {
    const view = await work.run(() =>
      perform<typeof operations.listOfficials>('officials.list', {}),
    );
    if (view !== undefined) take(view);
  };
  if (may('policy.read')) void load();

  const enter = async (event: Event) => {
    event.preventDefault();
    const { from, ...official } = typed;
    const view = await naming.run(() =>
      perform<typeof operations.nameOfficial>('officials.name', {
        ...official,
        ...(from.trim() === '' ? {} : { from }),
      }),
    );
    if (view === undefined) return changed();
    typed = { office: typed.office, title: '', name: '', from: '' };
    tell('It is on file.', 'done');
    take(view);
    options.onNamed();
  };
  const line = (name: 'title' | 'name' | 'from', label: string, hint?: string) =>
    textField({
      ...{ name: `official-${name}`, label, hint, value: typed[name], longest: 100 },
      isRequired: name !== 'from',
      onInput: (value) => {
        typed[name] = value;
      },
    });
  const form = () => html`<h3>Enter who follows</h3>
    <form class="form" @submit=${enter}>
      ${selectField<Office>({
        name: 'official-office',
        label: 'Office',
        values: officeChoices,
        chosen: typed.office,
        onChoose: (office) => {
          typed.office = office;
        },
      })}
      ${line('title', 'Title', 'Like Investigations Bureau Captain')} ${line('name', 'Name')}
      ${line('from', 'From this day on', 'Left empty: today. A past day corrects who it was then')}
      <div class="row-keys whole">
        <button type="submit" class="key" ?disabled=${naming.isBusy}>Enter</button>
      </div>
    </form>
    ${naming.line()}
    <p class="quiet-words">It is recorded with your name, and stands in figures, memoranda, reports and exports. It gives nobody a right: roles do.</p>`;

  return {
    view: () =>
      may('policy.read')
        ? html`<section class="part" aria-labelledby="officials">
            <h2 id="officials">Who is responsible</h2>
            ${work.line()} ${rows === null ? nothing : html`${custodianLack(rows)} ${officialTable(rows)}`}
            ${may('officials.name') ? form() : nothing}
          </section>`
        : html``,
  };
}

function rowsOf(office: Office, view: operations.OfficialsView): Row[] {
  const { today } = view;
  return view[office].toReversed().map((tenure): Row => {
    const isOver = tenure.to !== null && tenure.to < today;
    const isAhead = tenure.from !== null && tenure.from > today;
    return { ...tenure, office, standing: isOver ? 'before' : isAhead ? 'later' : 'now' };
  });
}

/** A policy asks for a custodian: say so while nobody is entered. */
const custodianLack = (rows: readonly Row[]) =>
  rows.some(({ office }) => office === 'custodian')
    ? nothing
    : html`<p class="doubt">No Custodian of Records is entered.</p>`;

const officialTable = (rows: readonly Row[]) =>
  table<Row>({
    caption: 'Who is responsible, and who was',
    columns: [
      { title: 'Office', cell: ({ office }) => officeNames[office] },
      { title: 'Who', cell: ({ title, name }) => `${title}, ${name}` },
      {
        title: 'When',
        cell: ({ standing, from, to }) =>
          html`${standing === 'now' ? html`<b>Now</b>, ` : standing === 'later' ? 'Later, ' : nothing}${from === null ? 'from the beginning' : `from ${from}`}${to === null ? '' : ` to ${to}`}`,
      },
      {
        title: 'Entered',
        cell: ({ entered }) =>
          entered === null
            ? 'Set up with the unit'
            : `${when(Date.parse(entered.at))}, ${entered.by}`,
      },
    ],
    rows,
    empty: 'Nobody is entered.',
    keyOf: ({ office, from }) => `${office} ${from ?? ''}`,
  });
