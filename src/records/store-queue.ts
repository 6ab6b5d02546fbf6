import { createBackoff } from '../platform/backoff.ts';
import type { TrackImages } from '../vision/tracking/track-report.ts';
import type { Hit } from './detection.ts';
import type { DetectionDraft } from './draft-detection.ts';

/** The input of a store of one vehicle. */
export interface StoreDetection {
  detection: DetectionDraft;
  /** The best images so far; those already stored are not written again. */
  images: TrackImages;
  /** Send it to headquarters now; a closed detection is always sent. */
  publish?: boolean;
  /** Direction of the camera in true degrees, if known; for the images' EXIF. */
  cameraBearingDeg?: number | null;
}

/** A store with new hits, which are sent to headquarters at once. */
export interface StoreHits extends StoreDetection {
  hits: readonly Hit[];
}

/**
 * Stores one vehicle. `pictures wait`: all of it is on the disk except pictures of a hit, for which the disk has no room
 * now. Throws if the records could not be stored.
 */
export type StoreOnce = (input: StoreHits) => Promise<'stored' | 'pictures wait'>;

interface Waiting {
  input: StoreHits;
  done: PromiseWithResolvers<void>;
}

/** Most vehicles whose failed store is kept in full; beyond them only hits are kept, without their images. */
const maxKept = 100;

/**
 * Stores of one detection run one after another; inputs that arrive in between are merged into one next store. So at
 * most two stores per vehicle are held, however slow the disk is, and no hit is lost. If a store fails, for example on
 * a full disk, its caller gets the error, and it is retried with the vehicle's next store, after a while, and at the
 * end. So are pictures of a hit that wait for room; their records are stored, so their caller gets no error.
 */
export function createStoreQueue(store: StoreOnce) {
  const running = new Map<string, { sinceMs: number; done: Promise<void> }>();
  const waiting = new Map<string, Waiting>();
  /** Failed stores, by vehicle. */
  const kept = new Map<string, StoreHits>();
  const backoff = createBackoff({ firstMs: 2000, maxMs: 300_000 });
  let timer: NodeJS.Timeout | null = null;

  const run = (id: string, input: StoreHits): Promise<void> => {
    const attempt = async (): Promise<void> => {
      try {
        if ((await store(input)) === 'pictures wait') {
          keep(id, { ...input, hits: [], publish: true });
        }
      } catch (error) {
        keep(id, input);
        throw error;
      } finally {
        running.delete(id);
        const next = waiting.get(id);
        waiting.delete(id);
        if (next) run(id, withKept(id, next.input)).then(next.done.resolve, next.done.reject);
      }
    };
    const done = attempt();
    running.set(id, { sinceMs: Date.now(), done });
    return done;
  };

  const keep = (id: string, input: StoreHits): void => {
    const { hits, images } = input;
    if (kept.size < maxKept) kept.set(id, input);
    else if (hits.length > 0) {
      kept.set(id, { ...input, images: { ...images, plate: null, ir: null, overview: null } });
    }
    timer ??= setTimeout(() => {
      timer = null;
      void retry();
    }, backoff.next()).unref();
  };

  const withKept = (id: string, input: StoreHits): StoreHits => {
    const failed = kept.get(id);
    kept.delete(id);
    return failed ? merged(failed, input) : input;
  };

  /** Retries the kept stores, oldest first, until one is kept again. */
  const retry = async (): Promise<void> => {
    for (const [id, input] of [...kept]) {
      // The vehicle's next store may have taken it along.
      if (kept.get(id) !== input) continue;
      kept.delete(id);
      try {
        await run(id, input);
      } catch {
        return;
      }
      if (kept.has(id)) return;
    }
    backoff.reset();
  };

  const settled = async (): Promise<void> => {
    while (running.size > 0) {
      await Promise.allSettled([...running.values()].map((store) => store.done));
    }
  };

  return {
    add(input: StoreHits): Promise<void> {
      const id = input.detection.id;
      if (!running.has(id)) return run(id, withKept(id, input));
      const next = waiting.get(id) ?? { input, done: Promise.withResolvers<void>() };
      if (next.input !== input) next.input = merged(next.input, input);
      waiting.set(id, next);
      return next.done.promise;
    },
    get size() {
      return running.size + waiting.size + kept.size;
    },
    /** When the longest running store started; null if none runs. */
    oldestSinceMs(): number | null {
      let oldest: number | null = null;
      for (const { sinceMs } of running.values()) oldest = Math.min(oldest ?? sinceMs, sinceMs);
      return oldest;
    },
    /** Waits for running stores and retries the kept ones once. Returns how many vehicles are still not stored in full. */
    async close(): Promise<number> {
      await settled();
      await retry();
      if (timer) clearTimeout(timer);
      return kept.size;
    },
  };
}

/** The later input with the earlier one's hits, and with its images if the later one has none. */
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
