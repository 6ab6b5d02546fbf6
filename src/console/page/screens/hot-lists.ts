import { html, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/lists/operations.ts';
import type { ListStatus } from '../../../hotlist/hit-match.ts';
import { go } from '../address.ts';
import { perform } from '../api.ts';
import { thisUnit } from '../here-words.ts';
import { ageWords, listStanding, problemWords, sourceWords } from '../hot-list-words.ts';
import { table } from '../parts/table.ts';
import type { Screen } from '../screen.ts';
import { changed } from '../state.ts';
import { when } from '../words.ts';
import { newWork } from '../work.ts';

/** Every hot list of the unit, how old it is, and whether it alerts. */
export function hotLists(): Screen {
  let lists: ListStatus[] | null = null;
  const work = newWork();
  const load = async () => {
    lists =
      (await work.run(() => perform<typeof operations.listHotLists>('hotlist.status', {}))) ??
      lists;
    changed();
  };
  void load();
  return {
    view: () => html`<section class="screen wide">
      <h1>Hot lists</h1>
      ${work.line()} ${lists === null ? html`<p>Loading…</p>` : listTable(lists)}
    </section>`,
  };
}

const standingView = (list: ListStatus): TemplateResult => {
  const { words, mood } = listStanding(list);
  return html`<span class=${mood}>${words}</span>`;
};

function listTable(lists: readonly ListStatus[]): TemplateResult {
  return table({
    caption: 'Hot lists',
    columns: [
      { title: 'List', cell: ({ name }) => name },
      { title: 'Standing', cell: standingView },
      { title: 'Age', cell: ageWords },
      { title: 'Made', cell: ({ asOf }) => asOf && when(Date.parse(asOf)) },
      { title: 'Entries', cell: ({ entries }) => entries.toLocaleString('en-US'), kind: 'number' },
      { title: 'Source', cell: sourceWords },
      { title: 'From', cell: ({ importedBy }) => importedBy },
      { title: 'What to do', cell: problemWords },
    ],
    rows: lists,
    empty: `${thisUnit()} has no hot list. The technician names them in the configuration (hotlist.lists).`,
    keyOf: ({ id }) => id,
    onOpen: ({ id }) => go(`lists/${id}`),
  });
}
