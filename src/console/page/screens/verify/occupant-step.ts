import { html } from 'lit-html';
import type { HitView } from '../../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../../accountability/verification/operations.ts';
import { perform } from '../../api.ts';
import { choice } from '../../parts/choice.ts';
import { areaField } from '../../parts/field.ts';
import { capital } from '../../words.ts';
import { type Answer, answers, type HitWork, type Step } from './hit-work.ts';

/** Whether the wanted person is in the vehicle; null where the entry is about no person. */
export function occupantStep({ id, purpose, take }: HitWork): (told: HitView) => Step | null {
  let otherGrounds = '';
  const say = (answer: Answer) => {
    const basis = answer === 'yes' || otherGrounds === '' ? {} : { basis: otherGrounds };
    const said = { id, answer, ...basis };
    void take((textLookedThrough) =>
      perform<typeof operations.checkOccupant>(
        'hits.check-occupant',
        { ...said, textLookedThrough },
        purpose(),
      ),
    ).then((isSaid) => {
      // What is recorded stands below, where it can be taken out.
      if (isSaid) otherGrounds = '';
    });
  };
  return ({ occupant }) => {
    if (occupant === null) return null;
    const { answer, basis } = occupant;
    return {
      name: 'occupant',
      title: 'Person',
      done: answer === null ? null : `${capital(answer)}${basis === null ? '' : `: ${basis}`}`,
      body: () => html`${choice({
        legend: 'Is the wanted person in the vehicle?',
        values: answers,
        chosen: answer as Answer | null,
        onChoose: say,
        isGuarded: true,
      })}
      ${areaField({
        name: 'grounds',
        label: 'If not: other grounds for a stop, in a sentence',
        value: otherGrounds,
        longest: 1000,
        onInput: (text) => {
          otherGrounds = text;
        },
      })}`,
    };
  };
}
