import type { GreyPicture, Point } from './grey-picture.ts';
import type { DetectorManifest } from './manifest.ts';

/** The position of a frame in the detector's input: scaled, then padded on the right and at the bottom. */
export interface Letterbox {
  /** Input size. */
  width: number;
  height: number;
  /** Input pixels a frame pixel, across and down. */
  scaleX: number;
  scaleY: number;
  /** Size of the scaled frame inside the input. */
  innerWidth: number;
  innerHeight: number;
}

/**
 * The input size for a frame. It fits into the model's usual size (rotated for an upright picture), enlarged at most as
 * far as the model needs, and padded only to the next size that the model accepts. `detail` times that size shows
 * smaller plates; the time grows with its square.
 */
export function planLetterbox(
  frame: { width: number; height: number },
  input: DetectorManifest['input'],
  detail = 1,
): Letterbox {
  const scale = Math.min(
    (detail * Math.max(input.width, input.height)) / Math.max(frame.width, frame.height),
    (detail * Math.min(input.width, input.height)) / Math.min(frame.width, frame.height),
    input.letterbox.upscale,
  );
  const step = input.multipleOf;
  const roundUp = (size: number) => Math.max(step, Math.ceil((size - step * 0.1) / step) * step);
  // The model ranks more places than one square of its step has.
  const width = Math.max(2 * step, roundUp(frame.width * scale));
  const height = roundUp(frame.height * scale);
  const innerWidth = Math.max(1, Math.min(width, Math.round(frame.width * scale)));
  const innerHeight = Math.max(1, Math.min(height, Math.round(frame.height * scale)));
  return {
    width,
    height,
    innerWidth,
    innerHeight,
    scaleX: innerWidth / frame.width,
    scaleY: innerHeight / frame.height,
  };
}

/** Converts the input's pixels to the frame's. */
export function toFrame(box: Letterbox, [x, y]: Point): Point {
  return [x / box.scaleX, y / box.scaleY];
}

/** Scales a frame into the detector's input: area averaging to shrink, bilinear to enlarge. */
export function letterbox(frame: GreyPicture, box: Letterbox, pad: number): Uint8Array {
  const out = new Uint8Array(box.width * box.height).fill(pad);
  if (box.scaleX === 1 && box.scaleY === 1) {
    for (let y = 0; y < frame.height; y++) {
      out.set(frame.grey.subarray(y * frame.width, (y + 1) * frame.width), y * box.width);
    }
  } else if (box.scaleX < 1 && box.scaleY < 1) {
    shrink(frame, box, out);
  } else {
    enlarge(frame, box, out);
  }
  return out;
}

/** For each output pixel: its first source pixel and the weights of the pixels that it covers. */
function spans(
  from: number,
  to: number,
): { first: Int32Array; weights: Float32Array; reach: number } {
  const ratio = from / to;
  const reach = Math.ceil(ratio) + 1;
  const first = new Int32Array(to);
  const weights = new Float32Array(to * reach);
  for (let i = 0; i < to; i++) {
    const start = i * ratio;
    const end = start + ratio;
    const base = Math.min(Math.floor(start), Math.max(0, from - reach));
    first[i] = base;
    for (let k = 0; k < reach; k++) {
      const covered = Math.min(end, base + k + 1) - Math.max(start, base + k);
      weights[i * reach + k] = Math.max(0, covered) / ratio;
    }
  }
  return { first, weights, reach };
}

function shrink(frame: GreyPicture, box: Letterbox, out: Uint8Array): void {
  const { grey, width } = frame;
  const { innerWidth, innerHeight } = box;
  const across = spans(width, innerWidth);
  const down = spans(frame.height, innerHeight);
  // Vertically first, because adding whole rows is cheap; then each row is shrunk horizontally.
  const row = new Float32Array(width);
  for (let y = 0; y < innerHeight; y++) {
    row.fill(0.5);
    for (let k = 0; k < down.reach; k++) {
      const weight = down.weights[y * down.reach + k] ?? 0;
      if (weight === 0) continue;
      const start = ((down.first[y] ?? 0) + k) * width;
      for (let x = 0; x < width; x++) {
        row[x] = (row[x] as number) + weight * (grey[start + x] as number);
      }
    }
    const target = y * box.width;
    const { first, weights, reach } = across;
    for (let x = 0; x < innerWidth; x++) {
      let sum = 0;
      const base = first[x] as number;
      for (let k = 0; k < reach; k++) {
        const weight = weights[x * reach + k] as number;
        if (weight > 0) sum += weight * (row[base + k] as number);
      }
      out[target + x] = sum;
    }
  }
}

function enlarge(frame: GreyPicture, box: Letterbox, out: Uint8Array): void {
  const { grey, width, height } = frame;
  for (let y = 0; y < box.innerHeight; y++) {
    const sy = Math.min(height - 1, Math.max(0, (y + 0.5) / box.scaleY - 0.5));
    const y0 = Math.floor(sy);
    const fy = sy - y0;
    const upper = y0 * width;
    const lower = Math.min(height - 1, y0 + 1) * width;
    for (let x = 0; x < box.innerWidth; x++) {
      const sx = Math.min(width - 1, Math.max(0, (x + 0.5) / box.scaleX - 0.5));
      const x0 = Math.floor(sx);
      const fx = sx - x0;
      const x1 = Math.min(width - 1, x0 + 1);
      const top = (grey[upper + x0] as number) * (1 - fx) + (grey[upper + x1] as number) * fx;
      const bottom = (grey[lower + x0] as number) * (1 - fx) + (grey[lower + x1] as number) * fx;
      out[y * box.width + x] = top * (1 - fy) + bottom * fy + 0.5;
    }
  }
}
