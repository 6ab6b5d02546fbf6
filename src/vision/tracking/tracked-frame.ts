import type { FoundPlate, FrameReading } from '../reading/plate-read.ts';
import type { OverviewMissing, TrackImage } from './track-report.ts';

/**
 * Makes pictures of one frame on demand: encoding takes longer than reading, and of the frames of a vehicle only the best
 * is shown. Until they are made, the frame's pixels are held.
 */
export interface FramePictures {
  /** Adds a holder of the pixels. They are there without one only until the frame has been tracked. */
  retain(): void;
  /** Removes a holder. */
  release(): void;
  /** Why there is no colour frame paired with it, or null. */
  readonly overviewMissing: OverviewMissing | null;
  /** The rectified plate. */
  plate(plate: FoundPlate): TrackImage;
  /** The whole infra-red frame. */
  ir(): TrackImage;
  /** The whole colour frame paired with it, or null. */
  overview(): TrackImage | null;
}

/** One frame with all its readings. */
export interface TrackedFrame {
  /** When the frame was taken, ms since the epoch: evidence time. */
  takenAtMs: number;
  /** Host time at which the frame was captured, for latency. */
  capturedAtMs: number;
  width: number;
  height: number;
  reading: FrameReading;
  pictures: FramePictures;
}
