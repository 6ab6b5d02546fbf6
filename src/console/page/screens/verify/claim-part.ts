import { html, nothing, type TemplateResult } from 'lit-html';
import type { HitView } from '../../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../../accountability/verification/operations.ts';
import { perform } from '../../api.ts';
import { areaField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { page } from '../../state.ts';
import { timeOfDay } from '../../words.ts';
import { isAtDispatch } from './at-dispatch.ts';
import type { HitWork } from './hit-work.ts';

/** Who at dispatch sees to the alert; and for dispatchers the keys to take it, give it back, or take it over (B 466.9). */
export function claimPart({ id, purpose, take }: HitWork): (told: HitView) => TemplateResult {
  let why = '';
  const claim = async (reason?: string) => {
    const said = reason === undefined ? { id } : { id, why: reason };
    const isTaken = await take((textLookedThrough) =>
      perform<typeof operations.claimHit>('hits.claim', { ...said, textLookedThrough }, purpose()),
    );
    if (isTaken) why = '';
  };
  const release = () =>
    void take(() => perform<typeof operations.releaseHit>('hits.release', { id }, purpose()));

  const keys = (claimed: HitView['claim'], self: string): TemplateResult => {
    if (claimed === null) {
      return html`<div class="step-keys">
        ${key({ label: 'I take it', onPress: () => void claim(), isGuarded: true })}
      </div>`;
    }
    if (claimed.by === self) {
      return html`<div class="step-keys">
        ${key({ label: 'Give it back', onPress: release, isGuarded: true })}
      </div>`;
    }
    return html`${areaField({
      name: 'why-taken-over',
      label: 'To take it over: why',
      value: why,
      longest: 1000,
      onInput: (text) => {
        why = text;
      },
    })}
      <div class="step-keys">
        ${key({ label: 'Take it over', onPress: () => void claim(why), isGuarded: true })}
      </div>`;
  };

  return ({ claim: claimed, disposition }) => {
    const { name, username } = page.session ?? {};
    const isDispatch = isAtDispatch() && disposition === null;
    const told =
      claimed === null
        ? nothing
        : html`<p>Taken by ${claimed.by}, until ${timeOfDay(Date.parse(claimed.until))}</p>`;
    return html`${told} ${isDispatch ? keys(claimed, `${name} (${username})`) : nothing}`;
  };
}
