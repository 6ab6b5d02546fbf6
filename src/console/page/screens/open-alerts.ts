import { html, nothing, type TemplateResult } from 'lit-html';
import type { AlertStatus } from '../../../accountability/verification/alert-status.ts';
import type { HitList } from '../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../accountability/verification/operations.ts';
import { perform } from '../api.ts';
import { vehicleWords } from '../hot-plate-words.ts';
import { isMoving, mostMoving } from '../motion.ts';
import { hitLines } from '../parts/hit-lines.ts';
import { key } from '../parts/key.ts';
import type { Screen } from '../screen.ts';
import { changed } from '../state.ts';
import { ago, capital, codeWords, compass, coordinates } from '../words.ts';
import { newWork } from '../work.ts';

/** Alerts that the unit lists at a time. */
const mostShown = 500;

/**
 * Every alert of the unit without a disposition, the newest first. Asked for once, and again by hand: each look is in
 * the audit log and counts as use of the session, which must lock itself when nobody is there.
 */
export function openAlerts(): Screen {
  const work = newWork();
  let told: HitList | null = null;
  let elsewhere: AlertStatus[] = [];
  let limit = 100;
  const load = async () => {
    await work.run(async () => {
      told = await perform<typeof operations.listOpenHits>('hits.undisposed', { limit });
      elsewhere = await perform<typeof operations.listOtherUnitsAlerts>('hits.elsewhere', {});
    });
    changed();
  };
  const showMore = () => {
    limit = mostShown;
    void load();
  };
  void load();
  return {
    view: () => html`<section class="screen">
      <h1>Open alerts</h1>
      ${work.line()} ${told === null ? html`<p>Loading…</p>` : listOf(told, showMore)}
      ${elsewhere.length === 0 || isMoving() ? nothing : elsewhereList(elsewhere)}
      <div class="step-keys">
        ${key({ label: 'Show again', onPress: () => void load(), isDisabled: work.isBusy })}
      </div>
    </section>`,
  };
}

function listOf({ hits, more, withheld }: HitList, onMore: () => void): TemplateResult {
  const others =
    withheld.open === 0
      ? nothing
      : html`<p class="doubt">
          ${withheld.open} more ${withheld.open === 1 ? 'is' : 'are'} open on lists that you may not
          see. Ask dispatch.
        </p>`;
  if (isMoving()) return firstOf(hits, more);
  if (hits.length > 0)
    return html`${hitLines(hits)}${moreLine(hits.length, more, onMore)}${others}`;
  return withheld.open > 0 ? html`${others}` : html`<p>Every alert is closed.</p>`;
}

/** How many more are open, raised before those that are shown; as many of them as the unit lists are a key away. */
function moreLine(shown: number, more: number, onMore: () => void) {
  if (more === 0) return nothing;
  return html`<p class="doubt">${more} more ${more === 1 ? 'is' : 'are'} open, raised before these.</p>
    ${shown < mostShown ? key({ label: 'Show more', onPress: onMore }) : nothing}`;
}

/** In a moving car: the newest, each to its card, and how many there are besides. */
function firstOf(hits: HitList['hits'], unlisted: number): TemplateResult {
  const more = hits.length - mostMoving + unlisted;
  if (hits.length === 0) return html`<p>Every alert is closed.</p>`;
  return html`${hitLines(hits.slice(0, mostMoving), ({ detectionId }) => `alert/${detectionId}`)}
    ${more > 0 ? html`<p class="doubt">${more} more when the car stands.</p>` : nothing}`;
}

/** What dispatch says of alerts that other units raised (B 466.9). */
function elsewhereList(alerts: readonly AlertStatus[]): TemplateResult {
  return html`<h2>Alerts of other units</h2>
    <ul class="hits">
      ${alerts.map(
        ({ unit, state, at, by, alert }) => html`<li class="line">
          <b class="line-plate">${alert?.plate ?? unit}</b>
          <span>${alert === null ? '' : [capital(codeWords(alert.category)), vehicleWords(alert)].filter(Boolean).join(': ')}</span>
          <small>
            ${unit} · ${capital(codeWords(state))} by ${by}, ${ago(Date.parse(at))}${alert === null ? '' : ` · ${placeWords(alert)}`}
          </small>
        </li>`,
      )}
    </ul>`;
}

type Elsewhere = NonNullable<AlertStatus['alert']>;

const placeWords = ({ latitude, longitude, headingDeg, seenAt }: Elsewhere) =>
  [
    `seen ${ago(Date.parse(seenAt))}`,
    latitude === null ? null : coordinates({ latitude, longitude }),
    headingDeg === null ? null : `heading ${compass(headingDeg)}`,
  ]
    .filter(Boolean)
    .join(', ');
