import type { Mat } from './opencv.ts';

/**
 * One picture of a camera. The pixels live outside the JavaScript heap, so whoever keeps a frame says so
 * (`retain`) and lets go (`release`): waiting for the garbage collector would hold gigabytes.
 */
export interface Frame {
  /** BGR, 8 bits a channel. */
  readonly mat: Mat;
  readonly width: number;
  readonly height: number;
  /** Counts the frames of one source from 1, dropped ones too. */
  readonly sequence: number;
  /** Evidence time, ms since the epoch: a recording's own time, else `capturedAtMs`. */
  readonly takenAtMs: number;
  /** Host time at which the frame was in our hands, ms since the epoch. */
  readonly capturedAtMs: number;
  /** One more holder. */
  retain(): Frame;
  /** One holder less; the last one frees the pixels. */
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
