import { createHash } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { RecordsConfig } from '../config/sections/records.ts';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import type { OutboxWriter } from '../outbox/outbox.ts';
import { type Clock, isoTime, systemClock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { codeOf, messageOf } from '../platform/problem.ts';
import { createRecent } from '../platform/quantiles.ts';
import type { TrackImage } from '../vision/tracking/track-report.ts';
import type { Hit } from './detection.ts';
import { createDetectionRows } from './detection-rows.ts';
import { createDiskReserve } from './disk-reserve.ts';
import { createDurableCommit } from './durable-commit.ts';
import { withEvidence } from './evidence-exif.ts';
import { createImageFiles } from './image-files.ts';
import { createImageRows, type ImageFile, type ImageRow, type IsHeld } from './image-rows.ts';
import { createShedding, type ImageRoom, type ShedUnsent } from './shedding.ts';
import { createStoreQueue, type StoreDetection, type StoreHits } from './store-queue.ts';

/** State of the records, for status, doctor and metrics. */
export interface RecordsStatus {
  detections: number;
  hits: number;
  openDetections: number;
  images: ImageRoom & {
    /** Pictures that could not be written; their records stand without them. */
    failed: number;
    /** Files that were missing at start although a row named them. */
    missing: number;
  };
  /** Stores under way, waiting or to be tried again, and since when the oldest is under way. */
  storing: number;
  storingSinceMs: number | null;
  lastStoredAtMs: number | null;
  /** Milliseconds from call to commit. */
  storeMs: { p50: number | null; p99: number | null };
}

/** Detections, hits and images on this unit. */
export interface Records extends AsyncDisposable {
  /**
   * Stores hits with their detection and pictures; resolves once all is on the disk and queued for headquarters.
   * Rejects when the disk does not take them: they are then kept in memory and tried again until it does.
   */
  storeHits(input: StoreHits): Promise<void>;
  /** Stores a detection and its pictures; resolves once all is on the disk (and queued, when told). */
  storeDetection(input: StoreDetection): Promise<void>;
  /**
   * Removes image files that a crash left without a row, and takes back the promise of images whose file is missing.
   * Call it once at start, before the first store.
   */
  sweep(): void;
  /** Closes and queues what a crash left open; call it once at start. Returns how many. */
  closeOpen(): number;
  /** From now on looks after the room on the disk also while nothing is stored. */
  watchRoom(): void;
  /** Hits raised or changed since then, oldest first. */
  recentHits(sinceMs: number): Hit[];
  status(): RecordsStatus;
}

/** A picture whose file is on the disk and whose row is not yet. */
type WrittenImage = Omit<ImageRow, 'current' | 'announced' | 'waiting' | 'hit'>;

/** Acknowledgements come in flocks. */
const clearAfterMs = 1000;

const kinds = ['plate', 'ir', 'overview'] as const;

/**
 * Opens the records on a database that has `recordsMigrations` and the outbox's table. Files come first, then
 * one commit with rows and outbox rows: a row never names a file that is not there. Nothing is written or removed
 * before `sweep`, `closeOpen` or a store is called.
 */
export function createRecords(deps: {
  db: Database;
  dataDir: string;
  outbox: OutboxWriter;
  config: RecordsConfig;
  images: UplinkConfig['images'];
  /** Whether a hold keeps a detection: its pictures are then neither shed nor replaced. */
  isHeld?: IsHeld;
  /** Is told of images that headquarters never got and that went to make room. */
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
  const storeMs = createRecent(512);
  let failedImages = 0;
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

  const removeFiles = async (gone: readonly ImageFile[]): Promise<void> => {
    for (const image of gone) {
      // A transaction that failed half-way has left the row, and a row's file stays whatever happened.
      if (imageRows.has(image.id)) continue;
      try {
        await files.remove(image.id, image.takenAtMs);
      } catch (error) {
        // It has no row any more, so the next start sweeps it.
        log.warn({ err: error, image: image.id }, 'image file could not be removed');
      }
    }
  };

  /**
   * Files of rows that an acknowledgement removed. They go after our next commit, which comes in a moment: until then a
   * power cut may bring the rows back.
   */
  let delivered: ImageFile[] = [];
  let clearing: NodeJS.Timeout | null = null;
  outbox.onAcknowledged((ids) => {
    delivered.push(...imageRows.delivered(ids));
    if (delivered.length === 0) return;
    clearing ??= setTimeout(() => {
      clearing = null;
      clearDelivered().catch((error: unknown) => {
        log.warn({ err: error }, 'image files of delivered detections could not be removed yet');
      });
    }, clearAfterMs).unref();
  });
  const removeDelivered = (): Promise<void> => {
    const gone = delivered;
    delivered = [];
    return removeFiles(gone);
  };
  const clearDelivered = async (): Promise<void> => {
    if (delivered.length === 0) return;
    // Nothing to write: it waits for the log to be on the disk.
    await durable.run(() => {});
    await removeDelivered();
  };

  const writeImage = async (
    kind: ImageRow['kind'],
    image: TrackImage,
    input: StoreDetection,
    current: ImageRow | undefined,
  ): Promise<WrittenImage | null> => {
    const sourceSha256 = sha256(image.jpeg);
    if (current?.sourceSha256 === sourceSha256) return null;
    const { detection, cameraBearingDeg = null } = input;
    const id = uuidv7();
    const takenAtMs = Math.floor(image.takenAtMs);
    const { agency, unit, head, fix } = detection;
    const write = async (): Promise<WrittenImage> => {
      const jpeg = withEvidence(image.jpeg, {
        imageId: id,
        detectionId: detection.id,
        kind,
        agency,
        unit,
        head,
        takenAtMs,
        fix,
        cameraBearingDeg,
        jpegSha256: sourceSha256,
      });
      await files.write(id, takenAtMs, jpeg);
      const { width, height } = image;
      const ref = {
        id,
        kind,
        takenAt: isoTime(takenAtMs),
        width,
        height,
        bytes: jpeg.length,
        sha256: sha256(jpeg),
      };
      return {
        id,
        detectionId: detection.id,
        kind,
        takenAtMs,
        bytes: jpeg.length,
        sourceSha256,
        ref,
      };
    };
    try {
      return await write().catch(async (error: unknown) => {
        if (codeOf(error) !== 'ENOSPC') throw error;
        await shedding.makeRoom(image.jpeg.length * 4);
        return write();
      });
    } catch (error) {
      // The record matters more than its picture.
      failedImages += 1;
      log.error({ err: messageOf(error), detection: detection.id, kind }, 'image not written');
      return null;
    }
  };

  const announceImages = (detectionId: string, hit: boolean): void => {
    const lane = hit ? 'hit-image' : 'image';
    if (deps.images === 'none' || (deps.images === 'hits' && !hit)) return;
    for (const row of imageRows.ofDetection(detectionId)) {
      // One that waits already only moves up a lane when the detection has become a hit.
      if (row.announced ? !row.waiting : !row.current) continue;
      outbox.add({
        id: row.id,
        lane,
        topic: `image/${row.id}`,
        json: JSON.stringify({ ...row.ref, detectionId, hit }),
        file: files.pathOf(row.id, row.takenAtMs),
      });
      if (!row.announced) imageRows.announce(row.id);
    }
  };

  /**
   * The one transaction of a store; immediate, for it reads before it writes, and a command may write in between.
   * Returns the files that it made needless.
   */
  const commit = db.transaction(
    (input: StoreHits, written: readonly WrittenImage[]): ImageFile[] => {
      const { detection: draft, hits } = input;
      const before = detectionRows.find(draft.id);
      const gone: ImageFile[] = [];
      const hit = before?.hit === true || hits.length > 0;
      const images = new Map(
        imageRows
          .ofDetection(draft.id)
          .flatMap((row) => (row.current ? [[row.kind, row.ref]] : [])),
      );
      for (const image of written) images.set(image.kind, image.ref);
      const refs = kinds.flatMap((kind) => images.get(kind) ?? []);
      // A word that comes after the last one adds hits, and changes the detection no more.
      const late = before?.closed === true && !draft.closed;
      const publish = !late && (input.publish === true || draft.closed);
      const announced = late ? null : detectionRows.save({ draft, refs, hit, publish });

      if (hits.length > 0) {
        if (late) detectionRows.markHit(draft.id);
        imageRows.ownByHit(draft.id);
      }
      const previous = imageRows.ofDetection(draft.id);
      for (const image of written) {
        for (const row of previous) {
          if (row.kind !== image.kind || !row.current) continue;
          const file = imageRows.supersede(row);
          if (file) gone.push(file);
        }
        imageRows.insert({ ...image, hit });
      }
      for (const each of hits) {
        if (!detectionRows.saveHit(each)) continue;
        outbox.add({ id: uuidv7(), lane: 'hit', topic: 'hit', json: JSON.stringify(each) });
      }
      if (announced) {
        outbox.add({ id: uuidv7(), lane: 'detection', topic: 'detection', json: announced });
      }
      if (publish || hits.length > 0) announceImages(draft.id, hit);
      return gone;
    },
  );

  const commitWithRoom = async (
    input: StoreHits,
    written: readonly WrittenImage[],
  ): Promise<ImageFile[]> => {
    try {
      return await durable.run(() => commit.immediate(input, written));
    } catch (error) {
      if (codeOf(error) !== 'SQLITE_FULL') throw error;
      await shedding.makeRoom(4 * 1024 * 1024);
      return await durable.run(() => commit.immediate(input, written));
    }
  };

  const store = async (input: StoreHits): Promise<void> => {
    const startedAtMs = performance.now();
    const { detection, images } = input;
    const before = detectionRows.find(detection.id);
    const late = before?.closed === true && !detection.closed;
    const current = before ? imageRows.ofDetection(detection.id).filter((row) => row.current) : [];
    const results = await Promise.all(
      kinds.map((kind) => {
        const image = late ? null : images[kind];
        return image
          ? writeImage(
              kind,
              image,
              input,
              current.find((row) => row.kind === kind),
            )
          : null;
      }),
    );
    const written = results.filter((image) => image !== null);
    for (const image of written) shedding.added(image);
    try {
      await removeFiles(await commitWithRoom(input, written));
      await removeDelivered();
    } catch (error) {
      await removeFiles(written);
      throw error;
    }
    lastStoredAtMs = clock();
    storeMs.add(performance.now() - startedAtMs);
    void shedding.keepWithinBounds();
  };

  const queue = createStoreQueue(store);

  const closeOpen = db.transaction((): number => {
    const open = detectionRows.open();
    for (const { detection, hit } of open) {
      const { images: refs, revision: _, ...draft } = detection;
      const closed = { ...draft, closed: true };
      const announced = detectionRows.save({ draft: closed, refs, hit, publish: true });
      if (announced) {
        outbox.add({ id: uuidv7(), lane: 'detection', topic: 'detection', json: announced });
      }
      announceImages(draft.id, hit);
    }
    return open.length;
  });

  return {
    storeHits: (input) => queue.add(input),
    storeDetection: (input) => queue.add({ ...input, hits: [] }),
    sweep,
    closeOpen: () => closeOpen.immediate(),
    watchRoom: () => shedding.watch(),
    recentHits: (sinceMs) => detectionRows.hitsSince(sinceMs),
    status: () => ({
      ...detectionRows.counts(),
      images: { ...shedding.room(), failed: failedImages, missing: missingImages },
      storing: queue.size,
      storingSinceMs: queue.oldestSinceMs(),
      lastStoredAtMs,
      storeMs: storeMs.summary(),
    }),
    async [Symbol.asyncDispose]() {
      const unstored = await queue.close();
      if (unstored > 0) log.error({ unstored }, 'detections could not be stored and are lost');
      await shedding.close();
      if (clearing !== null) clearTimeout(clearing);
      await clearDelivered();
      await durable.close();
    },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
