import type { Hit } from '../records/detection.ts';
import type { TrackImages } from '../tracking/track-report.ts';

/** How urgently an alert sounds and shows: by category and list type (domain.md ALT-6, feature 9). */
export type AlertClass = 'urgent' | 'standard' | 'near' | 'informational';

/** A hit as shown and sounded to the operator. Wording is always "possible" (domain.md ALT-4). */
export interface Alert {
  hit: Hit;
  class: AlertClass;
  /** "Possible stolen vehicle" */
  title: string;
  /** The fixed line that a hit is no basis for a stop (domain.md ALT-5). */
  banner: string;
  /** Pictures at hand when the alert was raised or last amended. */
  images: TrackImages;
}

/** One way to tell the operator. A failing output never holds up another (domain.md ALT-1). */
export interface AlertOutput extends AsyncDisposable {
  readonly name: 'sound' | 'voice' | 'page' | 'beacon';
  start(): Promise<void>;
  /** Resolves when the alert is out, rejects when it could not be; `kind` is what happened to the alert. */
  tell(kind: 'raised' | 'amended' | 'withdrawn', alert: Alert): Promise<void>;
  health(): OutputHealth;
}

/** Health of one output. */
export interface OutputHealth {
  name: string;
  state: 'ok' | 'fallback' | 'failed' | 'off';
  /** What is wrong and what to do, or null. */
  problem: string | null;
  told: number;
  failed: number;
}
