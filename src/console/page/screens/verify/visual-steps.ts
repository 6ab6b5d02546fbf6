import { html, type TemplateResult } from 'lit-html';
import type { HitView } from '../../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../../accountability/verification/operations.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { choice } from '../../parts/choice.ts';
import { textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { picture, vehicleAround } from '../../parts/picture.ts';
import { plate } from '../../parts/plate.ts';
import { may, page } from '../../state.ts';
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
  let another = '';
  const say = (seen: { [Each in Aspect]?: Answer } & { shows?: string }) =>
    void take(() =>
      perform<typeof operations.confirmVisual>('hits.confirm-visual', { id, ...seen }, purpose()),
    );
  const ask = (told: HitView, aspect: Aspect) =>
    choice({
      legend: questions[aspect],
      values: answers,
      chosen: (told.visual[aspect]?.answer as Answer | undefined) ?? null,
      onChoose: (answer) => say({ [aspect]: answer }),
      isGuarded: true,
    });
  /** Where the read is not the listed plate, or only a part is listed: a plain no, or either, would decide nothing (VER-1). */
  const askWhich = (told: HitView) => html`${
    told.match.tier === 'near'
      ? asReadOrListed(told, say)
      : choice({
          legend: questions.characters,
          values: answers.filter(
            ({ value }) => value === 'unknown' || (value === 'yes' && told.isListedAsRead),
          ),
          chosen: (told.visual.characters?.answer as Answer | undefined) ?? null,
          onChoose: (answer) => say({ characters: answer }),
          isGuarded: true,
        })
  }
    <div class="row-keys">
      ${textField({
        name: 'another-plate',
        label: 'Another plate: as it is, with ? for what cannot be made out',
        kind: 'plate',
        value: another,
        longest: 20,
        onInput: (text) => {
          another = text.toUpperCase();
        },
      })}
      ${key({ label: 'It is this plate', onPress: () => say({ shows: another }), isGuarded: true })}
    </div>`;
  return (told) =>
    aspects.map((aspect) => {
      const said = told.visual[aspect];
      const unasked = aspect === 'vehicle' ? told.vehicleUnasked : null;
      return {
        name: aspect,
        title: capital(aspect),
        done: said === null ? unasked && capital(unasked) : saidWords(said),
        body: () => html`${evidence(told, aspect)}
          ${aspect === 'characters' && told.match.tier !== 'exact' ? askWhich(told) : ask(told, aspect)}`,
      };
    });
}

const saidWords = ({ answer, shows, by }: NonNullable<HitView['visual'][Aspect]>) =>
  `${capital(answer)}${shows === null ? '' : `: ${shows}`}, ${by}`;

/** Which of the two plates the vehicle carries, each written out on its key. */
function asReadOrListed(
  { match: { entry }, plate: counts, likeliest: read, visual: { characters } }: HitView,
  say: (seen: { characters?: Answer; shows?: string }) => void,
): TemplateResult {
  const plates = { listed: entry.plate, read };
  const chosen = (['listed', 'read'] as const).find((each) => characters?.shows === plates[each]);
  return choice({
    legend: 'Which plate is on the vehicle?',
    values: [
      { value: 'listed', label: `As listed: ${entry.plate}` },
      ...(read === entry.plate
        ? []
        : [
            {
              value: 'read' as const,
              label: `${counts === null ? 'Likeliest' : 'As read'}: ${read}`,
            },
          ]),
      { value: 'unknown', label: 'Cannot tell' },
    ],
    chosen: chosen ?? (characters?.answer === 'unknown' ? 'unknown' : null),
    onChoose: (which) =>
      say(which === 'unknown' ? { characters: 'unknown' } : { shows: plates[which] }),
    isGuarded: true,
  });
}

/** What the officer compares for one aspect. */
function evidence(told: HitView, aspect: Aspect): TemplateResult {
  return html`<div class="evidence">${aspect === 'vehicle' ? vehicles(told) : plates(told, aspect)}</div>`;
}

function vehicles({ match: { entry }, detectionId }: HitView): TemplateResult {
  const live = shownAlert(detectionId);
  const described = [entry.colour, entry.year, entry.make, entry.model].filter((word) => word);
  const shown = live?.images.overview ?? live?.images.ir ?? null;
  const around = live?.vehicleBox ? vehicleAround(live.vehicleBox) : null;
  return html`${shown === null ? noPicture(detectionId) : picture(shown, 'The vehicle', 'vehicle', around)}
    <p class="described">Listed: <b>${described.join(' ') || 'not described'}</b></p>`;
}

function plates(
  { match, plate: counts, likeliest: read, detectionId }: HitView,
  aspect: Aspect,
): TemplateResult {
  const { entry } = match;
  const columns = Math.max(read.length, entry.plate.length);
  const differs = match.differences.map(({ position }) => position);
  const live = shownAlert(detectionId);
  const crop = live?.images.plate ?? null;
  const state = live?.listed.state?.name ?? entry.state ?? 'no state';
  return html`${crop === null ? noPicture(detectionId) : picture(crop, 'The plate', 'crop')}
    <div class="plates">
      ${plate('read', read, { differs }, columns)}
      <p class="label">${counts === null ? 'Not read, likeliest' : 'Read'}</p>
      ${plate('listed', entry.plate, { differs }, columns)}
      <p class="label ${aspect === 'state' ? 'asked' : ''}">Listed <b>${state}</b></p>
    </div>`;
}

/** Pictures of an alert that is on no screen any more are on its read. */
const noPicture = (detectionId: string): TemplateResult =>
  shownAlert(detectionId) === undefined && may('detections.search')
    ? html`<div class="no-picture">
        ${key({ label: 'Pictures of its read', onPress: () => go(`read/${detectionId}`), kind: 'quiet' })}
      </div>`
    : html`<p class="no-picture">No picture</p>`;

/** The alert of this vehicle as this person is shown it, for its pictures. */
function shownAlert(detectionId: string) {
  const told = page.alerts.get(detectionId);
  return told?.withheld === false ? told : undefined;
}
