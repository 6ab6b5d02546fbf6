import type { Mat } from './opencv.ts';

/** A picture as the camera or the file delivers it. */
export interface RawFrame {
  mat: Mat;
  /** Time into the recording, ms; null on a live camera. */
  mediaMs: number | null;
  /** How long a live camera's picture was on its way for longer than its promptest, ms; 0 if that is not known. */
  lateMs: number;
}

/** An opened camera or recording. One `next` at a time. */
export interface RawSource {
  /** The next picture; null at the end of a recording. Throws a Problem if the camera delivers none. */
  next(): Promise<RawFrame | null>;
  /** Media time at which the recording ended, one frame after its last; 0 on a live camera. */
  readonly lengthMs: number;
  /** A fault while pictures still come, and what to do; or null. */
  readonly warning: string | null;
  /** Live pictures that were not given, because they were stored before the opening or came cut off. */
  readonly passedOver: number;
  /** Frees the device. Do not call it during a `next`. */
  close(): void;
}
