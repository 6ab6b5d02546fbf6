import type { FoundPlate, FrameReading } from '../reading/plate-read.ts';
import type { OverviewMissing, TrackImage } from './track-report.ts';

/**
 * Makes pictures of one frame on demand: encoding takes longer than reading, and only a few frames of a vehicle are the
 * best so far.
 */
export interface FramePictures {
  /** The rectified plate. */
  plate(plate: FoundPlate): TrackImage;
  /** The whole infra-red frame. */
  ir(): TrackImage;
  /** The whole colour frame paired with it, or why there is none. */
  overview(): { image: TrackImage } | { missing: OverviewMissing };
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
