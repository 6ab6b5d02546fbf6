import { html, nothing, type TemplateResult } from 'lit-html';
import type { HitList } from '../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../accountability/verification/operations.ts';
import { perform } from '../api.ts';
import { hitLines } from '../parts/hit-lines.ts';
import { key } from '../parts/key.ts';
import { lookedUp } from '../parts/looked-up.ts';
import { lookFor, purposeLine } from '../purpose.ts';
import type { Screen } from '../screen.ts';
import { changed, may } from '../state.ts';
import { newWork } from '../work.ts';

/** The alerts of the last day, open and closed, and older ones that are open still; a look with a purpose. */
export function allAlerts(): Screen {
  const work = newWork();
  let told: HitList | null = null;
  /** Raised before, and not closed; for who may close them. */
  let older: HitList['hits'] = [];
  const load = async () => {
    await work.run(async () => {
      const day = await lookFor<typeof operations.listHits>('hits.list', {});
      const open = may('alerts.respond')
        ? await perform<typeof operations.listOpenHits>('hits.undisposed', {})
        : null;
      const ofDay = new Set(day.hits.map(({ id }) => id));
      older = open?.hits.filter(({ id }) => !ofDay.has(id)) ?? [];
      told = day;
    });
    changed();
  };
  void load();
  return {
    view: () => html`<section class="screen">
      <h1>Alerts of the last day</h1>
      ${purposeLine()} ${work.line()} ${lookedUp(told && listOf(told, older), work, 'Alerts are shown', () => void load())}
      ${
        told === null && work.lacksPurpose
          ? nothing
          : html`<div class="step-keys">
              ${key({ label: 'Show again', onPress: () => void load(), isDisabled: work.isBusy })}
            </div>`
      }
    </section>`,
  };
}

function listOf({ hits }: HitList, older: HitList['hits']): TemplateResult {
  return html`${hits.length === 0 ? html`<p>No alert was raised in the last day.</p>` : hitLines(hits)}
    ${
      older.length === 0
        ? nothing
        : html`<h2>Older, and still open</h2>
          ${hitLines(older)}`
    }`;
}
