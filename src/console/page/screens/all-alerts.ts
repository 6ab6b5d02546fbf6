import { html, nothing } from 'lit-html';
import type { HitList } from '../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../accountability/verification/operations.ts';
import { hitLines } from '../parts/hit-lines.ts';
import { key } from '../parts/key.ts';
import { lookFor, purposeLine } from '../purpose.ts';
import type { Screen } from '../screen.ts';
import { changed } from '../state.ts';
import { newWork } from '../work.ts';

/** The alerts of the last day, open and closed; a look with a purpose. */
export function allAlerts(): Screen {
  const work = newWork();
  let told: HitList | null = null;
  const load = async () => {
    const list = await work.run(() => lookFor<typeof operations.listHits>('hits.list', {}));
    if (list !== undefined) told = list;
    changed();
  };
  return {
    view: () => html`<section class="screen">
      <h1>Alerts of the last day</h1>
      ${purposeLine()} ${work.line()}
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
