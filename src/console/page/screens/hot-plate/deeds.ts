import { html, nothing, type TemplateResult } from 'lit-html';
import type { ShownHotPlate } from '../../../../accountability/hotplates/hot-plate.ts';
import type * as operations from '../../../../accountability/hotplates/operations.ts';
import { perform } from '../../api.ts';
import { lastDayWords } from '../../days.ts';
import { draftOf, type EntryForm, entryFields, formOf } from '../../hot-plate-form.ts';
import { removalNames, soughtWords } from '../../hot-plate-words.ts';
import { choice } from '../../parts/choice.ts';
import { confirmDeed } from '../../parts/confirm.ts';
import { areaField, checkField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import type { HotPlateRules } from '../../policy-rules.ts';
import { changed, may, tell } from '../../state.ts';
import { timeOfDay, unitNowMs } from '../../words.ts';
import type { Work } from '../../work.ts';

const hourMs = 3_600_000;

type Deed = 'approve' | 'refuse' | 'change' | 'renew' | 'remove';
type Outcome = keyof typeof removalNames;

/** What a person may do with a hot plate. */
export interface HotPlateDeeds {
  /** The form of a deed is open. */
  readonly isOpen: boolean;
  /** The keys of all deeds, or the form of the one that was chosen. */
  view(told: ShownHotPlate): TemplateResult | typeof nothing;
}

/** `rules`: as the policy has them now; `onDone` gets the entry as it is after a deed. */
export function hotPlateDeeds(
  id: string,
  {
    work,
    rules,
    onDone,
  }: { work: Work; rules: () => HotPlateRules; onDone: (now: ShownHotPlate) => void },
): HotPlateDeeds {
  let deed: Deed | null = null;
  let note = '';
  let isRead = false;
  let days = '30';
  let outcome: Outcome | null = null;
  let form: EntryForm | null = null;

  const begin = (next: Deed | null, told?: ShownHotPlate) => {
    deed = next;
    note = '';
    isRead = false;
    outcome = null;
    work.refusal = '';
    form = next === 'change' && told?.content ? formOf(told.content, told.told) : null;
    days = String(Math.min(30, rules().maxDays ?? 30));
    changed();
    if (next !== null) queueMicrotask(focusForm);
  };
  /** Does it, and shows the entry as it is then. */
  const take = async (words: string, ask: () => Promise<ShownHotPlate>) => {
    const done = await work.run(ask);
    if (done === undefined) return;
    onDone(done);
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
      const end = (told.pending?.content ?? told.content)?.expires ?? null;
      const press = end === null ? 'Approve' : `Approve until ${lastDayWords(Date.parse(end))}`;
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
      ${noteField(
        hasFirst(rules()) && told.pending === null
          ? 'Note, where you approve in place of who is asked first'
          : 'Note, if you wish',
      )}`;
      return panel(`Approve ${what}`, fields, press, () => void approve(told));
    }
    if (deed === 'refuse') {
      return panel(`Refuse ${what}`, noteField('Why', true), 'Refuse', () => void refuse());
    }
    if (deed === 'renew') {
      const spans = [7, 14, 30, 90].filter((each) => each <= (rules().maxDays ?? 90));
      const fields = html`${choice({
        legend: 'For another',
        values: spans.map((each) => ({
          value: String(each),
          label: `${each} days, until ${lastDayWords(endAfter(told, each))}`,
        })),
        chosen: days,
        onChoose: (value) => {
          days = value;
          changed();
        },
      })}
      ${noteField('Why the need still exists', true)}`;
      const endMs = endAfter(told, Number(days));
      return panel(
        'Renew it',
        html`${fields}
          <p class="quiet-words">It then ends on ${lastDayWords(endMs)} at ${timeOfDay(endMs)}.</p>`,
        `Renew until ${lastDayWords(endMs)}`,
        () => void renew(),
      );
    }
    if (deed === 'change' && form !== null) {
      const typed = form;
      const fields = html`<div class="form">${entryFields(typed, rules(), true)}</div>
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
        state === 'active' && enters && rules().refreshHours !== null,
        `It is still good${goodUntil(told, rules())}`,
        () => void refresh(),
      )}
      ${offer((state === 'active' || state === 'expired') && enters, 'Renew', () => begin('renew'))}
      ${offer(isOpen && enters, 'Change the entry', () => begin('change', told))}
      ${offer(
        state === 'active' && may('alerts.respond'),
        'Vehicle recovered',
        () => void end(told, 'recovered', 'recovered'),
      )}
      ${offer(state !== 'removed' && enters, 'Take it off', () => begin('remove'), 'danger')}
    </div>`;
  };

  return {
    get isOpen() {
      return deed !== null;
    },
    view: (told) => (deed === null ? keys(told) : deedForm(told)),
  };
}

/** When an entry ends that is renewed now, ms: the days are added to the term that runs, or count from now (N 429.5(f)5). */
/** Whether one office is asked before others may approve a new entry. */
const hasFirst = ({ inOrder, approveNew, askFirst }: HotPlateRules): boolean =>
  inOrder === true && ((approveNew?.length ?? 0) > 1 || Object.keys(askFirst ?? {}).length > 0);

function endAfter({ content }: ShownHotPlate, days: number): number {
  const endMs = content?.expires ? Date.parse(content.expires) : 0;
  return Math.max(unitNowMs(), endMs) + days * 24 * hourMs;
}

/** Until when a confirmation holds, in words: for as long as the policy says, or until the entry ends (B 466.11). */
function goodUntil({ content }: ShownHotPlate, { refreshHours }: HotPlateRules): string {
  if (refreshHours === undefined || refreshHours === null) return '';
  const endMs = content?.expires ? Date.parse(content.expires) : Number.POSITIVE_INFINITY;
  return `, until ${lastDayWords(Math.min(unitNowMs() + refreshHours * hourMs, endMs))}`;
}

/** The key that opened a form is gone: the focus goes on to its first field. */
function focusForm(): void {
  document.querySelector<HTMLElement>('form.step :is(input, textarea, select, button)')?.focus();
}
