import { z } from 'zod';
import { alternativeSchema, type unreadReasonSchema } from '../reading/plate-read.ts';

/** Why the colour overview of a detection is missing (CAP-1, CAP-6). */
export const overviewMissingSchema = z.enum(['not_fitted', 'skew', 'no_frame', 'source_down']);
export type OverviewMissing = z.infer<typeof overviewMissingSchema>;

/** The running vote over a track's reads. */
export const consensusSchema = z.strictObject({
  plate: z.string().min(1),
  confidence: z.number().min(0).max(1),
  characters: z.array(z.strictObject({ char: z.string().length(1), p: z.number().min(0).max(1) })),
  alternatives: z.array(alternativeSchema),
  state: z.strictObject({ code: z.string(), p: z.number().min(0).max(1) }).nullable(),
  /** Reads that voted, and those of them with exactly this text. */
  readCount: z.int().min(1),
  agreeCount: z.int().min(0),
});
export type Consensus = z.infer<typeof consensusSchema>;

/** Motion of the plate in the picture; `stationary` if it hardly moves. */
export const motionSchema = z.enum(['approaching', 'receding', 'stationary', 'unknown']);
export type Motion = z.infer<typeof motionSchema>;

/**
 * Host wall-clock times (ms since the epoch) of the frame that last changed the consensus or made an alternative
 * probable enough to report (ALT-3).
 */
export const visionTimesSchema = z.strictObject({
  capturedAtMs: z.number(),
  foundAtMs: z.number(),
  readAtMs: z.number(),
});
export type VisionTimes = z.infer<typeof visionTimesSchema>;

/** A picture of the vehicle, always from a frame in which this track was seen. */
export interface TrackImage {
  jpeg: Uint8Array;
  width: number;
  height: number;
  /** When the frame was taken, ms since the epoch. */
  takenAtMs: number;
}

/** The best pictures so far; null if there is none. */
export interface TrackImages {
  /** The rectified plate. */
  plate: TrackImage | null;
  /** The whole infra-red frame. */
  ir: TrackImage | null;
  /** The whole colour frame paired with `ir`. */
  overview: TrackImage | null;
  overviewMissing: OverviewMissing | null;
}

/**
 * What the tracker says of one vehicle. Its `id` becomes the detection's id.
 * - `update`: the consensus is believed and has just appeared or changed (text or an alternative in play), or
 *   the vehicle has been in view for `tracking.publishAfterS`;
 * - `ended`: the vehicle is gone; the last word on it.
 * Evidence times (`firstSeenMs`, `lastSeenMs`, `takenAtMs`) are when the frames were taken; `times` are host
 * times, for latency. Both are equal on a live camera; a recording with `startAt` keeps its own evidence times.
 */
export interface TrackReport {
  /** uuid v7, created once (rule 6). */
  id: string;
  head: string;
  phase: 'update' | 'ended';
  /** Number of the report of this track, from 1. */
  sequence: number;
  firstSeenMs: number;
  lastSeenMs: number;
  /** Frames in which the plate was found. */
  seenCount: number;
  /** Null while there is no believed text; such a track ends as an unread detection. */
  consensus: Consensus | null;
  /** What the reads of a track without a consensus together hold possible; left out if none gave a text. */
  possible?: Consensus;
  /** Set on an ended track without a consensus (CAP-8). */
  unread: z.infer<typeof unreadReasonSchema> | null;
  motion: Motion;
  /** Horizontal motion in the picture, frame widths per second; positive to the right. */
  lateralPerS: number;
  /** Of the best frame, in its pixels: x, y, width, height. */
  box: [number, number, number, number];
  frameSize: [number, number];
  times: VisionTimes;
  images: TrackImages;
}
