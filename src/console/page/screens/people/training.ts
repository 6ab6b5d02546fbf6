import { html, nothing } from 'lit-html';
import type * as operations from '../../../../accountability/access/operations.ts';
import type { PersonTraining } from '../../../../accountability/access/operations.ts';
import { roleWords, trainingWords } from '../../account-words.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { checkField, textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { table } from '../../parts/table.ts';
import type { Screen } from '../../screen.ts';
import { changed, page, tell } from '../../state.ts';
import { capital, when } from '../../words.ts';
import { newWork } from '../../work.ts';
import { dueWords } from './trainings.ts';

type Entry = PersonTraining['history'][number];

/** The trainings of one person, and a form to record another. */
export function training(username: string): Screen {
  let told: PersonTraining | null = null;
  let isThere = true;
  let retrained = false;
  const typed = { course: '', completedOn: '', expiresOn: '' };
  const work = newWork();

  const load = async () => {
    const all = await work.run(() =>
      perform<typeof operations.listTrainings>('trainings.list', {}),
    );
    if (all === undefined) return;
    told = all.find((each) => each.username === username) ?? null;
    isThere = told !== null;
    changed();
  };
  void load();

  const record = async () => {
    const { course, completedOn, expiresOn } = typed;
    const done = await work.run(() =>
      perform<typeof operations.recordTraining>('trainings.record', {
        ...{ username, course, completedOn, retrained },
        expiresOn: expiresOn === '' ? null : expiresOn,
      }),
    );
    if (done === undefined) return;
    told = done;
    Object.assign(typed, { course: '', completedOn: '', expiresOn: '' });
    retrained = false;
    tell(`The training of ${done.name} is recorded.`, 'done');
  };
  const submit = (event: Event) => {
    event.preventDefault();
    void record();
  };
  const day = (name: 'completedOn' | 'expiresOn', label: string, isRequired: boolean) =>
    textField({
      ...{ name, label, type: 'date', value: typed[name], isRequired },
      ...(isRequired ? {} : { hint: 'Empty: it has no end' }),
      onInput: (value) => {
        typed[name] = value;
      },
    });

  const form = (of: PersonTraining) => html`<section class="part" aria-labelledby="record">
    <h2 id="record">Record a completed training</h2>
    <form class="form" @submit=${submit}>
      <div class="whole">
        ${textField({
          name: 'course',
          label: 'Training course',
          value: typed.course,
          longest: 120,
          isRequired: true,
          onInput: (value) => {
            typed.course = value;
          },
        })}
      </div>
      ${day('completedOn', 'Completed on', true)} ${day('expiresOn', 'Holds until', false)}
      ${
        of.due?.startsWith('retraining') === true
          ? html`<div class="whole">
              ${checkField({
                name: 'retrained',
                label: 'It is the retraining that was asked for',
                isOn: retrained,
                onChange: (isOn) => {
                  retrained = isOn;
                },
              })}
            </div>`
          : nothing
      }
      <div class="whole">${work.line()}</div>
      <div class="whole step-keys">
        <button type="submit" class="key first" ?disabled=${work.isBusy}>Record it</button>
      </div>
    </form>
  </section>`;

  return {
    comeBack: () => void load(),
    view() {
      const of = told;
      return html`<section class="screen wide">
        <div class="screen-head">
          <h1>${of === null ? 'Trainings' : `Trainings of ${of.name}`}</h1>
          ${key({ label: 'All trainings', kind: 'quiet', onPress: () => go('trainings') })}
        </div>
        ${of === null ? work.line() : nothing}
        ${isThere ? nothing : html`<p class="empty">There is no account ${username}.</p>`}
        ${
          of === null
            ? nothing
            : html`<dl class="fact-list">
                  <dt>Role</dt>
                  <dd>${roleWords(of.role)}</dd>
                  <dt>On file</dt>
                  <dd>${trainingWords(of.training)}</dd>
                  <dt>Due</dt>
                  <dd>${dueWords(of)}</dd>
                </dl>
                ${
                  username === page.session?.username
                    ? html`<p class="quiet-words">Someone else records your own training.</p>`
                    : form(of)
                }
                <h2>History</h2>
                ${historyTable(of.history)}`
        }
      </section>`;
    },
  };
}

const historyTable = (history: readonly Entry[]) =>
  table<Entry>({
    caption: 'What was entered',
    columns: [
      { title: 'What', cell: ({ kind }) => capital(kind) },
      { title: 'Course or reason', cell: ({ course, note }) => course ?? note },
      { title: 'Completed', cell: ({ completedOn }) => completedOn, kind: 'code' },
      { title: 'Until', cell: ({ expiresOn }) => expiresOn, kind: 'code' },
      { title: 'Entered by', cell: ({ enteredBy }) => enteredBy },
      { title: 'Entered', cell: ({ enteredAt }) => when(Date.parse(enteredAt)), kind: 'code' },
    ],
    rows: history,
    empty: 'Nothing was entered yet.',
    keyOf: ({ kind, enteredAt, course }) => `${kind} ${enteredAt} ${course}`,
  });
