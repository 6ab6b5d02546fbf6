import type { Corners, GreyPicture } from './grey-picture.ts';
import { sizeOf } from './grey-picture.ts';

/** Margin around a plate, as shares of its width and height; a negative one crops it. */
export interface Margins {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The same margin on every side. */
export function evenMargins(margin: number): Margins {
  return { left: margin, top: margin, right: margin, bottom: margin };
}

/** Maps (u, v) of the unit square to x = (a·u + b·v + c) / (g·u + h·v + 1), y likewise with d, e, f. */
interface Homography {
  a: number;
  b: number;
  c: number;
  d: number;
  e: number;
  f: number;
  g: number;
  h: number;
}

/** The perspective that maps the unit square to four corners (Heckbert, 1989, square to quad). */
function squareTo(corners: Corners): Homography {
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = corners;
  const sx = x0 - x1 + x2 - x3;
  const sy = y0 - y1 + y2 - y3;
  const dx1 = x1 - x2;
  const dx2 = x3 - x2;
  const dy1 = y1 - y2;
  const dy2 = y3 - y2;
  const determinant = dx1 * dy2 - dx2 * dy1;
  const g = determinant === 0 ? 0 : (sx * dy2 - dx2 * sy) / determinant;
  const h = determinant === 0 ? 0 : (dx1 * sy - sx * dy1) / determinant;
  return {
    a: x1 - x0 + g * x1,
    b: x3 - x0 + h * x3,
    c: x0,
    d: y1 - y0 + g * y1,
    e: y3 - y0 + h * y3,
    f: y0,
    g,
    h,
  };
}

/** Samples per output pixel in one direction, so that a large plate does not alias. */
function samplesFor(source: number, target: number): number {
  return Math.max(1, Math.min(4, Math.round(source / target)));
}

/**
 * Cuts a plate out of a picture by its corners, rectified to `target.width` × `target.height`, with bilinear sampling.
 * Outside the picture its border pixels are repeated.
 */
export function rectify(
  picture: GreyPicture,
  corners: Corners,
  margins: Margins,
  target: { width: number; height: number },
  out: Uint8Array = new Uint8Array(target.width * target.height),
): Uint8Array {
  const { a, b, c, d, e, f, g, h } = squareTo(corners);
  const { grey, width, height } = picture;
  const spanU = 1 + margins.left + margins.right;
  const spanV = 1 + margins.top + margins.bottom;
  const size = sizeOf(corners);
  const across = samplesFor(size.width * spanU, target.width);
  const down = samplesFor(size.height * spanV, target.height);
  const stepU = spanU / (target.width * across);
  const stepV = spanV / (target.height * down);
  const share = 1 / (across * down);
  const maxX = width - 1;
  const maxY = height - 1;
  for (let y = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++) {
      let sum = 0;
      for (let j = 0; j < down; j++) {
        const v = (y * down + j + 0.5) * stepV - margins.top;
        for (let i = 0; i < across; i++) {
          const u = (x * across + i + 0.5) * stepU - margins.left;
          const w = 1 / (g * u + h * v + 1);
          let sx = (a * u + b * v + c) * w - 0.5;
          let sy = (d * u + e * v + f) * w - 0.5;
          sx = Math.max(0, Math.min(sx, maxX));
          sy = Math.max(0, Math.min(sy, maxY));
          const x0 = sx | 0;
          const y0 = sy | 0;
          const fx = sx - x0;
          const fy = sy - y0;
          const upper = y0 * width + x0;
          const lower = y0 < maxY ? upper + width : upper;
          const right = x0 < maxX ? 1 : 0;
          const p = grey[upper] as number;
          const q = grey[lower] as number;
          const top = p + ((grey[upper + right] as number) - p) * fx;
          const bottom = q + ((grey[lower + right] as number) - q) * fx;
          sum += top + (bottom - top) * fy;
        }
      }
      out[y * target.width + x] = sum * share + 0.5;
    }
  }
  return out;
}

/**
 * The plate alone, rectified, at about its size in the picture: stored as its image. `corners` are pixels of the
 * picture.
 */
export function rectifiedPlate(picture: GreyPicture, corners: Corners, margin = 0.08): GreyPicture {
  const size = sizeOf(corners);
  const scale = 1 + 2 * margin;
  const width = Math.round(Math.min(640, Math.max(128, size.width * scale)));
  const ratio = Math.min(1, Math.max(0.15, size.height / Math.max(1, size.width)));
  const height = Math.max(16, Math.round(width * ratio));
  return {
    grey: rectify(picture, corners, evenMargins(margin), { width, height }),
    width,
    height,
  };
}
