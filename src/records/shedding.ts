import type { Clock } from '../platform/clock.ts';
import type { RecordsConfig } from '../platform/config/sections/records.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import type { OutboxWriter } from '../uplink/outbox.ts';
import type { ImageFiles } from './image-files.ts';
import type { ImageFile, ImageRows } from './image-rows.ts';

const MiB = 1024 * 1024;
const batchSize = 64;
/** Asking the file system after every store would be waste. */
const freeCheckEveryMs = 2000;

/** How much room the images take, and what had to go. */
export interface ImageRoom {
  files: number;
  usedMiB: number;
  maxMiB: number;
  freeMiB: number | null;
  /** Images whose file went to make room, and those of them that headquarters never got. */
  shed: number;
  shedUnsent: number;
  /** What is wrong and what to do, or null. */
  problem: string | null;
}

/**
 * Keeps the image files within bounds: over `maxImageMiB` or under `minFreeMiB` the oldest that no hit owns go,
 * unsent ones last. Rows stay and say so; outbox rows of shed images go in the same commit.
 */
export function createShedding(deps: {
  db: Database;
  rows: ImageRows;
  files: ImageFiles;
  outbox: OutboxWriter;
  config: RecordsConfig;
  log: Log;
  clock: Clock;
}) {
  const { db, rows, files, outbox, config, log, clock } = deps;
  let usedBytes = 0;
  let count = 0;
  let counts = rows.shedCounts();
  let freeBytes: number | null = null;
  let freeAskedAtMs = Number.NEGATIVE_INFINITY;
  let problem: string | null = null;
  let running: Promise<void> | null = null;

  const removed = (image: ImageFile): void => {
    usedBytes -= image.bytes;
    count -= 1;
  };

  const shedBatch = db.transaction((wantedBytes: number): ImageFile[] => {
    const gone: ImageFile[] = [];
    let bytes = 0;
    for (const row of rows.sheddable(batchSize)) {
      if (bytes >= wantedBytes) break;
      rows.shed(row.id, clock());
      if (row.waiting) outbox.remove(row.id);
      gone.push(row);
      bytes += row.bytes;
    }
    return gone;
  });

  const measureFree = async (): Promise<void> => {
    if (clock() - freeAskedAtMs < freeCheckEveryMs) return;
    freeAskedAtMs = clock();
    freeBytes = await files.freeBytes();
  };

  const overBytes = (): number =>
    Math.max(
      usedBytes - config.maxImageMiB * MiB,
      freeBytes === null ? 0 : config.minFreeMiB * MiB - freeBytes,
    );

  const shed = async (wantedBytes: number): Promise<void> => {
    let wanted = wantedBytes;
    while (wanted > 0) {
      const gone = shedBatch(wanted);
      if (gone.length === 0) break;
      await Promise.all(gone.map((image) => files.remove(image.id, image.takenAtMs)));
      for (const image of gone) {
        removed(image);
        wanted -= image.bytes;
        if (freeBytes !== null) freeBytes += image.bytes;
      }
      counts = rows.shedCounts();
      log.warn({ images: gone.length, shedUnsent: counts.shedUnsent }, 'images shed to make room');
    }
    problem =
      wanted > 0
        ? 'The disk is nearly full and only images of hits are left. Make room, or let the unit reach headquarters.'
        : null;
  };

  const exclusively = (work: () => Promise<void>): Promise<void> => {
    running ??= work()
      .catch((error: unknown) => {
        problem = `Images could not be shed: ${messageOf(error)}`;
        log.error({ err: error }, 'shedding failed');
      })
      .finally(() => {
        running = null;
      });
    return running;
  };

  return {
    added(image: ImageFile): void {
      usedBytes += image.bytes;
      count += 1;
      if (freeBytes !== null) freeBytes -= image.bytes;
    },
    removed,
    /** Sheds what is over the bounds; call it after a store. */
    keepWithinBounds: () =>
      exclusively(async () => {
        await measureFree();
        if (overBytes() > 0) await shed(overBytes());
        else problem = null;
      }),
    /** A write met a full disk: frees at least this much if anything may go. */
    makeRoom: (bytes: number) => exclusively(() => shed(bytes)),
    settled: async () => void (await running),
    room: (): ImageRoom => ({
      files: count,
      usedMiB: usedBytes / MiB,
      maxMiB: config.maxImageMiB,
      freeMiB: freeBytes === null ? null : freeBytes / MiB,
      ...counts,
      problem,
    }),
  };
}
