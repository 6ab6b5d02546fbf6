import type { TrackImages } from '../tracking/track-report.ts';
import type { Hit } from './detection.ts';
import type { DetectionDraft } from './draft-detection.ts';

/** What is to be stored of one vehicle. */
export interface StoreDetection {
  detection: DetectionDraft;
  /** The best pictures so far; one that is stored already is not written again. */
  images: TrackImages;
  /** Headquarters is to hear of it now; a closed detection is always told. */
  publish?: boolean;
  /** True degrees the camera looks, for the pictures' EXIF, where known. */
  cameraBearingDeg?: number | null;
}

/** A store with the hits of this moment, which go to headquarters at once. */
export interface StoreHits extends StoreDetection {
  hits: readonly Hit[];
}

interface Waiting {
  input: StoreHits;
  done: PromiseWithResolvers<void>;
}

/**
 * Stores of one detection run one after another; what comes meanwhile merges into one next store. So at most two
 * stores a vehicle are held, however slow the disk is, and no hit is lost on the way.
 */
export function createStoreQueue(store: (input: StoreHits) => Promise<void>) {
  const running = new Map<string, { sinceMs: number; done: Promise<void> }>();
  const waiting = new Map<string, Waiting>();

  const run = (id: string, input: StoreHits): Promise<void> => {
    const done = store(input).finally(() => {
      running.delete(id);
      const next = waiting.get(id);
      if (!next) return;
      waiting.delete(id);
      run(id, next.input).then(next.done.resolve, next.done.reject);
    });
    running.set(id, { sinceMs: Date.now(), done });
    return done;
  };

  return {
    add(input: StoreHits): Promise<void> {
      const id = input.detection.id;
      if (!running.has(id)) return run(id, input);
      const next = waiting.get(id) ?? { input, done: Promise.withResolvers<void>() };
      if (next.input !== input) next.input = merged(next.input, input);
      waiting.set(id, next);
      return next.done.promise;
    },
    get size() {
      return running.size + waiting.size;
    },
    /** When the longest running store began; null when none runs. */
    oldestSinceMs(): number | null {
      let oldest: number | null = null;
      for (const { sinceMs } of running.values()) oldest = Math.min(oldest ?? sinceMs, sinceMs);
      return oldest;
    },
    async settled(): Promise<void> {
      while (running.size > 0) {
        await Promise.allSettled([...running.values()].map((store) => store.done));
      }
    },
  };
}

/** The later word with the earlier one's hits, and its pictures where the later one has none. */
function merged(earlier: StoreHits, later: StoreHits): StoreHits {
  const last = earlier.detection.closed && !later.detection.closed ? earlier : later;
  return {
    ...last,
    hits: [...earlier.hits, ...later.hits],
    publish: earlier.publish === true || later.publish === true,
    images: {
      ...last.images,
      plate: last.images.plate ?? earlier.images.plate,
      ir: last.images.ir ?? earlier.images.ir,
      overview: last.images.overview ?? earlier.images.overview,
    },
  };
}
