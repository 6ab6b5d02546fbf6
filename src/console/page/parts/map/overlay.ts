import type { Area } from '../../../../config/area.ts';
import { distanceWords, type Place } from '../../places-on-earth.ts';
import type { Spot } from './marks.ts';
import { placeDots } from './path-labels.ts';
import { cornersOf, handlesOf, middleOf } from './shapes.ts';

/** A point of the drawing, pixels from its top left. */
export interface Point {
  x: number;
  y: number;
}

/** An area on the map; the one that is worked on has handles. */
export interface DrawnArea {
  area: Area;
  /** "1", where there are several. */
  label?: string;
  hasHandles: boolean;
}

/** All that is drawn over the map. */
export interface Overlay {
  /** Size of the drawing, pixels. */
  size: Point;
  pointOf: (place: Place) => Point;
  pointOfSpot: (spot: Spot) => Point;
  spots: readonly Spot[];
  path: readonly Place[];
  areas: readonly DrawnArea[];
  /** Corners of a polygon that is not closed yet. */
  corners: readonly Place[];
  /** The corner that was chosen, of the area with handles. */
  chosenCorner: number | null;
  /** Lines of latitude and longitude, where there are no streets. */
  hasGrid: boolean;
}

/** Colours of the theme in force. */
export interface Inks {
  text: string;
  ground: string;
  quiet: string;
  edge: string;
  bad: string;
  mark: string;
}

export function inksOf(element: Element): Inks {
  const style = getComputedStyle(element);
  const ink = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: ink('text'),
    ground: ink('ground'),
    quiet: ink('quiet'),
    edge: ink('edge'),
    bad: ink('bad'),
    mark: ink('mark'),
  };
}

type Pen = CanvasRenderingContext2D;
const fontPx = 13;

export function drawOverlay(pen: Pen, overlay: Overlay, inks: Inks): void {
  const { size, spots, pointOfSpot, areas } = overlay;
  pen.clearRect(0, 0, size.x, size.y);
  pen.font = `700 ${fontPx}px system-ui, sans-serif`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.lineJoin = 'round';
  if (overlay.hasGrid) drawGrid(pen, overlay, inks);
  for (const each of areas) drawArea(pen, each, overlay, inks);
  drawCorners(pen, overlay, inks);
  for (const spot of spots) {
    const { x, y } = pointOfSpot(spot);
    const isSeen = x > -20 && y > -20 && x < size.x + 20 && y < size.y + 20;
    if (isSeen) drawSpot(pen, spot, { x, y }, inks);
  }
  // Over the spots: its numbers stand for a choice among them.
  drawPath(pen, overlay, inks);
}

/** Lines of latitude and longitude about 120 pixels apart, with their degrees at the edges. */
function drawGrid(pen: Pen, { size, pointOf }: Overlay, { edge, quiet }: Inks): void {
  const middle = pointOf({ latitude: 0, longitude: 0 });
  const east = pointOf({ latitude: 0, longitude: 1 }).x - middle.x;
  const step = niceStep(120 / east);
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  const [west, right] = [-middle.x / east, (size.x - middle.x) / east];
  pen.strokeStyle = edge;
  pen.fillStyle = quiet;
  pen.lineWidth = 1;
  pen.beginPath();
  for (let at = Math.ceil(west / step); at * step <= right; at += 1) {
    const { x } = pointOf({ latitude: 0, longitude: at * step });
    pen.moveTo(x, 0);
    pen.lineTo(x, size.y);
    const degrees = at * step;
    pen.fillText(
      `${Math.abs(degrees).toFixed(digits)}° ${degrees < 0 ? 'W' : 'E'}`,
      x,
      size.y - 10,
    );
  }
  const latitudes = Array.from({ length: Math.ceil(160 / step) + 1 }, (_, at) => at);
  const isFew = latitudes.length < 400_000;
  const first = isFew ? firstLatitude(pointOf, size.y, step) : 0;
  for (let at = first; isFew && at * step <= 85; at += 1) {
    const { y } = pointOf({ latitude: at * step, longitude: 0 });
    if (y < 0) break;
    pen.moveTo(0, y);
    pen.lineTo(size.x, y);
    const degrees = at * step;
    pen.fillText(`${Math.abs(degrees).toFixed(digits)}° ${degrees < 0 ? 'S' : 'N'}`, 42, y - 9);
  }
  pen.stroke();
}

/** The number of the lowest line of latitude that is on the drawing. */
function firstLatitude(pointOf: Overlay['pointOf'], height: number, step: number): number {
  let [low, high] = [Math.ceil(-85 / step), Math.floor(85 / step)];
  while (low < high) {
    const half = Math.floor((low + high) / 2);
    if (pointOf({ latitude: half * step, longitude: 0 }).y > height) low = half + 1;
    else high = half;
  }
  return low;
}

/** 1, 2 or 5 times a power of ten, at least this. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((times) => times * power >= least) ?? 10) * power;
}

function drawSpot(pen: Pen, { marks, hits, age }: Spot, { x, y }: Point, inks: Inks): void {
  const { length: count } = marks;
  const isOne = count === 1;
  const radius = isOne ? 6 : Math.min(18, 9 + Math.log10(count) * 4);
  pen.lineWidth = 2;
  pen.beginPath();
  if (hits > 0) {
    const reach = isOne ? 9 : radius + 4;
    pen.moveTo(x, y - reach);
    pen.lineTo(x + reach, y + reach * 0.75);
    pen.lineTo(x - reach, y + reach * 0.75);
    pen.closePath();
  } else pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.strokeStyle = inks.ground;
  pen.fillStyle = hits > 0 ? inks.bad : isOne && age < 2 ? inks.ground : inks.text;
  pen.lineWidth = 5;
  pen.stroke();
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = hits > 0 ? inks.bad : inks.text;
  pen.stroke();
  if (isOne && hits === 0 && age === 1) {
    pen.beginPath();
    pen.arc(x, y, 2.5, 0, 2 * Math.PI);
    pen.fillStyle = inks.text;
    pen.fill();
  }
  if (isOne) return;
  pen.fillStyle = inks.ground;
  pen.fillText(
    count > 999 ? `${Math.floor(count / 1000)}k` : `${count}`,
    x,
    y + (hits > 0 ? 3 : 0.5),
  );
}

/** Lines from each place to the next with an arrow in their middle, and the numbers of the places. */
function drawPath(pen: Pen, { path, pointOf }: Overlay, inks: Inks): void {
  const points = path.map(pointOf);
  for (const [at, to] of points.entries()) {
    const from = points[at - 1];
    if (from === undefined || Math.hypot(to.x - from.x, to.y - from.y) < 2) continue;
    lined(pen, [from, to], inks.text, inks.ground);
    arrowAt(pen, from, to, inks);
  }
  for (const { x, y, label } of placeDots(points)) {
    const half = label === '' ? 4 : Math.max(11, pen.measureText(label).width / 2 + 6);
    pen.beginPath();
    pen.roundRect(x - half, y - Math.min(half, 11), half * 2, Math.min(half, 11) * 2, 11);
    pen.fillStyle = inks.text;
    pen.strokeStyle = inks.ground;
    pen.lineWidth = 3;
    pen.stroke();
    pen.fill();
    pen.fillStyle = inks.ground;
    pen.fillText(label, x, y + 0.5);
  }
}

function arrowAt(pen: Pen, from: Point, to: Point, inks: Inks): void {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  pen.save();
  pen.translate((from.x + to.x) / 2, (from.y + to.y) / 2);
  pen.rotate(angle);
  pen.beginPath();
  pen.moveTo(8, 0);
  pen.lineTo(-6, -7);
  pen.lineTo(-6, 7);
  pen.closePath();
  pen.strokeStyle = inks.ground;
  pen.lineWidth = 3;
  pen.stroke();
  pen.fillStyle = inks.text;
  pen.fill();
  pen.restore();
}

/** A line that is seen on any ground. */
function lined(pen: Pen, points: readonly Point[], ink: string, halo: string): void {
  pen.beginPath();
  for (const { x, y } of points) pen.lineTo(x, y);
  pen.strokeStyle = halo;
  pen.lineWidth = 6;
  pen.stroke();
  pen.strokeStyle = ink;
  pen.lineWidth = 2.5;
  pen.stroke();
}

function drawArea(
  pen: Pen,
  { area, label, hasHandles }: DrawnArea,
  overlay: Overlay,
  inks: Inks,
): void {
  const { pointOf, chosenCorner } = overlay;
  pen.beginPath();
  if (area.kind === 'circle') {
    const centre = pointOf(area);
    const edge = handlesOf(area)[1];
    const radius = edge === undefined ? 0 : Math.abs(pointOf(edge).x - centre.x);
    pen.arc(centre.x, centre.y, radius, 0, 2 * Math.PI);
  } else {
    for (const corner of cornersOf(area)) {
      const { x, y } = pointOf(corner);
      pen.lineTo(x, y);
    }
    pen.closePath();
  }
  pen.fillStyle = inks.mark;
  pen.globalAlpha = 0.16;
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = inks.ground;
  pen.lineWidth = 5;
  pen.stroke();
  pen.strokeStyle = inks.text;
  pen.lineWidth = 2.5;
  if (!hasHandles) pen.setLineDash([8, 6]);
  pen.stroke();
  pen.setLineDash([]);
  if (hasHandles) drawHandles(pen, area, chosenCorner, overlay, inks);
  if (label === undefined) return;
  const { x, y } = pointOf(middleOf(area));
  badge(pen, { x, y: y + (hasHandles ? 22 : 0) }, label, inks);
}

function drawHandles(
  pen: Pen,
  area: Area,
  chosenCorner: number | null,
  { pointOf }: Overlay,
  inks: Inks,
): void {
  for (const handle of handlesOf(area)) {
    const { x, y } = pointOf(handle);
    const isMiddle = handle.role === 'middle';
    const isChosen = handle.role === 'corner' && handle.at === chosenCorner;
    pen.beginPath();
    if (handle.role === 'move') cross(pen, x, y);
    else pen.arc(x, y, isMiddle ? 5 : 8, 0, 2 * Math.PI);
    pen.fillStyle = isChosen ? inks.mark : inks.ground;
    pen.strokeStyle = inks.text;
    pen.lineWidth = isMiddle ? 1.5 : 2.5;
    pen.fill();
    pen.stroke();
  }
}

/** Four ways, for what moves the whole. */
function cross(pen: Pen, x: number, y: number): void {
  pen.moveTo(x - 9, y);
  pen.lineTo(x + 9, y);
  pen.moveTo(x, y - 9);
  pen.lineTo(x, y + 9);
}

/** The polygon that is being drawn, open. */
function drawCorners(pen: Pen, { corners, pointOf }: Overlay, inks: Inks): void {
  const points = corners.map(pointOf);
  if (points.length > 1) lined(pen, points, inks.text, inks.ground);
  for (const [at, { x, y }] of points.entries()) {
    pen.beginPath();
    pen.arc(x, y, at === 0 ? 9 : 6, 0, 2 * Math.PI);
    pen.fillStyle = at === 0 ? inks.mark : inks.ground;
    pen.strokeStyle = inks.text;
    pen.lineWidth = 2.5;
    pen.fill();
    pen.stroke();
  }
}

function badge(pen: Pen, { x, y }: Point, label: string, inks: Inks): void {
  pen.beginPath();
  pen.arc(x, y, 12, 0, 2 * Math.PI);
  pen.fillStyle = inks.ground;
  pen.strokeStyle = inks.text;
  pen.lineWidth = 2;
  pen.fill();
  pen.stroke();
  pen.fillStyle = inks.text;
  pen.fillText(label, x, y + 0.5);
}

/** The longest bar of 1, 2 or 5 times a power of ten metres that fits, with its words. */
export function scaleBar(metresPerPixel: number, mostPx: number): { px: number; words: string } {
  const most = metresPerPixel * mostPx;
  const power = 10 ** Math.floor(Math.log10(most));
  const times = [5, 2, 1].find((each) => each * power <= most) ?? 1;
  return { px: (times * power) / metresPerPixel, words: distanceWords(times * power) };
}
