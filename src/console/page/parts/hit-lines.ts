import { html, type TemplateResult } from 'lit-html';
import type { HitView } from '../../../accountability/verification/hit-view.ts';
import { go } from '../address.ts';
import { ago, capital, standingNames } from '../words.ts';

/** Hits as lines; each opens its verification, or what `addressOf` says. */
export function hitLines(
  hits: readonly HitView[],
  addressOf: (hit: HitView) => string = ({ id }) => `hit/${id}`,
): TemplateResult {
  return html`<ol class="hits">
    ${hits.map(
      (hit) => html`<li>
        <button type="button" class="line" @click=${() => go(addressOf(hit))}>
          <b class="line-plate">${hit.plate}</b>
          <span>${hit.title}</span>
          <small>${stateOf(hit)} · Hit ${hit.shortId}</small>
        </button>
      </li>`,
    )}
  </ol>`;
}

function stateOf({ raisedAt, state, asked, claim }: HitView): string {
  const waits = asked === null ? '' : `, asked ${ago(Date.parse(asked.at))}`;
  const taken = claim === null ? '' : `, taken by ${claim.by}`;
  return `${ago(Date.parse(raisedAt))} · ${standingNames[state] ?? capital(state)}${waits}${taken}`;
}
