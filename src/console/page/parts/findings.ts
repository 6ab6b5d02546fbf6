import { html, nothing, type TemplateResult } from 'lit-html';
import type { Finding } from '../../../accountability/hotplates/hot-plate.ts';
import { capital } from '../words.ts';

/** What a person should look at again in a text or plate, in the unit's own words. */
export function findingList(findings: readonly Finding[]): TemplateResult | typeof nothing {
  if (findings.length === 0) return nothing;
  return html`<ul class="findings">
    ${findings.map(
      ({ message, weight, kind }) => html`<li class=${weight === 'personal' ? 'bad' : 'doubt'}>
        <b>${kind === 'untold' || kind === 'review' ? 'Note' : 'Look again'}:</b> ${capital(message)}.
      </li>`,
    )}
  </ul>`;
}
