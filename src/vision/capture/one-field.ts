import type { GreyPicture } from '../reading/grey-picture.ts';

const blockPx = 16;
/** Columns of a block that are looked at: every so manieth. */
const stepPx = 2;
/** Mean difference of neighbouring rows, in grey levels: below, nothing moved that could be read. */
const minDifference = 5;
/** In a picture taken at one moment rows differ the more the further apart they are; combing turns that around. */
const minRatio = 1.25;
/** A block with fewer combed ones around it shows fine stripes, a grille or a blind, not a part of a vehicle. */
const minAround = 2;

/**
 * Makes one field of what an interlaced camera took at two moments. Analogue cameras send the odd rows of a frame a
 * fiftieth or sixtieth of a second after the even ones, so that whatever moves shows a comb, and no plate can be read.
 * Where a part of the picture is combed, its odd rows are made from the even ones beside them; what stands still keeps all
 * its rows. Changes `picture` in place; returns the share of it that was combed.
 */
export function takeOneField({ grey, width, height }: GreyPicture): number {
  const [across, down] = [Math.ceil(width / blockPx), Math.ceil(height / blockPx)];
  const isSuspect = new Uint8Array(across * down);
  for (let row = 0; row < down; row += 1) {
    for (let column = 0; column < across; column += 1) {
      if (isComb(grey, width, height, column * blockPx, row * blockPx)) {
        isSuspect[row * across + column] = 1;
      }
    }
  }
  const around = (marks: Uint8Array, column: number, row: number) =>
    countAround(marks, { across, down, column, row });
  const isCombed = isSuspect.map((mark, i) =>
    mark === 1 && around(isSuspect, i % across, Math.floor(i / across)) > minAround ? 1 : 0,
  );
  const combed = isCombed.reduce((sum, mark) => sum + mark, 0);
  if (combed === 0) return 0;
  for (let row = 0; row < down; row += 1) {
    for (let column = 0; column < across; column += 1) {
      // With its neighbours: of a plate's edge little may lie in a block.
      if (around(isCombed, column, row) > 0) {
        interpolate(grey, width, height, column * blockPx, row * blockPx);
      }
    }
  }
  return combed / isCombed.length;
}

/** Whether neighbouring rows differ more than those of one field. */
function isComb(
  grey: Uint8Array,
  width: number,
  height: number,
  left: number,
  top: number,
): boolean {
  const right = Math.min(left + blockPx, width);
  const bottom = Math.min(top + blockPx, height - 2);
  let near = 0;
  let far = 0;
  let count = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let at = y * width + left; at < y * width + right; at += stepPx) {
      const value = grey[at] as number;
      near += Math.abs(value - (grey[at + width] as number));
      far += Math.abs(value - (grey[at + 2 * width] as number));
      count += 1;
    }
  }
  return near > minDifference * count && near > minRatio * far;
}

/** How many of a block and the eight around it are marked. */
function countAround(
  marks: Uint8Array,
  at: { across: number; down: number; column: number; row: number },
): number {
  const { across, down, column, row } = at;
  let count = 0;
  for (let y = Math.max(0, row - 1); y <= Math.min(down - 1, row + 1); y += 1) {
    for (let x = Math.max(0, column - 1); x <= Math.min(across - 1, column + 1); x += 1) {
      count += marks[y * across + x] as number;
    }
  }
  return count;
}

function interpolate(
  grey: Uint8Array,
  width: number,
  height: number,
  left: number,
  top: number,
): void {
  const right = Math.min(left + blockPx, width);
  // Blocks begin at an even row.
  for (let y = top + 1; y < Math.min(top + blockPx, height); y += 2) {
    for (let x = left; x < right; x += 1) {
      const at = y * width + x;
      const above = grey[at - width] as number;
      const below = y + 1 < height ? (grey[at + width] as number) : above;
      grey[at] = (above + below + 1) >> 1;
    }
  }
}
