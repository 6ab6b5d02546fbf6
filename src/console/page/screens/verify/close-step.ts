import { html, nothing, type TemplateResult } from 'lit-html';
import type { Disposed } from '../../../../accountability/verification/closing-desk.ts';
import type { HitView } from '../../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../../accountability/verification/operations.ts';
import { perform } from '../../api.ts';
import { numberOfHit } from '../../hit-purpose.ts';
import { areaField, textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { type NumberPad, numberPad } from '../../parts/number-pad.ts';
import { recentWords, rememberWord } from '../../recent-words.ts';
import { changed, tell } from '../../state.ts';
import { withoutCommands } from '../../without-commands.ts';
import { when } from '../../words.ts';
import type { HitWork, Step } from './hit-work.ts';

const outcomeNames = {
  arrest: 'Arrest',
  citation: 'Citation',
  recovered: 'Recovered',
  person_located: 'Person located',
  other_enforcement: 'Other action',
  no_action: 'No action',
  not_located: 'Not located',
  not_wanted: 'Not wanted',
  misread_characters: 'Misread plate',
  misread_state: 'Misread state',
  stale_entry: 'Old entry',
  bad_entry: 'Wrong entry',
  entry_removed: 'Entry removed',
} as const;

type Outcome = keyof typeof outcomeNames;

/** How the alert ended: the outcome, what a misread plate really shows, and the number that dispatch gave. */
export function closeStep(
  { id, purpose, take }: HitWork,
  onClosed: () => void,
): (told: HitView) => Step {
  let outcome: Outcome | null = null;
  let corrected = '';
  let notes = '';
  let why = '';
  const pad: NumberPad = { value: '' };

  /** `isOpen`: as the person sees it. */
  const close = async (ended: Outcome, isOpen: boolean) => {
    const number = pad.value.trim();
    const said = {
      id,
      outcome: ended,
      takenForOpen: isOpen,
      ...(number === '' ? {} : { cadNumber: number }),
      ...(notes.trim() === '' ? {} : { notes }),
      ...correctionOf(ended, corrected),
    };
    let prompt: string | null = null;
    let muted: Disposed['muted'] = null;
    const isClosed = await take(async (textLookedThrough) => {
      const done = await perform<typeof operations.disposeHit>(
        'hits.dispose',
        { ...said, textLookedThrough },
        purpose(),
      );
      ({ prompt, muted } = done);
      return done.view;
    });
    if (!isClosed) return;
    rememberWord('numbers', number);
    const next = prompt === null ? [] : [withoutCommands(prompt)];
    tell(['Closed.', ...mutedWords(muted), ...next].join(' '), 'done');
    onClosed();
  };

  const reopen = async () => {
    const isOpen = await take((textLookedThrough) =>
      perform<typeof operations.reopenHit>(
        'hits.reopen',
        { id, why, textLookedThrough },
        purpose(),
      ),
    );
    if (!isOpen) return;
    why = '';
    outcome = null;
    tell('It is open again, and nothing is muted for it.', 'done');
  };

  const choose = (told: HitView, chosen: Outcome | null) => {
    outcome = chosen;
    if (pad.value === '') pad.value = numberOfHit(id);
    corrected =
      chosen === 'misread_characters' ? (told.visual.characters?.shows ?? told.plate ?? '') : '';
    changed();
  };
  const grid = (told: HitView) => html`<div class="outcomes">
    ${fittingOutcomes(told).map((each) =>
      key({ label: outcomeNames[each], isGuarded: true, onPress: () => choose(told, each) }),
    )}
  </div>`;
  const correction = (label: string): TemplateResult =>
    textField({
      name: 'corrected',
      label,
      kind: 'plate',
      value: corrected,
      longest: 20,
      onInput: (text) => {
        corrected = text.toUpperCase();
      },
    });
  const ended = (told: HitView, of: Outcome) => html`<div class="chosen">
      <p>${outcomeNames[of]}</p>
      ${key({ label: 'Another outcome', kind: 'quiet', onPress: () => choose(told, null) })}
    </div>
    ${of === 'misread_characters' ? correction('Plate as on the vehicle') : nothing}
    ${of === 'misread_state' ? correction('State as on the plate') : nothing}`;
  const ending = (told: HitView, of: Outcome) => html`${numberPad(
    pad,
    'CAD or incident number',
    recentWords('numbers'),
    key({
      label: `Close: ${outcomeNames[of]}`,
      onPress: () => void close(of, told.disposition === null),
      kind: 'first',
      isGuarded: true,
    }),
    ended(told, of),
  )}
    ${areaField({
      name: 'closing-notes',
      label: 'Notes of the call, where a number is not enough; no names',
      value: notes,
      longest: 1000,
      onInput: (text) => {
        notes = text;
      },
    })}`;

  const again = () => html`${areaField({
    name: 'why-reopened',
    label: 'If it was closed by mistake: why it is opened again',
    value: why,
    longest: 1000,
    onInput: (text) => {
      why = text;
    },
  })}
    <div class="step-keys">
      ${key({ label: 'Open it again', onPress: () => void reopen(), isGuarded: true })}
    </div>`;

  return (told) => ({
    name: 'close',
    title: 'Close',
    done: told.disposition && outcomeNames[told.disposition.outcome as Outcome],
    body: () => {
      if (outcome !== null) return ending(told, outcome);
      return html`${grid(told)} ${told.disposition === null ? nothing : again()}`;
    },
  });
}

/** What raises no alert now, and until when. */
function mutedWords(muted: Disposed['muted']): string[] {
  if (muted === null) return [];
  const { scope, until } = muted;
  const what = scope === 'plate' ? 'Reads of this plate' : 'Reads of this entry';
  const end = until === null ? 'its entry changes' : when(Date.parse(until));
  return [`${what} raise no alert until ${end}.`];
}

/** What the plate or its state really is, where it was misread. */
function correctionOf(outcome: Outcome, corrected: string) {
  if (corrected === '') return {};
  if (outcome === 'misread_characters') return { correctedPlate: corrected };
  return outcome === 'misread_state' ? { correctedState: corrected } : {};
}

/** All outcomes, those that fit what was found first. */
function fittingOutcomes({ visual, status, state, actions, entryEnd }: HitView): Outcome[] {
  const all = (Object.keys(outcomeNames) as Outcome[]).filter(
    (outcome) => outcome !== 'entry_removed' || entryEnd !== null,
  );
  const first: Outcome[] = entryEnd === null ? [] : ['entry_removed'];
  if (visual.characters?.answer === 'no') first.push('misread_characters');
  if (visual.state?.answer === 'no') first.push('misread_state');
  if (status?.result === 'not_wanted') first.push('not_wanted', 'stale_entry');
  if (actions.length > 0 || state === 'validated') first.push('arrest', 'recovered', 'citation');
  if (first.length === 0) first.push('not_located', 'no_action');
  return [...new Set([...first, ...all])];
}
