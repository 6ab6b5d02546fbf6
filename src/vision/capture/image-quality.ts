import type { Config } from '../../config/schema.ts';

/** Quality figures of one grey picture (CAP-5). */
export interface ImageQuality {
  /** Mean, 0 to 255. */
  brightness: number;
  /** Share of saturated white pixels. Black ones do not count: infra-red nights are black. */
  clippedShare: number;
  /** Variance of the Laplacian; larger is sharper. */
  sharpness: number;
}

const clippedFrom = 252;

/** Measures a picture on every sixth pixel of every sixth row; well under a millisecond at 1280×720. */
export function measureQuality(picture: {
  grey: Uint8Array;
  width: number;
  height: number;
}): ImageQuality {
  const { grey, width, height } = picture;
  const step = 6;
  let count = 0;
  let sum = 0;
  let clipped = 0;
  let laplacianSum = 0;
  let laplacianSquares = 0;
  const at = (index: number) => grey[index] ?? 0;
  for (let y = 1; y < height - 1; y += step) {
    for (let x = 1; x < width - 1; x += step) {
      const index = y * width + x;
      const value = at(index);
      const laplacian =
        at(index - 1) + at(index + 1) + at(index - width) + at(index + width) - 4 * value;
      count += 1;
      sum += value;
      if (value >= clippedFrom) clipped += 1;
      laplacianSum += laplacian;
      laplacianSquares += laplacian * laplacian;
    }
  }
  if (count === 0) return { brightness: 0, clippedShare: 0, sharpness: 0 };
  const mean = laplacianSum / count;
  return {
    brightness: sum / count,
    clippedShare: clipped / count,
    sharpness: laplacianSquares / count - mean * mean,
  };
}

/** Watches the pictures of one camera, about once a second of their own time. */
export interface QualityWatch {
  /** Whether this frame must be measured. */
  isDue(takenAtMs: number): boolean;
  add(quality: ImageQuality): void;
  readonly latest: ImageQuality | null;
  /** The fault of the last measured pictures, and what to do; null if there is none. */
  readonly warning: string | null;
}

/** Darker pictures show too little to be judged as blurred. */
const litFrom = 25;
const everyMs = 1000;
const inARow = 5;
/** Sensor noise changes every picture; a camera that hangs may send its last picture again and again. */
const frozenInARow = 60;
const frozen = 'pictures have not changed for a minute; the camera hangs: switch it off and on';

/** Warns only after several bad pictures in a row, not after one glare or one dark tunnel. */
export function createQualityWatch(limits: Config['heads']['quality']): QualityWatch {
  let lastAtMs = Number.NEGATIVE_INFINITY;
  let latest: ImageQuality | null = null;
  let warning: string | null = null;
  let candidate: string | null = null;
  let times = 0;
  let unchanged = 0;
  return {
    isDue(takenAtMs) {
      if (Math.abs(takenAtMs - lastAtMs) < everyMs) return false;
      lastAtMs = takenAtMs;
      return true;
    },
    add(quality) {
      const { brightness, sharpness } = quality;
      const isSame = brightness === latest?.brightness && sharpness === latest.sharpness;
      unchanged = isSame ? unchanged + 1 : 0;
      latest = quality;
      const fault = faultOf(quality, limits);
      times = fault === candidate ? times + 1 : 1;
      candidate = fault;
      if (times >= inARow) warning = candidate;
    },
    get latest() {
      return latest;
    },
    get warning() {
      return warning ?? (unchanged >= frozenInARow ? frozen : null);
    },
  };
}

/** What is wrong with one picture, and what to do; null if nothing is. */
export function faultOf(quality: ImageQuality, limits: Config['heads']['quality']): string | null {
  if (quality.brightness < limits.minBrightness) {
    return 'pictures are black; check the lens cap, the illuminator and the exposure';
  }
  if (quality.brightness > limits.maxBrightness || quality.clippedShare > limits.maxClippedShare) {
    return 'pictures are too bright; check the exposure, the gain and the filter';
  }
  if (quality.brightness >= litFrom && quality.sharpness < limits.minSharpness) {
    return 'pictures are blurred; clean the lens and check the focus';
  }
  return null;
}
