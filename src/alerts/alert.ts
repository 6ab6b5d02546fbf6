import type { Hit } from '../records/detection.ts';
import type { OverviewMissing, TrackImages } from '../vision/tracking/track-report.ts';

/** How urgently an alert sounds and shows: by category and list type (ALT-6). */
export type AlertClass = 'urgent' | 'standard' | 'near' | 'informational';

/** What happened to an alert: it is new, its read or entry changed, or the read no longer matches. */
export type AlertEvent = 'raised' | 'amended' | 'withdrawn';

/** Dispatch's answer about an alert (DSP-4). */
export type DispatchAnswer = 'verified' | 'not_verified';

/** A part of a picture: left, top, width and height as fractions of the picture's. */
export interface PictureBox {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** Which pictures there are of an alert, and when each was taken; null for one that is missing. */
export interface AlertPictures {
  plate: { takenAtMs: number } | null;
  ir: { takenAtMs: number } | null;
  overview: { takenAtMs: number } | null;
  overviewMissing: OverviewMissing | null;
}

/**
 * A hit as shown and sounded to the operator. The wording is always "possible" (ALT-4). One vehicle has one alert,
 * however many lists it is on: `hit.detectionId` identifies it for its life; `hit` is the best of its matches at the
 * time and may change to one of another list.
 */
export interface Alert {
  hit: Hit;
  class: AlertClass;
  /** "Possible stolen vehicle" */
  title: string;
  /** The fixed line that says that a hit alone does not justify a stop (ALT-5). */
  banner: string;
  /** Hits of the vehicle on other lists, best first. */
  others: readonly Hit[];
  /** When the vehicle was in view (ms since the epoch, of the frames) and in how many frames. */
  seen: { firstMs: number; lastMs: number; frames: number };
  /** Images that existed when the alert was raised, amended or refreshed. */
  images: TrackImages;
  /** Where the plate is in the infra-red picture; null if that is not known. */
  plateBox: PictureBox | null;
}

/** An alert of before a restart; its pictures are on the disk. */
export type RestoredAlert = Omit<Alert, 'images'> & { images: AlertPictures };

/** One way to alert the operator. A failing output never delays another (ALT-1). */
export interface AlertOutput extends AsyncDisposable {
  readonly name: 'sound' | 'voice' | 'page' | 'beacon';
  /** Prepares the output; may be called twice. Missing devices are reported by `health`, not thrown. */
  start(): Promise<void>;
  /** Resolves when the alert is out or is waiting behind a more urgent one; rejects if it failed. */
  present(event: AlertEvent, alert: Alert): Promise<void>;
  /** Presents dispatch's answer, clearly different from an alert (DSP-4). */
  answer?(answer: DispatchAnswer, alert: Alert): Promise<void>;
  /** Sounds an alert again that nobody has seen; only outputs that are heard. */
  repeat?(alert: Alert): Promise<void>;
  /** Presents one example of each class to who stands before the unit. */
  test?(): Promise<void>;
  /** Takes better images or a later sighting of an alert that it has presented. Makes no sound. */
  refresh?(alert: Alert): void;
  /** Takes an alert of before a restart that is still open. Makes no sound. */
  restore?(alert: RestoredAlert): void;
  health(): Pick<OutputHealth, 'state' | 'problem'>;
}

/** Health of one output, with counts of the alert desk. */
export interface OutputHealth {
  name: AlertOutput['name'];
  /** `fallback`: in another way, such as a sound written to a file. */
  state: 'ok' | 'fallback' | 'failed' | 'off';
  /** `audio.fail` for sound and voice, else `<name>.fail`, while the output does not work normally (ALT-1). */
  code: string | null;
  /** What is wrong and what to do; null if nothing is wrong. */
  problem: string | null;
  told: number;
  failed: number;
}
