import type { RecordsConfig } from '../config/sections/records.ts';
import type { OutboxWriter } from '../outbox/outbox.ts';
import { type Clock, isoTime } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { kindOf, messageOf } from '../platform/problem.ts';
import type { DiskReserve } from './disk-reserve.ts';
import type { ImageFiles } from './image-files.ts';
import type { ImageFile, ImageRow, ImageRows } from './image-rows.ts';

const MiB = 1024 * 1024;
const batchSize = 64;
/** Minimum time between queries of the file system, which are too slow for every store. */
const freeCheckEveryMs = 2000;
/** Other programs fill and free the disk too, even while no vehicle comes. */
const lookEveryMs = 10_000;

/** Images that were shed before headquarters had them. */
export interface ShedUnsent {
  images: number;
  bytes: number;
  /** They were taken between these times, ISO. */
  from: string;
  to: string;
}

/** Size of the images, and counts of shed ones. */
export interface ImageRoom {
  files: number;
  usedMiB: number;
  maxMiB: number;
  freeMiB: number | null;
  /** Images whose file was shed, and those of them that headquarters never got. */
  shed: number;
  shedUnsent: number;
  /** What is wrong and what to do; null if nothing is wrong. */
  problem: string | null;
}

/**
 * Keeps the image files within limits: above `maxImageMiB` or below `minFreeMiB` the oldest are shed that belong to no
 * hit and are under no hold, unsent ones last. Their rows are kept and marked; outbox rows of shed images are removed
 * in the same commit.
 */
export function createShedding(deps: {
  db: Database;
  rows: ImageRows;
  files: ImageFiles;
  reserve: DiskReserve;
  outbox: OutboxWriter;
  config: RecordsConfig;
  log: Log;
  clock: Clock;
  /** Called for each batch of images that headquarters never got. */
  onUnsentShed?: (shed: ShedUnsent) => void;
}) {
  const { db, rows, files, reserve, outbox, config, log, clock, onUnsentShed } = deps;
  let counts = rows.shedCounts();
  let freeBytes: number | null = null;
  let freeAskedAtMs = Number.NEGATIVE_INFINITY;
  let problem: string | null = null;
  let queue = Promise.resolve();
  let isQueued = false;
  let looking: NodeJS.Timeout | null = null;

  /** Examines some images and sheds those that may be shed; `looked` is 0 if none is left. */
  const shedBatch = db.transaction((wantedBytes: number) => {
    const gone: ImageRow[] = [];
    let bytes = 0;
    const candidates = rows.sheddable(batchSize);
    for (const row of candidates) {
      if (bytes >= wantedBytes) break;
      // A hold has priority over a full disk (RET-10).
      if (rows.passOverIfHeld(row)) continue;
      rows.shed(row.id, clock());
      if (row.waiting) outbox.remove(row.id);
      gone.push(row);
      bytes += row.bytes;
    }
    return { gone, looked: candidates.length };
  });

  const giveUpReserve = (): boolean => {
    const isGivenUp = reserve.giveUp();
    if (isGivenUp) {
      freeAskedAtMs = Number.NEGATIVE_INFINITY;
      log.warn('the disk is full; its reserve was released');
    }
    return isGivenUp;
  };

  /** Shedding an image first needs disk space, for the record of it. */
  const shedBatchAnyway = (wantedBytes: number) => {
    try {
      return shedBatch.immediate(wantedBytes);
    } catch (error) {
      if (kindOf(error) !== 'disk-full' || !giveUpReserve()) throw error;
      return shedBatch.immediate(wantedBytes);
    }
  };

  const measureFree = async (): Promise<void> => {
    // Not by the clock: after it was set back, the last check would seem recent for as long as it was ahead.
    if (performance.now() - freeAskedAtMs < freeCheckEveryMs) return;
    freeAskedAtMs = performance.now();
    freeBytes = await files.freeBytes();
  };

  const overBytes = (): number =>
    Math.max(
      rows.room().bytes - config.maxImageMiB * MiB,
      freeBytes === null ? 0 : config.minFreeMiB * MiB - freeBytes,
    );

  const shed = async (wantedBytes: number): Promise<void> => {
    let wanted = wantedBytes;
    while (wanted > 0) {
      const { gone, looked } = shedBatchAnyway(wanted);
      if (looked === 0) break;
      counts = rows.shedCounts();
      if (gone.length === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      const unsent = gone.filter(({ waiting }) => waiting);
      if (unsent.length > 0) onUnsentShed?.(summaryOf(unsent));
      await Promise.all(gone.map((image) => files.remove(image.id, image.takenAtMs)));
      for (const image of gone) {
        wanted -= image.bytes;
        if (freeBytes !== null) freeBytes += image.bytes;
      }
      log.warn(
        { images: gone.length, shedUnsent: counts.shedUnsent },
        'images deleted to make room',
      );
    }
    problem = wanted > 0 ? nothingLeft(rows.room().files, rows.heldCount()) : null;
  };

  /** One at a time: each starts from the result of the one before. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    queue = queue.then(work).catch((error: unknown) => {
      problem = `Images could not be deleted to make room: ${messageOf(error)}`;
      log.error({ problem: messageOf(error) }, 'deleting images to make room failed');
    });
    return queue;
  };

  /** Sheds images above the limits; call it after a store. */
  const keepWithinBounds = (): Promise<void> => {
    // A queued run will include this store; one in progress may have checked before it.
    if (isQueued) return queue;
    isQueued = true;
    return inTurn(async () => {
      isQueued = false;
      await measureFree();
      if (overBytes() > 0) await shed(overBytes());
      else problem = null;
    });
  };

  const look = (): void => {
    void keepWithinBounds();
    void inTurn(async () => reserve.keep(await files.freeBytes()));
  };

  return {
    keepWithinBounds,
    /** From now on also checks the limits and the reserve at intervals. */
    watch(): void {
      look();
      looking = setInterval(look, lookEveryMs).unref();
    },
    /** A file was written: adjusts the free space until it is measured again. */
    added(image: ImageFile): void {
      if (freeBytes !== null) freeBytes -= image.bytes;
    },
    /**
     * A write found the disk full: frees at least this much if anything may be shed, or else, for a record or a picture
     * of a hit, deletes the reserve: pictures without a hit would use it up.
     */
    makeRoom: (bytes: number, mayUseReserve: boolean) =>
      inTurn(async () => {
        await shed(bytes);
        if (problem !== null && mayUseReserve) giveUpReserve();
      }),
    close(): Promise<void> {
      if (looking !== null) clearInterval(looking);
      return queue;
    },
    room: (): ImageRoom => {
      const { files: count, bytes } = rows.room();
      return {
        files: count,
        usedMiB: bytes / MiB,
        maxMiB: config.maxImageMiB,
        freeMiB: freeBytes === null ? null : freeBytes / MiB,
        ...counts,
        problem: [problem, reserve.problem()].filter(Boolean).join(' ') || null,
      };
    },
  };
}

function summaryOf(unsent: readonly ImageRow[]): ShedUnsent {
  const times = unsent.map(({ takenAtMs }) => takenAtMs);
  return {
    images: unsent.length,
    bytes: unsent.reduce((sum, { bytes }) => sum + bytes, 0),
    from: isoTime(Math.min(...times)),
    to: isoTime(Math.max(...times)),
  };
}

function nothingLeft(files: number, held: number): string {
  if (files === 0)
    return 'The disk is nearly full and no image is left that may be deleted. Make room.';
  const left = held === 0 ? 'images of hits' : `images of hits and ${held} images on hold`;
  return `The disk is nearly full and only ${left} are left. Make room, or let the unit reach headquarters.`;
}
