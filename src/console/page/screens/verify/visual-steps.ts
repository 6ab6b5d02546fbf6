import { html, type TemplateResult } from 'lit-html';
import type { HitView } from '../../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../../accountability/verification/operations.ts';
import { perform } from '../../api.ts';
import { choice } from '../../parts/choice.ts';
import { picture, vehicleAround } from '../../parts/picture.ts';
import { plate } from '../../parts/plate.ts';
import { page } from '../../state.ts';
import { capital } from '../../words.ts';
import { type Answer, answers, type HitWork, type Step } from './hit-work.ts';

export type Aspect = keyof HitView['visual'];

const questions: Record<Aspect, string> = {
  characters: 'Is this the plate on the vehicle?',
  state: 'Is the state of issue the listed one?',
  vehicle: 'Does the vehicle fit its description?',
};

export const aspects = Object.keys(questions) as Aspect[];

/** What an officer compares by eye: characters, state of issue, vehicle. */
export function visualSteps({ id, purpose, take }: HitWork): (told: HitView) => Step[] {
  const see = (aspect: Aspect, answer: Answer) =>
    void take(() =>
      perform<typeof operations.confirmVisual>(
        'hits.confirm-visual',
        { id, [aspect]: answer },
        purpose,
      ),
    );
  return (told) =>
    aspects.map((aspect) => {
      const said = told.visual[aspect];
      const unasked = aspect === 'vehicle' ? told.vehicleUnasked : null;
      return {
        name: aspect,
        title: capital(aspect),
        done: said === null ? unasked && capital(unasked) : `${capital(said.answer)}, ${said.by}`,
        body: () => html`${evidence(told, aspect)}
          ${choice({
            legend: questions[aspect],
            values: answers,
            chosen: (said?.answer as Answer | undefined) ?? null,
            onChoose: (answer) => see(aspect, answer),
            isGuarded: true,
          })}`,
      };
    });
}

/** What the officer compares for one aspect. */
function evidence(told: HitView, aspect: Aspect): TemplateResult {
  return html`<div class="evidence">${aspect === 'vehicle' ? vehicles(told) : plates(told)}</div>`;
}

function vehicles({ match: { entry }, detectionId }: HitView): TemplateResult {
  const live = shownAlert(detectionId);
  const described = [entry.colour, entry.year, entry.make, entry.model].filter((word) => word);
  const shown = live?.images.overview ?? live?.images.ir ?? null;
  const around = live?.vehicleBox ? vehicleAround(live.vehicleBox) : null;
  return html`${shown === null ? noPicture : picture(shown, 'The vehicle', 'vehicle', around)}
    <p class="described">Listed: <b>${described.join(' ') || 'not described'}</b></p>`;
}

function plates({ match, plate: read, detectionId }: HitView): TemplateResult {
  const { entry } = match;
  const columns = Math.max(read.length, entry.plate.length);
  const differs = match.differences.map(({ position }) => position);
  const crop = shownAlert(detectionId)?.images.plate ?? null;
  return html`${crop === null ? noPicture : picture(crop, 'The plate', 'crop')}
    <div class="plates">
      ${plate('read', read, { differs }, columns)}
      <p class="label">Read</p>
      ${plate('listed', entry.plate, { differs }, columns)}
      <p class="label">Listed <b>${entry.state ?? 'no state'}</b></p>
    </div>`;
}

const noPicture = html`<p class="no-picture">No picture</p>`;

/** The alert of this vehicle as this person is shown it, for its pictures. */
function shownAlert(detectionId: string) {
  const told = page.alerts.get(detectionId);
  return told?.withheld === false ? told : undefined;
}
