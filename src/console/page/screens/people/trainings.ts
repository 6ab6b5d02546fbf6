import { html } from 'lit-html';
import type * as operations from '../../../../accountability/access/operations.ts';
import type { PersonTraining } from '../../../../accountability/access/operations.ts';
import { roleWords, trainingWords } from '../../account-words.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { table } from '../../parts/table.ts';
import { tabs } from '../../parts/tabs.ts';
import type { Screen } from '../../screen.ts';
import { changed } from '../../state.ts';
import { capital } from '../../words.ts';
import { newWork } from '../../work.ts';

type Tab = 'due' | 'all';

/** Who is trained in what, and whose training is due. */
export function trainings(): Screen {
  let all: PersonTraining[] | null = null;
  let tab: Tab = 'due';
  const work = newWork();
  const load = async () => {
    all =
      (await work.run(() => perform<typeof operations.listTrainings>('trainings.list', {}))) ?? all;
    changed();
  };
  void load();

  return {
    view() {
      const due = all?.filter((each) => each.due !== null) ?? [];
      return html`<section class="screen wide">
        <h1>Trainings</h1>
        ${work.line()}
        ${tabs<Tab>({
          label: 'Which trainings',
          values: [
            { value: 'due', label: 'Due', count: all && due.length },
            { value: 'all', label: 'Everyone', count: all?.length ?? null },
          ],
          chosen: tab,
          onChoose: (next) => {
            tab = next;
            changed();
          },
        })}
        ${
          all === null
            ? html`<p>${work.refusal === '' ? 'Loading…' : ''}</p>`
            : table<PersonTraining>({
                caption: 'Trainings on file',
                columns: [
                  { title: 'Name', cell: ({ name }) => name },
                  { title: 'Role', cell: ({ role }) => roleWords(role) },
                  { title: 'Training', cell: ({ training }) => trainingWords(training) },
                  { title: 'Due', cell: (each) => dueWords(each) },
                ],
                rows: tab === 'due' ? due : all,
                empty: tab === 'due' ? 'No training is due.' : 'Nobody.',
                keyOf: ({ username }) => username,
                onOpen: ({ username }) => go(`trainings/${username}`),
              })
        }
      </section>`;
    },
  };
}

/** Why a training is due, so that it is told by words and by colour. */
export const dueWords = ({ due }: PersonTraining) =>
  due === null ? 'Nothing' : html`<span class="doubt">${capital(due)}</span>`;
