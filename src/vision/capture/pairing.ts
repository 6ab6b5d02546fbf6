import type { OverviewMissing } from '../tracking/track-report.ts';
import type { Frame } from './frame.ts';

/** The colour frame that belongs to an infra-red one, or why there is none (CAP-1, CAP-6). */
export type Pair = { frame: Frame } | { missing: Exclude<OverviewMissing, 'not_fitted'> };

/**
 * Finds the colour frame taken nearest to an infra-red one. It keeps only the newest few colour frames, so the search
 * starts with `watch` and continues while the infra-red frame is being read.
 */
export interface Pairing {
  /** Adds a colour frame, which the pairing then holds. */
  offer(frame: Frame): void;
  /** Starts the search for the colour frame nearest to this infra-red frame. */
  watch(ir: Frame): void;
  /** The nearest colour frame so far; valid until the next `watch`. */
  pick(): Pair;
  /** How much later the nearest colour frame so far was taken, ms; null if there is none. */
  readonly skewMs: number | null;
  /** Releases every frame. */
  clear(): void;
}

const kept = 4;

/** `timeOf` returns the time to pair by; `isDown`, whether the colour camera delivers no frames now. */
export function createPairing(options: {
  maxSkewMs: number;
  timeOf: (frame: Frame) => number;
  isDown: () => boolean;
}): Pairing {
  const { timeOf } = options;
  const recent: Frame[] = [];
  let watchedAtMs: number | null = null;
  let nearest: Frame | null = null;

  const skewOf = (frame: Frame) => Math.abs(timeOf(frame) - (watchedAtMs ?? 0));
  const consider = (frame: Frame) => {
    if (watchedAtMs === null || (nearest !== null && skewOf(nearest) <= skewOf(frame))) return;
    nearest?.release();
    nearest = frame.retain();
  };
  const forgetNearest = () => {
    nearest?.release();
    nearest = null;
  };

  return {
    offer(frame) {
      recent.push(frame);
      consider(frame);
      if (recent.length > kept) recent.shift()?.release();
    },
    watch(ir) {
      forgetNearest();
      watchedAtMs = timeOf(ir);
      for (const frame of recent) consider(frame);
    },
    pick() {
      if (nearest !== null && skewOf(nearest) <= options.maxSkewMs) return { frame: nearest };
      if (options.isDown()) return { missing: 'source_down' };
      return { missing: nearest === null ? 'no_frame' : 'skew' };
    },
    get skewMs() {
      return nearest === null || watchedAtMs === null ? null : timeOf(nearest) - watchedAtMs;
    },
    clear() {
      forgetNearest();
      watchedAtMs = null;
      for (const frame of recent.splice(0)) frame.release();
    },
  };
}
