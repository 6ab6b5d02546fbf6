import { html, nothing, type TemplateResult } from 'lit-html';
import type { HitList } from '../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../accountability/verification/operations.ts';
import { perform } from '../api.ts';
import { isMoving, mostMoving } from '../motion.ts';
import { hitLines } from '../parts/hit-lines.ts';
import { key } from '../parts/key.ts';
import type { Screen } from '../screen.ts';
import { changed } from '../state.ts';
import { newWork } from '../work.ts';

/**
 * Every alert of the unit without a disposition, the newest first. Asked for once, and again by hand: each look is in
 * the audit log and counts as use of the session, which must lock itself when nobody is there.
 */
export function openAlerts(): Screen {
  const work = newWork();
  let told: HitList | null = null;
  const load = async () => {
    const list = await work.run(() =>
      perform<typeof operations.listOpenHits>('hits.undisposed', {}),
    );
    if (list !== undefined) told = list;
    changed();
  };
  void load();
  return {
    view: () => html`<section class="screen">
      <h1>Open alerts</h1>
      ${work.line()} ${told === null ? html`<p>Loading…</p>` : listOf(told)}
      <div class="step-keys">
        ${key({ label: 'Show again', onPress: () => void load(), isDisabled: work.isBusy })}
      </div>
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
  if (isMoving()) return firstOf(hits);
  if (hits.length > 0) return html`${hitLines(hits)}${others}`;
  return withheld.open > 0 ? html`${others}` : html`<p>Every alert is closed.</p>`;
}

/** In a moving car: the newest, each to its card, and how many there are besides. */
function firstOf(hits: HitList['hits']): TemplateResult {
  const more = hits.length - mostMoving;
  if (hits.length === 0) return html`<p>Every alert is closed.</p>`;
  return html`${hitLines(hits.slice(0, mostMoving), ({ detectionId }) => `alert/${detectionId}`)}
    ${more > 0 ? html`<p class="doubt">${more} more when the car stands.</p>` : nothing}`;
}
