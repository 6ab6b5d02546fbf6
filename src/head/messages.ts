import type { Config } from '../platform/config/schema.ts';
import type { HeadConfig } from '../platform/config/sections/heads.ts';
import type { TrackReport } from '../tracking/track-report.ts';

/** What a head process is told at its start. */
export interface HeadStart {
  type: 'start';
  head: HeadConfig;
  reading: Config['reading'];
  tracking: Config['tracking'];
}

/** To the head: end in order (tracks end, files close), or fail on purpose in a test of the supervisor. */
export type ToHead = HeadStart | { type: 'stop' };

/** State of one camera source. */
export interface SourceHealth {
  state: 'opening' | 'running' | 'stalled' | 'failed' | 'ended';
  /** What is wrong and what to do, or null. */
  problem: string | null;
  framesTaken: number;
  /** Frames overwritten in the slot before they were read (design.md, rule 2). */
  framesDropped: number;
  /** Over the last seconds. */
  fps: number;
  width: number;
  height: number;
  /** Times the source was opened again. */
  reopened: number;
  /** Host time of the newest frame, or null. */
  lastFrameAtMs: number | null;
}

/** The head's figures, told every second. */
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
  /** Image quality of the IR frames: mean brightness 0-255, share of clipped pixels, sharpness (domain.md CAP-5). */
  quality: { brightness: number; clippedShare: number; sharpness: number } | null;
  overviewMissing: Record<string, number>;
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
  | { type: 'busy'; sinceMs: number | null }
  | { type: 'finished'; head: string; framesRead: number }
  | { type: 'refused'; problem: string };
