import { html, nothing, type TemplateResult } from 'lit-html';
import type { HotPlate } from '../../../accountability/hotplates/hot-plate.ts';
import type { PastReads } from '../../../accountability/hotplates/hot-plates.ts';
import type * as operations from '../../../accountability/hotplates/operations.ts';
import { go } from '../address.ts';
import { perform } from '../api.ts';
import {
  draftOf,
  type EntryForm,
  entryFields,
  firstDifference,
  newEntryForm,
} from '../hot-plate-form.ts';
import { approversWords } from '../hot-plate-words.ts';
import { findingList } from '../parts/findings.ts';
import { key } from '../parts/key.ts';
import { type HotPlateRules, readHotPlateRules } from '../policy-rules.ts';
import { lookFor } from '../purpose.ts';
import { rememberWord } from '../recent-words.ts';
import type { Screen } from '../screen.ts';
import { changed, isHeadquarters, may, page, tell } from '../state.ts';
import { newWork } from '../work.ts';

/** What was typed and not entered yet: it stays while the person looks at something else. */
let kept: EntryForm | null = null;

/** Entering a hot plate: what it is, why it is looked for, and until when. */
export function hotPlateEntry(): Screen {
  let rules: HotPlateRules | null = null;
  let past: { plate: string; reads: PastReads } | null = null;
  let entered: HotPlate | null = null;
  kept ??= newEntryForm();
  const work = newWork();
  void readHotPlateRules().then((read) => {
    rules = read;
    changed();
    if (kept?.hasPad === false) {
      queueMicrotask(() => document.getElementById('field-plate')?.focus());
    }
  });

  const lookBack = async (form: EntryForm) => {
    const { plate } = form;
    const reads = await work.run(() =>
      /[?*]/.test(plate)
        ? lookFor<typeof operations.previewWildcards>('hotplates.preview', { plate })
        : lookFor<typeof operations.lookUpPastReads>('hotplates.past-reads', { plate }),
    );
    if (reads !== undefined) past = { plate, reads };
    changed();
  };

  const enter = async (form: EntryForm) => {
    const { category } = form;
    if (category === '') {
      work.refusal = 'Choose a category.';
      return changed();
    }
    const draft = draftOf(form, category);
    const made = await work.run(() =>
      perform<typeof operations.enterHotPlate>('hotplates.enter', draft),
    );
    if (made === undefined) return;
    rememberWord('issuers', form.state.trim().toUpperCase());
    rememberWord('cases', form.caseNumber.trim());
    rememberWord('reasons', form.reason.trim());
    kept = null;
    entered = made;
    tell(resultWords(made), 'done');
  };

  const again = () => {
    kept = newEntryForm();
    entered = null;
    past = null;
    changed();
  };

  return {
    view() {
      if (entered !== null) return doneView(entered, rules ?? {}, again);
      kept ??= newEntryForm();
      const form = kept;
      if (rules === null) return html`<section class="screen"><h1>Enter a hot plate</h1></section>`;
      const isTwice = rules.doubleEntry !== false;
      const isReady =
        form.kind === 'description' ||
        !isTwice ||
        (form.isSecond &&
          form.plateAgain.length === form.plate.length &&
          firstDifference(form) === null);
      const submit = (event: Event) => {
        event.preventDefault();
        if (isReady) void enter(form);
      };
      const approvers = approversWords(rules, 'new', {
        username: page.session?.username ?? '',
        role: page.session?.role ?? '',
      });
      return html`<section class="screen">
        <div class="screen-head">
          <h1>Enter a hot plate</h1>
          <div class="row-keys">
            ${rules.descriptionOnly === false ? nothing : kindKey(form)}
            ${key({ label: 'All hot plates', kind: 'quiet', onPress: () => go('hot-plates') })}
          </div>
        </div>
        ${movingLine()}
        <form class="form" @submit=${submit}>
          ${entryFields(form, rules)}
          ${form.kind === 'plate' && form.plate !== '' ? pastLine(form, past, () => void lookBack(form)) : nothing}
          <div class="whole">${work.line()}</div>
          ${approvers === null ? nothing : html`<p class="whole quiet-words">${approvers}</p>`}
          <div class="whole step-keys">
            <button type="submit" class="key first" ?disabled=${work.isBusy || !isReady}>
              ${isReady ? 'Enter' : 'Type the plate twice, then enter'}
            </button>
            ${key({ label: 'Clear', kind: 'quiet', onPress: again })}
          </div>
        </form>
      </section>`;
    },
  };
}

/** Turns to an entry by what the vehicle looks like, and back to one by its plate. */
function kindKey(form: EntryForm): TemplateResult {
  const isByPlate = form.kind === 'plate';
  return key({
    label: isByPlate ? 'No plate is known' : 'A plate is known',
    kind: 'quiet',
    onPress: () => {
      form.kind = isByPlate ? 'description' : 'plate';
      changed();
    },
  });
}

/** Above this speed a car moves, m/s. */
const movingMps = 2;

function movingLine(): TemplateResult | typeof nothing {
  const speed = page.status.position?.speedMps ?? 0;
  if (page.session?.at.mode !== 'mobile' || speed < movingMps) return nothing;
  return html`<p class="refusal">The car moves: stop first, or let a passenger type.</p>`;
}

/** Whether this plate was read here before; asked with a purpose. */
function pastLine(
  { plate }: EntryForm,
  past: { plate: string; reads: PastReads } | null,
  onAsk: () => void,
): TemplateResult | typeof nothing {
  if (!/[?*]/.test(plate) && !may('detections.search')) return nothing;
  if (past?.plate === plate) return html`<p class="whole past-reads">${pastWords(past.reads)}</p>`;
  const label = /[?*]/.test(plate)
    ? 'How many would it match?'
    : `Was it read ${readers()} before?`;
  return html`<div class="whole row-keys">${key({ label, kind: 'quiet', onPress: onAsk })}</div>`;
}

/** Headquarters has the reads of all units. */
const readers = (): string => (isHeadquarters() ? 'by any unit' : 'here');

function pastWords({ ever, more, last30Days }: PastReads): string {
  if (ever === 0) return `Not read ${readers()} before.`;
  const times = ever === 1 && !more ? 'once' : `${ever}${more ? ' or more' : ''} times`;
  return `Read ${readers()} ${times} before, ${last30Days} of them in the last 30 days.`;
}

function resultWords({ state, findings }: HotPlate): string {
  if (state === 'draft') return 'Held back: its text must be changed or looked through.';
  if (state === 'awaiting') return 'Entered. It alerts once it is approved.';
  const isUntold = findings.some(({ kind }) => kind === 'untold');
  return isUntold
    ? 'Entered. It is on file, and alerts on nothing.'
    : 'Entered. It alerts from now on.';
}

function doneView(entry: HotPlate, rules: HotPlateRules, onAgain: () => void): TemplateResult {
  const approvers = entry.state === 'active' ? null : approversWords(rules, 'new', entry.enteredBy);
  return html`<section class="screen">
    <h1>${resultWords(entry)}</h1>
    ${approvers === null ? nothing : html`<p>${approvers}</p>`}
    ${entry.pastReads === null ? nothing : html`<p>It would have matched ${entry.pastReads} reads of the last 30 days.</p>`}
    ${findingList(entry.findings)}
    <div class="step-keys">
      ${key({ label: 'Open it', onPress: () => go(`hot-plates/${entry.id}`) })}
      ${key({ label: 'Enter another', onPress: onAgain })}
      ${key({ label: 'All hot plates', kind: 'quiet', onPress: () => go('hot-plates') })}
    </div>
  </section>`;
}
