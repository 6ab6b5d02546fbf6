import { html, nothing, type TemplateResult } from 'lit-html';
import type { HitList } from '../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../accountability/verification/operations.ts';
import { perform, wordsOf } from '../api.ts';
import { hitLines } from '../parts/hit-lines.ts';
import type { Screen } from '../screen.ts';
import { changed } from '../state.ts';
import { onRefusal } from '../stream.ts';

/** How often the list is asked for while it is open, ms. */
const everyMs = 5000;

/** Every alert of the unit without a disposition, the newest first. */
export function openAlerts(): Screen {
  let told: HitList | null = null;
  let problem = '';
  const load = async () => {
    try {
      told = await perform<typeof operations.listOpenHits>('hits.undisposed', {});
      problem = '';
    } catch (error) {
      onRefusal(error);
      problem = wordsOf(error);
    }
    changed();
  };
  void load();
  const timer = setInterval(() => void load(), everyMs);
  return {
    leave: () => clearInterval(timer),
    view: () => html`<section class="screen">
      <h1>Open alerts</h1>
      ${problem === '' ? '' : html`<p class="refusal" role="alert">${problem}</p>`}
      ${told === null ? html`<p>Loading…</p>` : listOf(told)}
    </section>`,
  };
}

function listOf({ hits, withheld }: HitList): TemplateResult {
  const others =
    withheld.open === 0
      ? nothing
      : html`<p class="doubt">
          ${withheld.open} more ${withheld.open === 1 ? 'is' : 'are'} open on lists that you may not
          see. Ask dispatch.
        </p>`;
  if (hits.length > 0) return html`${hitLines(hits)}${others}`;
  return withheld.open > 0 ? html`${others}` : html`<p>Every alert is closed.</p>`;
}
