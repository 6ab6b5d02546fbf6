import type { ImageQuality } from '../capture/image-quality.ts';
import type { UnreadReason } from '../reading/plate-read.ts';
import type { TestPlate, TestVerdict } from './test-plate.ts';

/** Which pictures somebody looks at now. */
export interface PreviewWish {
  /** Without plates: their pixels are destroyed before the picture leaves the head. */
  covered: boolean;
  /** As the camera gave it. */
  clear: boolean;
  /** The plate that is held before the camera; null outside a test. */
  test: TestPlate | null;
}

/** A plate in a preview picture. No text: what it says is not for who sets up a camera. */
export interface PreviewPlate {
  /** In pixels of the camera's frame: x, y, width, height. */
  box: [number, number, number, number];
  /** Along its own edges, in pixels of the camera's frame. */
  widthPx: number;
  /** Of its upper edge against the horizontal, degrees; positive where its right end is lower. */
  tiltDeg: number;
  /** Why it is not read; null if it is. `passed_over`: the machine is too slow for all. */
  unread: UnreadReason | 'passed_over' | null;
}

/** A small picture of what the camera sees, for who sets it up. */
export interface PreviewFrame {
  head: string;
  /** When the frame was taken, ms since the epoch. */
  takenAtMs: number;
  /** Size of the camera's frame, px; the pictures are smaller. */
  width: number;
  height: number;
  /** JPEG files, at most 640 px wide; null where nobody wants one. */
  covered: Uint8Array | null;
  clear: Uint8Array | null;
  /**
   * The colour frame nearest in time, once a second; null between, and without one. JPEG files: clear ones at most 320 px wide,
   * covered ones 32, in which no plate can be read wherever it is, because nobody looks for plates in this picture.
   */
  colour: { covered: Uint8Array | null; clear: Uint8Array | null } | null;
  plates: PreviewPlate[];
  quality: ImageQuality;
  /** When the colour frame nearest in time was taken, after this one, ms; null without one. */
  skewMs: number | null;
  /** Of the test under way; null outside one. */
  test: TestVerdict | null;
}
