import type { Mat } from './opencv.ts';

/**
 * One picture of a camera. Its pixels are outside the JavaScript heap, so every holder calls `retain` and `release`:
 * waiting for the garbage collector would use gigabytes.
 */
export interface Frame {
  /** BGR, 8 bits a channel. */
  readonly mat: Mat;
  readonly width: number;
  readonly height: number;
  /** Number of the frame in its source, from 1; dropped frames are counted too. */
  readonly sequence: number;
  /** Evidence time, ms since the epoch: a recording's own time, else `capturedAtMs` less what it was late. */
  readonly takenAtMs: number;
  /** Host time at which the frame was received, ms since the epoch. */
  readonly capturedAtMs: number;
  /** Adds a holder. */
  retain(): Frame;
  /** Removes a holder; the last one frees the pixels. */
  release(): void;
}

/** A frame with one holder, the caller. */
export function createFrame(
  mat: Mat,
  facts: { sequence: number; takenAtMs: number; capturedAtMs: number },
): Frame {
  let holders = 1;
  const frame: Frame = {
    mat,
    width: mat.cols,
    height: mat.rows,
    ...facts,
    retain() {
      holders += 1;
      return frame;
    },
    release() {
      holders -= 1;
      if (holders === 0) mat.release();
    },
  };
  return frame;
}
