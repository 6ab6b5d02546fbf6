import type { Config } from '../../config/schema.ts';
import type { HeadConfig } from '../../config/sections/heads.ts';
import type { ImageQuality } from '../capture/image-quality.ts';
import type { FeedHealth } from '../capture/source-feed.ts';
import type { OverviewMissing, TrackReport } from '../tracking/track-report.ts';
import type { PassedOver } from './passed-over.ts';
import type { PreviewFrame, PreviewWish } from './preview-frame.ts';

/** Start data of a head process. */
export interface HeadStart {
  type: 'start';
  head: HeadConfig;
  reading: Config['reading'];
  tracking: Config['tracking'];
  /** `hotlist.nearMinP`: an alternative with at least this probability is reported at once. */
  inPlayFrom: number;
  quality: Config['heads']['quality'];
  /** Whether nothing may be captured now (CAP-13). */
  isSuspended: boolean;
}

/**
 * To the head: start; end in order (tracks end and are reported, cameras close); capture nothing, or capture again. While
 * it is suspended a head takes frames, so that its cameras stay ready, and looks at none. `preview`: what somebody looks at;
 * null if nobody does.
 */
export type ToHead =
  | HeadStart
  | { type: 'stop' }
  | { type: 'suspend'; isSuspended: boolean }
  | { type: 'preview'; wish: PreviewWish | null };

/** State of one camera source, with the frames overwritten before they were read (rule 2). */
export interface SourceHealth extends FeedHealth {
  framesDropped: number;
}

/** The head's figures, sent twice a second. */
export interface HeadHealth {
  head: string;
  ir: SourceHealth;
  colour: SourceHealth | null;
  /** Infra-red frames of the last minute that a newer one replaced before they were read, or that were of no use. */
  passedOver: PassedOver;
  framesRead: number;
  readFps: number;
  platesFound: number;
  platesRead: number;
  /** Milliseconds over the last frames. */
  stageMs: { detect: Quantiles; recognise: Quantiles; captureToRead: Quantiles };
  openTracks: number;
  residentMiB: number;
  /** Of the newest measured infra-red frame (CAP-5). */
  quality: ImageQuality | null;
  /** What is wrong with the pictures and what to do; null if nothing is wrong. */
  qualityWarning: string | null;
  /** Frames with a plate whose overview was missing, by reason. */
  overviewMissing: Partial<Record<OverviewMissing, number>>;
}

/** Median and 99th percentile of a set of figures; null if there are none yet. */
export interface Quantiles {
  p50: number | null;
  p99: number | null;
}

/** From the head. JPEGs are sent as Uint8Array (`serialization: 'advanced'`); raw pixels are never sent. */
export type FromHead =
  | { type: 'ready'; head: string; models: { name: string; sha256: string }[] }
  | { type: 'health'; health: HeadHealth }
  | { type: 'track'; report: TrackReport }
  | { type: 'preview'; frame: PreviewFrame }
  /** How long the reader has had the current frame, ms; null if it has none. A duration, since clocks may jump. */
  | { type: 'busy'; forMs: number | null }
  | { type: 'finished'; head: string; framesRead: number }
  /** A camera driver hangs, so the head can neither continue nor exit: replace its process. */
  | { type: 'lost'; problem: string }
  | { type: 'refused'; problem: string };
