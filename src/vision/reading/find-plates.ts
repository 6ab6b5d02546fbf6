import type { Corners, GreyPicture, Point } from './grey-picture.ts';
import { type Letterbox, toFrame } from './letterbox.ts';
import type { FoundPlate } from './plate-read.ts';

/** The detector's output for one frame, best first; `corners` and `boxes` in input pixels. */
export interface DetectorOutput {
  scores: Float32Array;
  /** K × 4 corners × (x, y). */
  corners: Float32Array;
  /** K × (x, y, width, height). */
  boxes: Float32Array;
}

/** A plate's place in the frame, in its pixels. */
export interface PlatePlace {
  score: number;
  corners: Corners;
  box: [number, number, number, number];
}

/**
 * Shares of a plate's width and height for `isCut`. On photographs of France and California and rendered scenes,
 * cropped at a side: with a twentieth of the width left beside the plate, .73 are accepted (by the box .59); of those
 * that lack a tenth of the width, 9 in 337 are accepted wrongly (by the box 2, without a margin 16).
 */
const spareBeside = 0.01;
const missingAbove = 0.1;

/**
 * Whether a plate extends beyond the frame, so that characters may be missing. Uses its corners, which are then outside
 * the frame: the box is a little larger than the plate and touches the edge earlier. To the sides a hundredth of the
 * plate's width must remain; above and below a tenth of its height may be missing, because all characters are still
 * visible.
 */
export function isCut(corners: Corners, frame: { width: number; height: number }): boolean {
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const beside = (right - left) * spareBeside;
  const missing = (bottom - top) * missingAbove;
  return (
    left < beside ||
    right > frame.width - beside ||
    top < -missing ||
    bottom > frame.height + missing
  );
}

/** Whether a candidate counts as a plate: the detector is sure, or it was read. */
export function isPlate({ unread, sure }: FoundPlate): boolean {
  return unread === null || sure;
}

type Box = readonly [number, number, number, number];

/** Intersection over union of two boxes (x, y, width, height). */
export function overlap(a: Box, b: Box): number {
  const across = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const down = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  if (across <= 0 || down <= 0) return 0;
  const both = across * down;
  return both / (a[2] * a[3] + b[2] * b[3] - both);
}

/** Share of the smaller box that the other covers: a part of a plate inside the whole one. */
function containment(a: Box, b: Box): number {
  const across = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const down = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  if (across <= 0 || down <= 0) return 0;
  return (across * down) / Math.max(1e-6, Math.min(a[2] * a[3], b[2] * b[3]));
}

/** A box with more than this share inside a better one is a part of the same plate. */
const minInside = 0.8;

/** Converts the detector's candidates to the frame's pixels, without those on the padding. */
export function candidatesOf(
  { scores, corners, boxes }: DetectorOutput,
  box: Letterbox,
  frame: Pick<GreyPicture, 'width' | 'height'>,
  least: number,
): PlatePlace[] {
  const places: PlatePlace[] = [];
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (!(score >= least)) continue;
    const corner = (k: number): Point => {
      const at = i * 8 + k * 2;
      return toFrame(box, [corners[at] as number, corners[at + 1] as number]);
    };
    const [x = 0, y = 0, width = 0, height = 0] = boxes.subarray(i * 4, i * 4 + 4);
    const [left, top] = toFrame(box, [x, y]);
    const [right, bottom] = toFrame(box, [x + width, y + height]);
    const place: PlatePlace = {
      score: Math.min(1, score),
      corners: [corner(0), corner(1), corner(2), corner(3)],
      box: clip([left, top, right - left, bottom - top], frame),
    };
    if (place.box[2] >= 1 && place.box[3] >= 1) places.push(place);
  }
  return places;
}

/** Removes candidates that repeat a better one or are a part of it. Best first. */
export function withoutRepeats(candidates: readonly PlatePlace[], nmsIou: number): PlatePlace[] {
  const kept: PlatePlace[] = [];
  for (const place of [...candidates].sort((a, b) => b.score - a.score)) {
    const repeated = kept.some(
      ({ box }) => overlap(place.box, box) >= nmsIou || containment(place.box, box) >= minInside,
    );
    if (!repeated) kept.push(place);
  }
  return kept;
}

function clip(
  [x, y, width, height]: Box,
  frame: { width: number; height: number },
): [number, number, number, number] {
  const left = Math.max(0, x);
  const top = Math.max(0, y);
  return [
    left,
    top,
    Math.min(frame.width, x + width) - left,
    Math.min(frame.height, y + height) - top,
  ];
}
