import type { Clock } from '../../platform/clock.ts';

/**
 * The common timeline of a head's recordings: infra-red and colour start together, and start again together when the
 * infra-red one has ended, so that a looped pair stays in step.
 */
export interface Playback {
  /** Host time at which the recordings started, ms since the epoch; the first call starts them. */
  begunAtMs(): number;
  /** Number of times the recordings have started again. */
  readonly lap: number;
  /** Media time at which this lap started, ms. */
  readonly lapOffsetMs: number;
  /** The leading recording has ended after `lengthMs` of this lap. */
  nextLap(lengthMs: number): void;
  /** Resolves when the next lap begins. */
  lapChanged(): Promise<void>;
}

/** A playback that has not started. */
export function createPlayback(clock: Clock): Playback {
  let begunAtMs: number | null = null;
  let lap = 0;
  let lapOffsetMs = 0;
  let change = Promise.withResolvers<void>();
  return {
    begunAtMs() {
      begunAtMs ??= clock();
      return begunAtMs;
    },
    get lap() {
      return lap;
    },
    get lapOffsetMs() {
      return lapOffsetMs;
    },
    nextLap(lengthMs) {
      lap += 1;
      lapOffsetMs += lengthMs;
      change.resolve();
      change = Promise.withResolvers<void>();
    },
    lapChanged: () => change.promise,
  };
}
