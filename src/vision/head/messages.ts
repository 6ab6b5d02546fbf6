import type { Config } from '../../config/schema.ts';
import type { HeadConfig } from '../../config/sections/heads.ts';
import type { ImageQuality } from '../capture/image-quality.ts';
import type { FeedHealth } from '../capture/source-feed.ts';
import type { OverviewMissing, TrackReport } from '../tracking/track-report.ts';

/** What a head process is told at its start. */
export interface HeadStart {
  type: 'start';
  head: HeadConfig;
  reading: Config['reading'];
  tracking: Config['tracking'];
  /** `hotlist.nearMinP`: from here on an alternative is told at once. */
  inPlayFrom: number;
  quality: Config['heads']['quality'];
}

/** To the head: begin, or end in order (tracks end and are reported, cameras close). */
export type ToHead = HeadStart | { type: 'stop' };

/** State of one camera source, with the frames overwritten before they were read (rule 2). */
export interface SourceHealth extends FeedHealth {
  framesDropped: number;
}

/** The head's figures, told twice a second. */
export interface HeadHealth {
  head: string;
  ir: SourceHealth;
  colour: SourceHealth | null;
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
  /** What is wrong with the pictures and what to do, or null. */
  qualityWarning: string | null;
  /** Frames with a plate whose overview was missing, by reason. */
  overviewMissing: Partial<Record<OverviewMissing, number>>;
}

/** Median and 99th percentile of a set of figures; null where there are none yet. */
export interface Quantiles {
  p50: number | null;
  p99: number | null;
}

/** From the head. JPEGs travel as Uint8Array (`serialization: 'advanced'`); never raw pixels. */
export type FromHead =
  | { type: 'ready'; head: string; models: { name: string; sha256: string }[] }
  | { type: 'health'; health: HeadHealth }
  | { type: 'track'; report: TrackReport }
  /** How long the present frame has been with the reader, ms; null when none is. A duration, as clocks may step. */
  | { type: 'busy'; forMs: number | null }
  | { type: 'finished'; head: string; framesRead: number }
  /** The head cannot go on and cannot end itself either, as a camera driver holds it: replace it. */
  | { type: 'lost'; problem: string }
  | { type: 'refused'; problem: string };
