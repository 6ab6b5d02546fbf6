import { html, type TemplateResult } from 'lit-html';
import { go } from '../address.ts';
import { key } from '../parts/key.ts';
import type { Place, Screen } from '../screen.ts';

const toStart = (): TemplateResult =>
  key({ label: 'To the start', kind: 'first', onPress: () => go('') });

/**
 * In the place of a screen that this person may not open, or that there is not: which of both it is would tell what others
 * have.
 */
export function noScreen(): Screen {
  return {
    view: () => html`<section class="screen">
      <h1>Nothing here for you</h1>
      <p>
        This address leads to no screen that you may open. It may be cut off or mistyped, or be meant for another role or
        another unit.
      </p>
      <div class="step-keys">${toStart()}</div>
    </section>`,
  };
}

/** In the place of an alert that the page has not, though the unit has told all that it keeps ready. `places`: those that this person may go to. */
export function noSuchAlert(places: readonly Place[]): TemplateResult {
  const lists = places.filter(({ path }) => path === 'open' || path === 'alerts');
  return html`<section class="screen">
    <h1>This alert is not here</h1>
    <p>It is closed, or old, or of another unit, or its address is cut off.</p>
    <div class="step-keys">
      ${toStart()} ${lists.map(({ path, title }) => key({ label: title, onPress: () => go(path) }))}
    </div>
  </section>`;
}
