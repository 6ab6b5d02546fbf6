import type { Hit } from '../records/detection.ts';
import type { TrackImages } from '../vision/tracking/track-report.ts';

/** How urgently an alert sounds and shows: by category and list type (ALT-6). */
export type AlertClass = 'urgent' | 'standard' | 'near' | 'informational';

/** What happened to an alert: it is new, its read or entry changed, or the read matches no more. */
export type AlertEvent = 'raised' | 'amended' | 'withdrawn';

/** What dispatch found when it asked about an alert (DSP-4). */
export type DispatchAnswer = 'verified' | 'not_verified';

/**
 * A hit as shown and sounded to the operator. Wording is always "possible" (ALT-4).
 * One vehicle makes one alert, however many lists it is on: `hit.detectionId` names it for its life, `hit` is
 * the best of its matches at the time and may change from one list's to another's.
 */
export interface Alert {
  hit: Hit;
  class: AlertClass;
  /** "Possible stolen vehicle" */
  title: string;
  /** The fixed line that a hit is no basis for a stop (ALT-5). */
  banner: string;
  /** The other lists that the vehicle is on, best first. */
  others: readonly Hit[];
  /** When the vehicle was in view (ms since the epoch, of the frames) and in how many frames. */
  seen: { firstMs: number; lastMs: number; frames: number };
  /** Pictures at hand when the alert was raised, amended or refreshed. */
  images: TrackImages;
}

/** One way to tell the operator. A failing output never holds up another (ALT-1). */
export interface AlertOutput extends AsyncDisposable {
  readonly name: 'sound' | 'voice' | 'page' | 'beacon';
  /** Makes ready; may be called twice. What is not there is reported by `health`, not thrown. */
  start(): Promise<void>;
  /** Resolves when the alert is out or waits behind a more urgent one; rejects when it could not be told. */
  tell(event: AlertEvent, alert: Alert): Promise<void>;
  /** Tells what dispatch has found, in a way that is unlike an alert (DSP-4). */
  answer?(answer: DispatchAnswer, alert: Alert): Promise<void>;
  /** Takes better pictures or a later sighting of an alert that it was told of. Nothing sounds. */
  refresh?(alert: Alert): void;
  health(): Pick<OutputHealth, 'state' | 'problem'>;
}

/** Health of one output, with what the alert desk counted. */
export interface OutputHealth {
  name: AlertOutput['name'];
  /** `fallback`: told another way, as a sound written to a file. */
  state: 'ok' | 'fallback' | 'failed' | 'off';
  /** `audio.fail` for sound and voice, else `<name>.fail`, while the output is not itself (ALT-1). */
  code: string | null;
  /** What is wrong and what to do, or null. */
  problem: string | null;
  told: number;
  failed: number;
}
