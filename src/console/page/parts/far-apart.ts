import { html, nothing, type TemplateResult } from 'lit-html';
import type { FoundDetection, TwoPlaces } from '../../../accountability/search/results.ts';
import { go } from '../address.ts';
import { distanceWords } from '../places-on-earth.ts';
import { seenWords } from '../read-words.ts';
import { readPicture } from '../screens/search/search-pictures.ts';
import { may } from '../state.ts';
import { coordinates, span } from '../words.ts';
import { key } from './key.ts';

/** As `241 km/h (150 mph)`. */
function speedWords(mps: number): string {
  const kmh = Math.round(mps * 3.6);
  return `${kmh} km/h (${Math.round(kmh / 1.609)} mph)`;
}

/** Two reads of one plate that no car makes, and how fast it would have been; `onCompare` opens both pictures. */
export function farApart(
  { reads, leastM, mostS, leastMps }: TwoPlaces,
  onCompare: () => void,
): TemplateResult {
  const [one, other] = reads;
  return html`<section class="part" aria-label="${one.unit} and ${other.unit}">
    <p>
      <b>At least ${distanceWords(leastM)} in at most ${span(mostS)}</b>: faster than ${speedWords(leastMps)} in a straight
      line.
    </p>
    <div class="path">${reads.map(readOfPair)}</div>
    ${may('images.view') ? key({ label: 'Compare the pictures', onPress: onCompare }) : nothing}
  </section>`;
}

const readOfPair = (read: FoundDetection): TemplateResult => html`<div>
  <p>${seenWords(read.lastSeen)}, unit ${read.unit}<br />${coordinates(read)}</p>
  ${readPicture(read)}
  <p>${key({ label: `Open the read of ${read.unit}`, kind: 'quiet', onPress: () => go(`read/${read.id}`) })}</p>
</div>`;
