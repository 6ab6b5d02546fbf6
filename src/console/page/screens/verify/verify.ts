import { html, nothing, type TemplateResult } from 'lit-html';
import type { HitView } from '../../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../../accountability/verification/operations.ts';
import { go } from '../../address.ts';
import { perform, Refused, wordsOf } from '../../api.ts';
import { actOn } from '../../guard.ts';
import { giveNumber, lacksNumber, purposeOfHit } from '../../hit-purpose.ts';
import { confirmDeed } from '../../parts/confirm.ts';
import { key } from '../../parts/key.ts';
import type { Screen } from '../../screen.ts';
import { changed, may, page, plateOf } from '../../state.ts';
import { onRefusal, pollSoon } from '../../stream.ts';
import { whileHere } from '../../while-here.ts';
import { standingNames } from '../../words.ts';
import { newWork } from '../../work.ts';
import { actStep } from './act-step.ts';
import { isAtDispatch } from './at-dispatch.ts';
import { claimPart } from './claim-part.ts';
import { closeStep } from './close-step.ts';
import type { HitWork, Step } from './hit-work.ts';
import { numberStep } from './number-step.ts';
import { occupantStep } from './occupant-step.ts';
import { sightingStep } from './sighting-step.ts';
import { statusStep } from './status-step.ts';
import { aspects, visualSteps } from './visual-steps.ts';
import { writtenTexts } from './written-texts.ts';

/** From the alert to its disposition: all steps in a line, and the one that comes next, or that was chosen, below. */
export function verify(id: string): Screen {
  let hit: HitView | null = null;
  /** The step that was opened again, or null: the first that is not done. */
  let unfolded: string | null = null;
  const work = newWork(async () => {
    hit = await look();
  });
  const hitWork: HitWork = {
    id,
    purpose: () => purposeOfHit(id),
    async take(deed) {
      const now = await work.run(() => readAgain(deed));
      if (now === undefined) return false;
      hit = now;
      unfolded = null;
      changed();
      // One that is on no card any more is told by no event.
      void pollSoon();
      return true;
    },
  };
  const look = () => perform<typeof operations.openHit>('hits.open', { id }, purposeOfHit(id));
  const show = (now: HitView) => {
    if (work.isBusy) return;
    hit = now;
    changed();
  };
  const follow = followed(look, show);
  if (!lacksNumber(id)) void hitWork.take(look);
  const askNumber = numberStep(async (number) => {
    giveNumber(id, number);
    // A number that the unit refuses is asked for again.
    if (number !== '' && !(await hitWork.take(look))) giveNumber(id, '');
    changed();
  });

  const visual = visualSteps(hitWork);
  const status = statusStep(hitWork);
  const occupant = occupantStep(hitWork);
  const sighting = sightingStep(hitWork);
  const act = actStep(hitWork);
  const close = closeStep(hitWork, () => go('drive'));
  const claimed = claimPart(hitWork);
  const written = writtenTexts(hitWork);
  const stepsOf = (told: HitView): Step[] =>
    [
      ...visual(told),
      status(told),
      occupant(told),
      may('alerts.enforce') ? act(told) : null,
      sighting(told),
      close(told),
    ].filter((step) => step !== null);

  const stepHead = ({ name, title, done }: Step, isOpen: boolean) => html`<button
    type="button"
    class="step-head ${done === null ? '' : 'done'}"
    aria-expanded=${String(isOpen)}
    @click=${() => {
      unfolded = name;
      // It was about another step.
      work.refusal = '';
      changed();
    }}
  >
    ${title}
  </button>`;

  return {
    comeBack() {
      if (hit !== null) void look().then(show, onRefusal);
    },
    view() {
      if (hit === null) {
        return html`<section class="screen">
          ${headOf(id)} ${work.line()} ${lacksNumber(id) ? askNumber() : work.refusal === '' ? html`<p>Loading…</p>` : html`<div class="step-keys">${back()}</div>`}
        </section>`;
      }
      const told = hit;
      actOn(`verify ${told.id} ${told.state} ${told.steps.length}`);
      if (!work.isBusy) void follow(told);
      const steps = stepsOf(told);
      const open = steps.find(({ name }) => name === (unfolded ?? nextStep(told)));
      return html`<section class="screen verify">
        <header class="verify-head">
          <h1>${told.visual.characters?.shows ?? told.named} <span class="of-kind">${told.title}</span></h1>
          <p><b>${standingNames[told.state] ?? told.state}</b> · Hit ${told.shortId}</p>
          ${told.caution.length === 0 ? nothing : html`<p class="caution">${told.caution.join(' · ')}</p>`}
        </header>
        <div class="steps">
          ${steps.map((step) => stepHead(step, step === open))}
          ${back()}
        </div>
        ${work.line()} ${open && stepBody(open)} ${claimed(told)} ${written(told)}
        <p class="purpose">
          Recorded with the purpose “${purposeWords(id)}”.
        </p>
      </section>`;
    },
  };
}

const back = (): TemplateResult =>
  key({ label: 'Back', onPress: () => go('drive'), kind: 'quiet' });

/** Does it; where words look personal, once more when the person says that they have read them and that they must stand. */
async function readAgain(deed: (textLookedThrough: boolean) => Promise<HitView>): Promise<HitView> {
  const isHere = whileHere();
  try {
    return await deed(false);
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'text-not-looked-through') throw error;
    const question = {
      title: 'Must these words stand?',
      words: wordsOf(error),
      deed: 'They must stand',
      kind: 'first' as const,
    };
    const isMeant = await confirmDeed(question, isHere);
    if (!isMeant) throw error;
    return deed(true);
  }
}

/** Which alert it is, as far as this person may see it: another one may have been on the screen a moment ago. */
function headOf(id: string): TemplateResult {
  const live = [...page.alerts.values()].find((each) => !each.withheld && each.hitId === id);
  return live === undefined
    ? html`<h1>Verify</h1>`
    : html`<h1>Verify ${plateOf(live)} <span class="of-kind">${live.title}</span></h1>`;
}

function purposeWords(id: string): string {
  const stated = purposeOfHit(id);
  if (!('purpose' in stated)) return '';
  const { purpose, incidentNumber } = stated;
  return incidentNumber === undefined ? purpose : `${purpose}”, incident “${incidentNumber}`;
}

const stepBody = ({ title, done, body }: Step): TemplateResult => html`<div class="step-body">
  ${done === null ? '' : html`<p class="good">${title}: ${done}</p>`} ${body()}
</div>`;

/**
 * Looks the hit up again when there is news of it on the live alert: a step of dispatch or of an officer on another
 * screen, or that its entry is gone.
 */
function followed(look: () => Promise<HitView>, show: (now: HitView) => void) {
  let lookedFor = { steps: 0, entryEnd: '' };
  return async (shown: HitView): Promise<void> => {
    const live = page.alerts.get(shown.detectionId);
    if (live === undefined || live.withheld || live.hitId !== shown.id) return;
    const steps = live.standing?.steps ?? 0;
    const entryEnd = live.standing?.entryEnd?.at ?? '';
    const isEnded = entryEnd !== lookedFor.entryEnd && entryEnd !== (shown.entryEnd?.at ?? '');
    const known = shown.steps.length + shown.steps.filter(({ struck }) => struck !== null).length;
    if (steps <= Math.max(lookedFor.steps, known) && !isEnded) return;
    lookedFor = { steps, entryEnd };
    try {
      show(await look());
    } catch (error) {
      onRefusal(error);
    }
  };
}

/** The step that comes next. */
function nextStep(told: HitView): string {
  const { visual, vehicleUnasked, status, occupant, exigent, act, actions, disposition } = told;
  if (disposition !== null) return 'close';
  const isUnanswered = status === null || status.result === 'no_response';
  // Who sees no vehicle looks it up, and tells where it goes (B 466.9).
  if (isAtDispatch()) return isUnanswered ? 'status' : 'sighting';
  // Dispatch confirms; whoever is at the vehicle compares it, and says what came of it.
  if (!may('alerts.enforce')) return 'status';
  for (const aspect of aspects) {
    if (aspect === 'vehicle' && vehicleUnasked !== null) continue;
    if (visual[aspect] === null) return aspect;
  }
  // Who acted before the status was known, and need not, says what came of it.
  if (actions.length > 0 && exigent === null) return 'close';
  const mayAct = act.allowed && actions.length === 0;
  // Who cannot wait for the status acts now, and says it afterwards.
  if (exigent !== null && mayAct) return 'act';
  if (isUnanswered) return 'status';
  if (occupant !== null && occupant.answer === null) return 'occupant';
  return mayAct ? 'act' : 'close';
}
