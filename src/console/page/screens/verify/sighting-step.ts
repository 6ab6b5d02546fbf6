import { html } from 'lit-html';
import type { HitView } from '../../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../../accountability/verification/operations.ts';
import { perform } from '../../api.ts';
import { textField } from '../../parts/field.ts';
import { type HeadingPoint, headingDial } from '../../parts/heading-dial.ts';
import { key } from '../../parts/key.ts';
import { sightingWords } from '../../parts/sighting-words.ts';
import { changed, tell } from '../../state.ts';
import type { HitWork, Step } from './hit-work.ts';

/** Where the vehicle was seen again: what the cameras saw, and an update that a person tells all screens and dispatch (B 466.9(e)). */
export function sightingStep({ id, purpose, take }: HitWork): (told: HitView) => Step | null {
  let heading: HeadingPoint | null = null;
  let place = '';
  const send = async () => {
    if (heading === null) return;
    const said = { id, heading, ...(place.trim() === '' ? {} : { place }) };
    const isTold = await take((textLookedThrough) =>
      perform<typeof operations.tellSighting>(
        'hits.tell-sighting',
        { ...said, textLookedThrough },
        purpose(),
      ),
    );
    if (!isTold) return;
    heading = null;
    place = '';
    tell('Told: it is on the alert and in Open alerts, and dispatch gets it.', 'done');
  };
  return ({ sightings, disposition }) => {
    const [last] = sightings;
    if (disposition !== null && last === undefined) return null;
    return {
      name: 'sighting',
      title: 'Seen again',
      done: last === undefined ? null : sightingWords(last),
      body: () => html`
        ${
          sightings.length < 2
            ? ''
            : html`<ul class="sightings">
                ${sightings.slice(1).map((each) => html`<li>${sightingWords(each)}</li>`)}
              </ul>`
        }
        ${
          disposition !== null
            ? ''
            : html`${headingDial({
                legend: 'Direction of travel',
                chosen: heading,
                onChoose: (chosen) => {
                  heading = chosen;
                  changed();
                },
              })}
              ${textField({
                name: 'sighting-place',
                label: 'Where, in a few words',
                value: place,
                longest: 120,
                onInput: (text) => {
                  place = text;
                },
              })}
              <div class="step-keys">
                ${key({
                  label: heading === null ? 'Choose a direction' : `Tell: heading ${heading}`,
                  kind: 'first',
                  isGuarded: true,
                  isDisabled: heading === null,
                  onPress: () => void send(),
                })}
              </div>`
        }`,
    };
  };
}
