/** Figures of one rectified plate that show whether it is legible. */
export interface PlateQuality {
  /** Variance of the Laplacian: larger is sharper. */
  sharpness: number;
  /**
   * Difference in grey levels between the darkest and the brightest twentieth of its middle, where the characters are.
   */
  contrast: number;
}

/** Measures a rectified plate, `width` pixels a row. */
export function plateQuality(plate: Uint8Array, width: number): PlateQuality {
  const height = plate.length / width;
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const laplacian =
        4 * (plate[i] as number) -
        (plate[i - 1] as number) -
        (plate[i + 1] as number) -
        (plate[i - width] as number) -
        (plate[i + width] as number);
      sum += laplacian;
      squares += laplacian * laplacian;
      count += 1;
    }
  }
  const mean = sum / Math.max(1, count);
  return {
    sharpness: squares / Math.max(1, count) - mean * mean,
    contrast: contrastOf(plate, width),
  };
}

function contrastOf(plate: Uint8Array, width: number): number {
  const height = plate.length / width;
  const histogram = new Uint32Array(256);
  let count = 0;
  for (let y = Math.ceil(height * 0.25); y < height * 0.75; y++) {
    for (let x = Math.ceil(width * 0.1); x < width * 0.9; x++) {
      const value = plate[y * width + x] as number;
      histogram[value] = (histogram[value] as number) + 1;
      count += 1;
    }
  }
  const tail = count / 20;
  const levelAt = (from: number, step: 1 | -1) => {
    let seen = 0;
    let level = from;
    for (; level >= 0 && level < 256; level += step) {
      seen += histogram[level] as number;
      if (seen >= tail) break;
    }
    return level;
  };
  return Math.max(0, levelAt(255, -1) - levelAt(0, 1));
}
