import { html, nothing } from 'lit-html';
import type { HitView } from '../../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../../accountability/verification/operations.ts';
import { perform } from '../../api.ts';
import { areaField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { capital } from '../../words.ts';
import type { HitWork, Step } from './hit-work.ts';

const actions = ['stop', 'detention', 'arrest', 'citation', 'tow'] as const;

/** What the officer does, as far as the unit allows it now; what is missing for it; and the exigent exit. */
export function actStep({ id, purpose, take }: HitWork): (told: HitView) => Step {
  let whyExigent = '';
  const enforce = (action: (typeof actions)[number]) =>
    void take(() =>
      perform<typeof operations.recordEnforcement>('hits.enforce', { id, action }, purpose()),
    );
  const declareExigent = async () => {
    const isDeclared = await take(() =>
      perform<typeof operations.declareExigent>(
        'hits.exigent',
        { id, text: whyExigent },
        purpose(),
      ),
    );
    if (isDeclared) whyExigent = '';
  };

  const allowed = ({ act, pursuitText }: HitView) => html`
    ${act.warnings.map((text) => html`<p class="doubt">${capital(text)}.</p>`)}
    ${pursuitText === null ? nothing : html`<p class="pursuit">${pursuitText}</p>`}
    <div class="step-keys">
      ${actions.map((action) =>
        key({ label: capital(action), onPress: () => enforce(action), isGuarded: true }),
      )}
    </div>`;
  const refused = ({ act }: HitView) => html`<p>No stop on this alert yet:</p>
    <ul class="missing">${act.missing.map((text) => html`<li>${capital(text)}</li>`)}</ul>
    ${
      !act.exigentHelps
        ? nothing
        : html`${areaField({
            name: 'exigent',
            label: 'Exigent: why you must act before the status is confirmed',
            value: whyExigent,
            longest: 1000,
            onInput: (text) => {
              whyExigent = text;
            },
          })}
          ${key({ label: 'Declare exigent', onPress: () => void declareExigent(), kind: 'danger', isGuarded: true })}`
    }`;

  return (told) => ({
    name: 'act',
    title: 'Action',
    done: told.actions.map(({ action }) => capital(action)).join(', ') || null,
    body: () => (told.act.allowed ? allowed(told) : refused(told)),
  });
}
