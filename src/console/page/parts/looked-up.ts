import { html, nothing, type TemplateResult } from 'lit-html';
import type { Work } from '../work.ts';
import { key } from './key.ts';

/**
 * What a screen shows that is looked up with a purpose. While it is not there (`shown` is null): that it is being loaded, or
 * after the question for the purpose was closed `what` waits for it ("It is shown"), and the key that asks again.
 */
export function lookedUp(
  shown: TemplateResult | null,
  work: Pick<Work, 'lacksPurpose' | 'refusal'>,
  what: string,
  again: () => void,
): TemplateResult | typeof nothing {
  if (shown !== null) return shown;
  if (work.lacksPurpose) {
    return html`<p>${what} once it is said what for.</p>
      <div class="row-keys">${key({ label: 'Say it', onPress: again })}</div>`;
  }
  return work.refusal === '' ? html`<p>Loading…</p>` : nothing;
}
