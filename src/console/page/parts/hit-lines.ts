import { html, type TemplateResult } from 'lit-html';
import type { HitView, SightingView } from '../../../accountability/verification/hit-view.ts';
import { go } from '../address.ts';
import { isMoving } from '../motion.ts';
import { isHeadquarters, page } from '../state.ts';
import { ago, capital, standingNames } from '../words.ts';
import { sightingWords } from './sighting-words.ts';

/** Times of one sighting, as the live alert and the hit have it, are no further apart, ms. */
const sameMs = 5000;

/** Hits as lines; each opens its verification, or what `addressOf` says. */
export function hitLines(
  hits: readonly HitView[],
  addressOf: (hit: HitView) => string = ({ id }) => `hit/${id}`,
): TemplateResult {
  return html`<ol class="hits">
    ${hits.map(
      (hit) => html`<li>
        <button type="button" class="line" @click=${() => go(addressOf(hit))}>
          <b class="line-plate">${hit.named}</b>
          <span>${hit.title}</span>
          <small>${isHeadquarters() ? `${hit.unit} · ` : ''}${stateOf(hit)} · Hit ${hit.shortId}</small>
          ${lastSeen(hit).map((words) => html`<small class="line-seen">${words}</small>`)}
        </button>
      </li>`,
    )}
  </ol>`;
}

/** Sightings that a line has room for. */
const mostSeen = 3;

/**
 * Where and when it was seen last, of which the live alert knows before the list is asked for again; below it the
 * sightings before (B 466.9(e)).
 */
function lastSeen({ detectionId, raisedAt, direction, fix, head, sightings }: HitView): string[] {
  // In a moving car it is on the card, and too much to read in a line.
  if (isMoving()) return [];
  const live = page.alerts.get(detectionId);
  const own = { ...fix, headingDeg: direction.headingDeg, place: null };
  const first: SightingView = { ...own, at: raisedAt, by: `camera ${head}` };
  const all = sightings.length === 0 ? [first] : [...sightings];
  if (live !== undefined && !live.withheld) {
    const { inView, standing } = live;
    const newestMs = Math.max(...all.map(({ at }) => Date.parse(at)));
    const told = standing?.told ?? null;
    if (inView.lastMs > newestMs + sameMs) {
      const { headingDeg } = live.direction;
      const { latitude, longitude } = live.fix;
      const at = new Date(inView.lastMs).toISOString();
      const place = { latitude, longitude, place: null };
      all.unshift({ at, by: `camera ${live.head}`, headingDeg, ...place });
    }
    if (told !== null && Date.parse(told.at) > newestMs) all.unshift(told);
  }
  const latest = all.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return latest
    .slice(0, mostSeen)
    .map((each, at) => `${at === 0 ? 'Last seen' : 'Before'} ${sightingWords(each)}`);
}

function stateOf({ raisedAt, state, asked, claim }: HitView): string {
  const waits = asked === null ? '' : `, asked ${ago(Date.parse(asked.at))}`;
  const taken = claim === null ? '' : `, taken by ${claim.by}`;
  return `${ago(Date.parse(raisedAt))} · ${standingNames[state] ?? capital(state)}${waits}${taken}`;
}
