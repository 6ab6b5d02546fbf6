import { html, nothing, type TemplateResult } from 'lit-html';
import type {
  HotPlate,
  HotPlateContent,
  ShownHotPlate,
} from '../../../accountability/hotplates/hot-plate.ts';
import type { HotPlateWithLog } from '../../../accountability/hotplates/hot-plates.ts';
import type * as operations from '../../../accountability/hotplates/operations.ts';
import { go } from '../address.ts';
import { perform } from '../api.ts';
import { draftOf, type EntryForm, entryFields, formOf } from '../hot-plate-form.ts';
import {
  approversWords,
  categoryNames,
  endWords,
  logNames,
  removalNames,
  roleWords,
  soughtWords,
  standingOf,
  vehicleWords,
} from '../hot-plate-words.ts';
import { choice } from '../parts/choice.ts';
import { confirmDeed } from '../parts/confirm.ts';
import { areaField, checkField } from '../parts/field.ts';
import { findingList } from '../parts/findings.ts';
import { key } from '../parts/key.ts';
import { plate } from '../parts/plate.ts';
import { table } from '../parts/table.ts';
import { type HotPlateRules, readHotPlateRules } from '../policy-rules.ts';
import { lookFor, purposeLine } from '../purpose.ts';
import type { Screen } from '../screen.ts';
import { changed, may, tell } from '../state.ts';
import { when } from '../words.ts';
import { newWork } from '../work.ts';

type Deed = 'approve' | 'refuse' | 'change' | 'renew' | 'remove' | 'recovered';
type Outcome = keyof typeof removalNames;

/** One hot plate: what it says, who did what to it, and what this person may do with it. */
export function hotPlate(id: string): Screen {
  let entry: ShownHotPlate | null = null;
  let log: HotPlateWithLog['log'] | null = null;
  let rules: HotPlateRules = {};
  let deed: Deed | null = null;
  let note = '';
  let isRead = false;
  let days: string = '30';
  let outcome: Outcome | null = null;
  let form: EntryForm | null = null;
  const work = newWork();

  const withHistory = async () => {
    const found = await work.run(() =>
      lookFor<typeof operations.showHotPlate>('hotplates.show', { id }),
    );
    if (found !== undefined) ({ entry, log } = found);
    changed();
  };
  const load = async () => {
    rules = await readHotPlateRules();
    if (may('hotplates.approve')) {
      const found = await work.run(() =>
        perform<typeof operations.listAwaiting>('hotplates.awaiting', { id }),
      );
      entry = found?.[0] ?? null;
    }
    if (entry === null) await withHistory();
    changed();
  };
  void load();

  const begin = (next: Deed | null) => {
    deed = next;
    note = '';
    isRead = false;
    outcome = null;
    work.refusal = '';
    form = next === 'change' && entry?.content ? formOf(entry.content) : null;
    const most = rules.maxDays ?? 30;
    days = String(Math.min(30, most));
    changed();
    if (next !== null) queueMicrotask(focusForm);
  };
  /** Does it, and shows the entry as it is then. */
  const take = async (words: string, ask: () => Promise<HotPlate>) => {
    const done = await work.run(ask);
    if (done === undefined) return;
    const { refreshBy = null } = entry ?? {};
    entry = { ...done, refreshBy, lapsed: false };
    log = null;
    begin(null);
    tell(words, 'done');
  };
  const noted = () => (note.trim() === '' ? null : note.trim());

  const approve = (told: ShownHotPlate) =>
    take('Approved.', () =>
      perform<typeof operations.approveHotPlate>('hotplates.approve', {
        id,
        note: noted(),
        textLookedThrough: isRead,
        revision: told.revision,
      }),
    );
  const refuse = () =>
    take('Refused.', () =>
      perform<typeof operations.refuseHotPlate>('hotplates.refuse', { id, note }),
    );
  const refresh = () =>
    take('Confirmed: it is still good.', () =>
      perform<typeof operations.refreshHotPlate>('hotplates.refresh', { id }),
    );
  const renew = () =>
    take('A new term is asked for.', () =>
      perform<typeof operations.renewHotPlate>('hotplates.renew', {
        id,
        days: Number(days),
        reason: note,
      }),
    );
  const change = (typed: EntryForm) =>
    take('The change was taken.', () => {
      const { category } = typed;
      const draft = draftOf(typed, category === '' ? 'other' : category);
      const input = { id, draft, reason: note };
      return perform<typeof operations.changeHotPlate>('hotplates.change', input);
    });
  const end = async (told: ShownHotPlate, how: Outcome, name: 'remove' | 'recovered') => {
    const isMeant = await confirmDeed({
      title: `Take ${soughtWords(told)} off the list?`,
      words: `No vehicle alerts by it any more. Outcome: ${removalNames[how].toLowerCase()}. What was done to it stays on file.`,
      deed: 'Take it off',
    });
    if (!isMeant) return;
    await take('It is off the list.', () =>
      name === 'remove'
        ? perform<typeof operations.removeHotPlate>('hotplates.remove', {
            id,
            outcome: how,
            note: noted(),
          })
        : perform<typeof operations.reportRecovered>('hotplates.recovered', { id, note: noted() }),
    );
  };

  const noteField = (label: string, isRequired = false) =>
    areaField({
      name: 'note',
      label,
      value: note,
      onInput: (value) => {
        note = value;
      },
      longest: 500,
      isRequired,
    });
  /** The form of a deed: its fields, its key, and the way back. */
  const panel = (title: string, fields: TemplateResult, press: string, onPress: () => void) => {
    const submit = (event: Event) => {
      event.preventDefault();
      onPress();
    };
    return html`<form class="step open" @submit=${submit}>
      <div class="step-body">
        <h2>${title}</h2>
        ${fields} ${work.line()}
        <div class="step-keys">
          <button type="submit" class="key first" ?disabled=${work.isBusy}>${press}</button>
          ${key({ label: 'Cancel', kind: 'quiet', onPress: () => begin(null) })}
        </div>
      </div>
    </form>`;
  };

  const deedForm = (told: ShownHotPlate): TemplateResult | typeof nothing => {
    const findings = told.pending?.findings ?? told.findings;
    const hasPersonal = findings.some(({ weight }) => weight === 'personal');
    const what = told.pending === null ? 'the entry' : `the ${told.pending.kind}`;
    if (deed === 'approve') {
      const fields = html`${
        hasPersonal
          ? checkField({
              name: 'isRead',
              label: 'I have looked its text through, and it may stay as it is.',
              isOn: isRead,
              onChange: (isOn) => {
                isRead = isOn;
              },
            })
          : nothing
      }
      ${noteField('Note, where you approve in place of who is asked first')}`;
      return panel(`Approve ${what}`, fields, 'Approve', () => void approve(told));
    }
    if (deed === 'refuse') {
      return panel(`Refuse ${what}`, noteField('Why', true), 'Refuse', () => void refuse());
    }
    if (deed === 'renew') {
      const spans = [7, 14, 30, 90].filter((each) => each <= (rules.maxDays ?? 90));
      const fields = html`${choice({
        legend: 'For another',
        values: spans.map((each) => ({ value: String(each), label: `${each} days` })),
        chosen: days,
        onChoose: (value) => {
          days = value;
          changed();
        },
      })}
      ${noteField('Why the need still exists', true)}`;
      return panel('Renew it', fields, 'Renew', () => void renew());
    }
    if (deed === 'change' && form !== null) {
      const typed = form;
      const fields = html`<div class="form">${entryFields(typed, rules, true)}</div>
        ${noteField('Why it is changed', true)}`;
      return panel('Change it', fields, 'Change', () => void change(typed));
    }
    if (deed === 'remove') {
      const fields = html`${choice({
        legend: 'With what outcome',
        values: (Object.keys(removalNames) as Outcome[]).map((value) => ({
          value,
          label: removalNames[value],
        })),
        chosen: outcome,
        onChoose: (value) => {
          outcome = value;
          changed();
        },
      })}
      ${noteField('Note, if you wish')}`;
      return panel('Take it off the list', fields, 'Take it off', () => {
        if (outcome !== null) void end(told, outcome, 'remove');
        else {
          work.refusal = 'Choose an outcome.';
          changed();
        }
      });
    }
    return nothing;
  };

  const keys = (told: ShownHotPlate): TemplateResult => {
    const { state, pending } = told;
    const waits = pending !== null || state === 'draft' || state === 'awaiting';
    const isOpen = state === 'draft' || state === 'awaiting' || state === 'active';
    const offer = (
      isOffered: boolean,
      label: string,
      onPress: () => void,
      kind?: 'first' | 'danger',
    ) => (isOffered ? key({ label, onPress, ...(kind === undefined ? {} : { kind }) }) : nothing);
    const enters = may('hotplates.enter');
    return html`<div class="step-keys">
      ${offer(waits && may('hotplates.approve'), 'Approve', () => begin('approve'), 'first')}
      ${offer(waits && may('hotplates.approve'), 'Refuse', () => begin('refuse'))}
      ${offer(
        state === 'active' && enters && rules.refreshHours !== null,
        'It is still good',
        () => void refresh(),
      )}
      ${offer((state === 'active' || state === 'expired') && enters, 'Renew', () => begin('renew'))}
      ${offer(isOpen && enters, 'Change the entry', () => begin('change'))}
      ${offer(
        state === 'active' && may('alerts.respond'),
        'Vehicle recovered',
        () => void end(told, 'recovered', 'recovered'),
      )}
      ${offer(state !== 'removed' && enters, 'Take it off', () => begin('remove'), 'danger')}
    </div>`;
  };

  return {
    view() {
      const told = entry;
      return html`<section class="screen">
        <div class="screen-head">
          <h1>Hot plate</h1>
          ${key({ label: 'All hot plates', kind: 'quiet', onPress: () => go('hot-plates') })}
        </div>
        ${purposeLine()} ${deed === null ? work.line() : nothing}
        ${
          told === null
            ? html`<p>${work.lacksPurpose ? 'It is shown once it is said what for.' : work.refusal === '' ? 'Loading…' : ''}</p>`
            : html`${entryView(told, rules)}
                ${deed === null ? keys(told) : deedForm(told)}
                ${
                  log === null
                    ? html`<div class="row-keys">
                        ${key({ label: 'What was done to it', kind: 'quiet', onPress: () => void withHistory() })}
                      </div>`
                    : history(log)
                }`
        }
      </section>`;
    },
  };
}

/** The key that opened a form is gone: the focus goes on to its first field. */
function focusForm(): void {
  document.querySelector<HTMLElement>('form.step :is(input, textarea, select, button)')?.focus();
}

type Fact = [name: string, value: string | null | undefined];

const factList = (facts: readonly Fact[]): TemplateResult =>
  html`<dl class="fact-list">
    ${facts.map(([name, value]) => (value ? html`<dt>${name}</dt><dd>${value}</dd>` : nothing))}
  </dl>`;

const contentFacts = (content: HotPlateContent | null): Fact[] => [
  ['State of issue', content?.issuer],
  ['Category', content === null ? null : categoryNames[content.category]],
  ['Reason', content?.reason],
  ['Synopsis', content?.synopsis],
  ['Case', content?.caseNumber],
  ['Vehicle', vehicleWords(content)],
];

const personWords = ({ name, role }: HotPlate['enteredBy']): string =>
  `${name}, ${roleWords(role)}`;

function entryView(entry: ShownHotPlate, rules: HotPlateRules): TemplateResult {
  const { content, pending, enteredBy, approvedBy, ended } = entry;
  const { words, mood } = standingOf(entry);
  const waits = pending !== null || entry.state === 'draft' || entry.state === 'awaiting';
  const approvers = waits
    ? approversWords(rules, pending?.kind ?? 'new', pending?.by ?? enteredBy)
    : null;
  return html`${
    content?.plate == null
      ? nothing
      : html`<div class="plate-line">${plate('listed', content.plate)}</div>`
  }
    <p class="entry-standing"><b class=${mood}>${words}.</b> ${approvers ?? ''}</p>
    ${findingList(pending?.findings ?? entry.findings)}
    ${pending === null ? nothing : pendingView(entry, pending)}
    ${factList([
      ...contentFacts(content),
      ['Ends', content === null ? null : endWords(content.expires)],
      ['Alerts unless confirmed until', entry.refreshBy && when(Date.parse(entry.refreshBy))],
      ['Entered', `${when(Date.parse(entry.enteredAt))} by ${personWords(enteredBy)}`],
      [
        'Approved',
        approvedBy === null || entry.approvedAt === null
          ? null
          : `${when(Date.parse(entry.approvedAt))} by ${personWords(approvedBy)}`,
      ],
      ['Note of the approval', entry.approvalNote],
      ['Renewed', entry.renewals === 0 ? null : `${entry.renewals} times`],
      [
        'Read before',
        entry.pastReads === null
          ? null
          : `${entry.pastReads} reads in the last 30 days would have matched`,
      ],
      ['Ended', endedWords(ended)],
    ])}`;
}

function endedWords(ended: HotPlate['ended']): string | null {
  if (ended === null) return null;
  const { at, by, outcome, note } = ended;
  const words = outcome === null ? 'no outcome recorded' : removalNames[outcome].toLowerCase();
  return [when(Date.parse(at)), by?.name, words, note].filter(Boolean).join(', ');
}

/** What a change or renewal would make different. */
function pendingView(
  entry: ShownHotPlate,
  pending: NonNullable<HotPlate['pending']>,
): TemplateResult {
  return html`<section class="tile doubt">
    <h2>A ${pending.kind} is asked for by ${personWords(pending.by)}: ${pending.reason}</h2>
    ${differences(entry.content, pending.content)}
  </section>`;
}

function differences(
  before: HotPlateContent | null,
  after: HotPlateContent | null,
): TemplateResult {
  const facts = (content: HotPlateContent | null): Fact[] => [
    ['Plate', content?.plate],
    ...contentFacts(content),
    ['Ends', content === null ? null : endWords(content.expires)],
  ];
  const old = new Map(facts(before));
  const changes = facts(after).filter(
    ([name, value]) => (old.get(name) ?? null) !== (value ?? null),
  );
  return html`<ul class="differences">
    ${changes.map(
      ([name, value]) => html`<li>
        ${name}: <del>${old.get(name) ?? 'nothing'}</del> → <ins>${value ?? 'nothing'}</ins>
      </li>`,
    )}
  </ul>`;
}

/** Everything that was done to an entry, the newest first. */
function history(log: HotPlateWithLog['log']): TemplateResult {
  return html`<h2>What was done to it</h2>
    ${table({
      caption: 'What was done to this hot plate',
      columns: [
        { title: 'When', cell: ({ at }) => when(Date.parse(at)) },
        { title: 'What', cell: ({ kind }) => logNames[kind] },
        { title: 'Who', cell: ({ by }) => by?.name ?? 'The unit' },
        { title: 'Note', cell: ({ note }) => note },
        {
          title: 'Changed',
          cell: ({ before, after }) =>
            before === null || after === null ? null : differences(before, after),
        },
      ],
      rows: [...log].reverse(),
      empty: 'Nothing yet.',
      keyOf: ({ seq }) => String(seq),
    })}`;
}
