import { uuidv7 } from 'uuidv7';
import type { RecordsConfig } from '../config/sections/records.ts';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import type { OutboxWriter } from '../outbox/outbox.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { kindOf } from '../platform/problem.ts';
import { createRecent } from '../platform/quantiles.ts';
import { type BareHit, createBareHits } from './bare-hits.ts';
import type { Hit } from './detection.ts';
import { createDetectionRows } from './detection-rows.ts';
import { createDiskReserve } from './disk-reserve.ts';
import type { DetectionDraft } from './draft-detection.ts';
import { createDurableCommit } from './durable-commit.ts';
import { createImageFiles } from './image-files.ts';
import { createImageRows, type ImageFile, type IsHeld } from './image-rows.ts';
import { createImageWriter, type WrittenImage } from './image-writer.ts';
import { createShedding, type ImageRoom, type ShedUnsent } from './shedding.ts';
import { imagesToQueue, newPictures, planStore, type StoredVehicle } from './store-plan.ts';
import {
  createStoreQueue,
  type StoreDetection,
  type StoreHits,
  type StoreOnce,
} from './store-queue.ts';
import { createUnneededFiles } from './unneeded-files.ts';

/** State of the records, for status, doctor and metrics. */
export interface RecordsHealth {
  detections: number;
  hits: number;
  openDetections: number;
  images: ImageRoom & {
    /** Images that could not be written; their records are stored without them. */
    failed: number;
    /** Files that were missing at start although a row named them. */
    missing: number;
  };
  /** Hits that were told and are not on the disk; what is wrong then, and what to do. */
  unstoredHits: number;
  problem: string | null;
  /** Stores in progress, waiting or to be retried, and since when the oldest is in progress. */
  storing: number;
  storingSinceMs: number | null;
  lastStoredAtMs: number | null;
  /** Milliseconds from call to commit. */
  storeMs: { p50: number | null; p99: number | null };
}

/** Detections, hits and images on this unit. */
export interface Records extends AsyncDisposable {
  /**
   * Stores hits before anyone is told of them (rule 3): hits and messages to headquarters in one small commit, without
   * pictures; `storeHits` follows for the rest. Resolves with true once they are on the disk; with false if that fails
   * or takes more than 50 ms: they must be told then, and count as unstored until they are stored. Never rejects.
   */
  storeBareHits(input: Pick<StoreHits, 'hits' | 'detection'>): Promise<boolean>;
  /**
   * Stores hits with their detection and images; resolves once all is on the disk and queued for headquarters. Rejects
   * if the disk fails: the hits are then kept in memory and retried until it works.
   */
  storeHits(input: StoreHits): Promise<void>;
  /** Stores a detection and its images; resolves once all is on the disk (and queued, if `publish`). */
  storeDetection(input: StoreDetection): Promise<void>;
  /**
   * Removes image files that a crash left without a row, and marks images whose file is missing. Call it once at start,
   * before the first store.
   */
  sweep(): void;
  /** Closes and queues detections that a crash left open; call it once at start. Returns how many. */
  closeOpen(): number;
  /** From now on keeps disk space free even while nothing is stored. */
  watchRoom(): void;
  /** Hits raised or changed since this time, oldest first. */
  recentHits(sinceMs: number): Hit[];
  health(): RecordsHealth;
}

/**
 * Opens the records on a database that has `recordsMigrations` and the outbox's table. Files are written first, then
 * one commit with rows and outbox rows: a row never names a missing file. Nothing is written or removed before `sweep`,
 * `closeOpen` or a store is called.
 */
export function createRecords(deps: {
  db: Database;
  dataDir: string;
  outbox: OutboxWriter;
  config: RecordsConfig;
  images: UplinkConfig['images'];
  /** Whether a hold covers a detection: its images are then neither shed nor replaced. */
  isHeld?: IsHeld;
  /** Called for images that were shed before headquarters had them. */
  onUnsentShed?: (shed: ShedUnsent) => void;
  log: Log;
  clock?: Clock;
}): Records {
  const { db, outbox, log, clock = systemClock, isHeld = () => false } = deps;
  const files = createImageFiles(deps.dataDir);
  const imageRows = createImageRows(db, isHeld);
  const detectionRows = createDetectionRows(db);
  const reserve = createDiskReserve(deps.dataDir);
  const shedding = createShedding({ ...deps, rows: imageRows, files, reserve, clock });
  const durable = createDurableCommit(db);
  const unneeded = createUnneededFiles({ outbox, rows: imageRows, files, durable, log });
  const { makeRoom } = shedding;
  const writer = createImageWriter({ files, makeRoom, log });
  const storeMs = createRecent(512);
  let lastStoredAtMs: number | null = null;
  let missingImages = 0;

  function sweep(): void {
    const kept = imageRows.kept();
    const { removed, met } = files.sweep(new Set(kept.map((image) => image.id)));
    if (removed > 0) log.info({ removed }, 'removed image files that have no record');
    const missing = kept.filter((image) => !met.has(image.id));
    if (missing.length > 0) log.error({ missing: missing.length }, 'image files are missing');
    db.transaction(() => {
      for (const image of missing) {
        imageRows.shed(image.id, clock());
        outbox.remove(image.id);
      }
    })();
    missingImages = missing.length;
  }

  const storedOf = (id: string): StoredVehicle => ({
    detection: detectionRows.find(id),
    images: imageRows.ofDetection(id),
  });

  const queueDetection = (announced: string | null): void => {
    if (announced === null) return;
    outbox.add({ id: uuidv7(), lane: 'detection', topic: 'detection', json: announced });
  };

  const queueImages = (detectionId: string, hit: boolean): void => {
    const { lane, rows } = imagesToQueue(imageRows.ofDetection(detectionId), hit, deps.images);
    for (const { id, ref, takenAtMs, announced } of rows) {
      outbox.add({
        id,
        lane,
        topic: `image/${id}`,
        json: JSON.stringify({ ...ref, detectionId, hit }),
        file: files.pathOf(id, takenAtMs),
      });
      if (!announced) imageRows.announce(id);
    }
  };

  /** The one writer of hits: a row and a message for each version that is not stored yet. */
  const saveHits = (draft: DetectionDraft, hits: readonly Hit[]): void => {
    if (hits.length === 0) return;
    detectionRows.markHit(draft.id);
    imageRows.ownByHit(draft.id);
    for (const hit of hits) {
      if (!detectionRows.saveHit(hit)) continue;
      outbox.add({ id: uuidv7(), lane: 'hit', topic: 'hit', json: JSON.stringify(hit) });
    }
  };

  /**
   * The transaction of hits without pictures. A detection that is stored keeps its version, which may be a later one;
   * a new one is open, so that the next start closes and sends it if nothing follows.
   */
  const commitBare = db.transaction((waiting: readonly BareHit[]): void => {
    for (const { hit, detection } of waiting) {
      const stored = detectionRows.find(detection.id);
      if (stored === undefined) {
        const draft = { ...detection, closed: false };
        detectionRows.save({ draft, refs: [], hit: true, publish: false });
      }
      saveHits(detection, [hit]);
      if (stored?.closed === true) queueImages(detection.id, true);
    }
  });

  /**
   * The one transaction of a store; immediate, because it reads before it writes, and a command may write in between.
   * Returns the files that are no longer needed.
   */
  const commit = db.transaction(
    (input: StoreHits, written: readonly WrittenImage[]): ImageFile[] => {
      const { detection: draft, hits } = input;
      const plan = planStore(input, storedOf(draft.id), written);
      const { late, hit, publish, refs } = plan;
      const announced = late ? null : detectionRows.save({ draft, refs, hit, publish });
      saveHits(draft, hits);
      const gone = plan.replaced.flatMap((row) => imageRows.supersede(row) ?? []);
      for (const image of written) imageRows.insert({ ...image, hit });
      queueDetection(announced);
      if (plan.sendImages) queueImages(draft.id, hit);
      return gone;
    },
  );

  /** Runs a commit; if the disk is full, again after freeing space. Resolves once it is on the disk. */
  const committed = async <T>(
    transaction: () => T,
    options?: { isUrgent: boolean },
  ): Promise<T> => {
    try {
      return await durable.run(transaction, options);
    } catch (error) {
      if (kindOf(error) !== 'disk-full') throw error;
      await makeRoom(4 * 1024 * 1024, true);
      return await durable.run(transaction, options);
    }
  };

  const bareHits = createBareHits({
    commit: (waiting) => committed(() => commitBare.immediate(waiting()), { isUrgent: true }),
    log,
  });

  const store: StoreOnce = async (input) => {
    const startedAtMs = performance.now();
    const stored = storedOf(input.detection.id);
    const isHit = input.hits.length > 0 || stored.detection?.hit === true;
    const results = await Promise.all(
      newPictures(input, stored).map((picture) => writer.write(picture, input, isHit)),
    );
    const written = results.filter((image) => typeof image !== 'string');
    for (const image of written) shedding.added(image);
    try {
      await unneeded.remove(await committed(() => commit.immediate(input, written)));
      bareHits.stored(input.hits);
      await unneeded.removeDelivered();
    } catch (error) {
      await unneeded.remove(written);
      throw error;
    }
    lastStoredAtMs = clock();
    storeMs.add(performance.now() - startedAtMs);
    void shedding.keepWithinBounds();
    return isHit && results.includes('disk-full') ? 'pictures wait' : 'stored';
  };

  const queue = createStoreQueue(store);

  const closeOpen = db.transaction((): number => {
    const open = detectionRows.open();
    for (const { detection, hit } of open) {
      const { images: refs, revision: _, ...draft } = detection;
      const closed = { ...draft, closed: true };
      queueDetection(detectionRows.save({ draft: closed, refs, hit, publish: true }));
      queueImages(draft.id, hit);
    }
    return open.length;
  });

  return {
    storeBareHits: ({ hits, detection }) => bareHits.add(hits, detection),
    storeHits: (input) => queue.add(input),
    storeDetection: (input) => queue.add({ ...input, hits: [] }),
    sweep,
    closeOpen: () => closeOpen.immediate(),
    watchRoom: () => shedding.watch(),
    recentHits: (sinceMs) => detectionRows.hitsSince(sinceMs),
    health: () => ({
      ...detectionRows.counts(),
      images: { ...shedding.room(), failed: writer.failed(), missing: missingImages },
      unstoredHits: bareHits.unstored(),
      problem: bareHits.problem(),
      storing: queue.size,
      storingSinceMs: queue.oldestSinceMs(),
      lastStoredAtMs,
      storeMs: storeMs.summary(),
    }),
    async [Symbol.asyncDispose]() {
      await bareHits.close();
      const unstored = await queue.close();
      if (unstored > 0)
        log.error(
          { unstored },
          'detections, or pictures of hits, could not be stored and are lost',
        );
      await shedding.close();
      await unneeded.close();
      await durable.close();
    },
  };
}
