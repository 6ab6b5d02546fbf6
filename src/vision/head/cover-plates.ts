import type { GreyPicture } from '../reading/grey-picture.ts';

type Box = readonly [number, number, number, number];

/** Shares of a plate's width and height by which more is covered: its place is a pixel or two off, and it moves. */
const besides = 0.2;
const above = 0.35;
/** What is covered at least beyond a plate, in pixels of the picture. */
const leastPx = 2;

/**
 * Destroys plates in a picture: each place becomes one even tone, the mean of what was there. A mosaic or a soft blur could
 * be undone from many frames of a moving plate; one tone holds nothing of its text. Changes `picture` in place.
 *
 * @param scale pixels of the picture per pixel of the boxes.
 */
export function coverPlates(picture: GreyPicture, boxes: readonly Box[], scale: number): void {
  const { grey, width, height } = picture;
  for (const [x, y, across, down] of boxes) {
    const sideways = Math.max(leastPx, across * besides * scale);
    const upwards = Math.max(leastPx, down * above * scale);
    const left = Math.max(0, Math.floor(x * scale - sideways));
    const top = Math.max(0, Math.floor(y * scale - upwards));
    const right = Math.min(width, Math.ceil((x + across) * scale + sideways));
    const bottom = Math.min(height, Math.ceil((y + down) * scale + upwards));
    let sum = 0;
    let count = 0;
    for (let row = top; row < bottom; row += 1) {
      for (let at = row * width + left; at < row * width + right; at += 1) {
        sum += grey[at] as number;
        count += 1;
      }
    }
    if (count === 0) continue;
    const tone = Math.round(sum / count);
    for (let row = top; row < bottom; row += 1) {
      grey.fill(tone, row * width + left, row * width + right);
    }
  }
}
