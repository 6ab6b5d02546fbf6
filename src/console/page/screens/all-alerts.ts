import { html, nothing } from 'lit-html';
import type { HitList } from '../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../accountability/verification/operations.ts';
import { wordsOf } from '../api.ts';
import { hitLines } from '../parts/hit-lines.ts';
import { key } from '../parts/key.ts';
import { lookFor, NoPurpose, purposeLine } from '../purpose.ts';
import type { Screen } from '../screen.ts';
import { changed } from '../state.ts';
import { onRefusal } from '../stream.ts';

/** The alerts of the last day, open and closed; a look with a purpose. */
export function allAlerts(): Screen {
  let told: HitList | null = null;
  let problem = '';
  const load = async () => {
    try {
      told = await lookFor<typeof operations.listHits>('hits.list', {});
      problem = '';
    } catch (error) {
      if (error instanceof NoPurpose) return;
      onRefusal(error);
      problem = wordsOf(error);
    }
    changed();
  };
  return {
    view: () => html`<section class="screen">
      <h1>Alerts of the last day</h1>
      ${purposeLine()}
      ${problem === '' ? nothing : html`<p class="refusal" role="alert">${problem}</p>`}
      ${
        told === null
          ? nothing
          : told.hits.length === 0
            ? html`<p>No alert was raised.</p>`
            : hitLines(told.hits)
      }
      <div class="step-keys">
        ${key({ label: told === null ? 'Show' : 'Show again', onPress: () => void load(), kind: 'first' })}
      </div>
    </section>`,
  };
}
