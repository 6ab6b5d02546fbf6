import { html, svg, type TemplateResult } from 'lit-html';
import { distanceWords, offsetM, type Place } from '../places-on-earth.ts';

const width = 400;
const height = 300;
const margin = 34;
/** Places nearer to each other than this on the drawing are one, with both numbers. */
const dotRadius = 11;
/** The map shows at least so many metres, so that one place is not blown up. */
const leastM = 200;
/** With more places than this, only the first and the last have a number. */
const mostNumbers = 25;

/**
 * Places in their order, with an arrow from each to the next, a bar of length and north at the top. Drawn from the
 * positions alone: nothing is loaded, and no road is shown.
 */
export function pathMap(places: readonly Place[]): TemplateResult {
  const { points, metresPerUnit } = drawn(places);
  const legs = points.slice(1).flatMap((to, at) => {
    const from = points[at];
    return from === undefined || (from.x === to.x && from.y === to.y) ? [] : [legOf(from, to)];
  });
  const words = `${places.length} places in their order, the first is 1`;
  return html`<svg class="path-map" viewBox="0 0 ${width} ${height}" role="img" aria-label=${words}>
    <defs>
      <marker
        id="path-arrow"
        viewBox="0 0 10 10"
        refX="5"
        refY="5"
        markerWidth="7"
        markerHeight="7"
        orient="auto"
      >
        <path class="path-head" d="M0 0 10 5 0 10Z"></path>
      </marker>
    </defs>
    ${legs} ${dots(points).map(dotOf)}
    ${scaleOf(metresPerUnit)}
  </svg>`;
}

/** Something at a place, with what is said of it; a hit is a triangle. */
export interface Marked extends Place {
  words: string;
  isHit: boolean;
}

/** Places as dots, with a bar of length and north at the top; drawn as `pathMap` is. */
export function dotMap(places: readonly Marked[]): TemplateResult {
  const { points, metresPerUnit } = drawn(places);
  const marks = places.map(({ words, isHit }, at) => {
    const { x, y } = points[at] ?? { x: 0, y: 0 };
    const shape = isHit
      ? svg`<path class="map-hit" d="M${x} ${y - 7}l7 12h-14Z"></path>`
      : svg`<circle class="map-read" cx=${x} cy=${y} r="4"></circle>`;
    return svg`<g>${shape}<title>${words}</title></g>`;
  });
  const words = places.length === 1 ? '1 read on a map' : `${places.length} reads on a map`;
  return html`<svg class="path-map" viewBox="0 0 ${width} ${height}" role="img" aria-label=${words}>
    ${marks} ${scaleOf(metresPerUnit)}
  </svg>`;
}

function scaleOf(metresPerUnit: number): TemplateResult {
  const lengthM = niceLength(metresPerUnit * width * 0.35);
  const bar = lengthM / metresPerUnit;
  return svg`<g class="path-scale">
      <path d="M12 ${height - 18}v6h${bar}v-6"></path>
      <text x="12" y=${height - 22}>${distanceWords(lengthM)}</text>
      <path d="M${width - 18} 42V16m-5 8 5-9 5 9"></path>
      <text x=${width - 18} y="56" text-anchor="middle">N</text>
    </g>`;
}

interface Point {
  x: number;
  y: number;
}

function drawn(places: readonly Place[]): { points: Point[]; metresPerUnit: number } {
  const [origin] = places;
  if (origin === undefined) return { points: [], metresPerUnit: 1 };
  const flat = places.map((place) => offsetM(origin, place));
  const easts = flat.map(({ east }) => east);
  const norths = flat.map(({ north }) => north);
  const middle = (values: number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  const extent = (values: number[]) => Math.max(leastM, Math.max(...values) - Math.min(...values));
  const metresPerUnit = Math.max(
    extent(easts) / (width - 2 * margin),
    extent(norths) / (height - 3 * margin),
  );
  const [east, north] = [middle(easts), middle(norths)];
  const points = flat.map((each) => ({
    x: rounded(width / 2 + (each.east - east) / metresPerUnit),
    y: rounded(height / 2 - (each.north - north) / metresPerUnit),
  }));
  return { points, metresPerUnit };
}

const rounded = (value: number) => Math.round(value * 10) / 10;

function legOf(from: Point, to: Point): TemplateResult {
  const middle = `${rounded((from.x + to.x) / 2)} ${rounded((from.y + to.y) / 2)}`;
  return svg`<path class="path-leg" d="M${from.x} ${from.y}L${middle}L${to.x} ${to.y}" marker-mid="url(#path-arrow)"></path>`;
}

/** Dots with the numbers of the places there. */
function dots(points: readonly Point[]): (Point & { label: string })[] {
  const found: (Point & { numbers: number[] })[] = [];
  for (const [at, { x, y }] of points.entries()) {
    const near = found.find((dot) => Math.hypot(dot.x - x, dot.y - y) < dotRadius);
    if (near === undefined) found.push({ x, y, numbers: [at + 1] });
    else near.numbers.push(at + 1);
  }
  const isShown = (number: number) =>
    points.length <= mostNumbers || number === 1 || number === points.length;
  return found.map(({ x, y, numbers }) => {
    const shown = numbers.filter(isShown);
    const [first, last] = [shown[0], shown.at(-1)];
    const label = first === undefined ? '' : first === last ? `${first}` : `${first}–${last}`;
    return { x, y, label: shown.length === 2 ? shown.join(', ') : label };
  });
}

function dotOf({ x, y, label }: Point & { label: string }): TemplateResult {
  const radius = label === '' ? 3 : dotRadius;
  return svg`<g class="path-dot">
    <circle cx=${x} cy=${y} r=${label.length > 2 ? radius + label.length * 2 : radius}></circle>
    <text x=${x} y=${y} dy="0.35em" text-anchor="middle">${label}</text>
  </g>`;
}

/** 1, 2 or 5 times a power of ten, at most this. */
function niceLength(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  const times = [5, 2, 1].find((each) => each * power <= most) ?? 1;
  return times * power;
}
