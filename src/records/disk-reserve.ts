import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statfsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const MiB = 1024 * 1024;
/** Opens every database and writes down many times what one round of shedding lets go. */
const reserveBytes = 4 * MiB;
/** Made only where as much is left beside it: it must not be what fills the disk. */
const neededBytes = 2 * reserveBytes;

/**
 * Room on the disk that nobody else can take: a file without meaning, given up when the disk is full. Without it a
 * disk that another program has filled to the last block stays full, for what is let go is written down first.
 */
export function createDiskReserve(dataDir: string) {
  const path = pathIn(dataDir);
  let isMissing = false;

  return {
    /** Gives the disk its room back. Returns whether there was any. */
    giveUp(): boolean {
      isMissing = true;
      if (!existsSync(path)) return false;
      rmSync(path);
      return true;
    },
    /** Makes it where it is missing and there is room for it. */
    async keep(freeBytes: number): Promise<void> {
      isMissing = !isWhole(path) && !(freeBytes >= neededBytes && (await make(path)));
    },
    /** What is wrong and what to do, or null. */
    problem: (): string | null =>
      isMissing
        ? `The disk is or was full, and the reserve of ${reserveBytes / MiB} MiB is in use. Find out what fills the disk ` +
          `and make room: the reserve is restored once ${neededBytes / MiB} MiB are free.`
        : null,
  };
}

export type DiskReserve = ReturnType<typeof createDiskReserve>;

/** Call it before the databases are opened: that takes some room too. */
export function giveUpReserveIfFull(dataDir: string): void {
  if (!existsSync(pathIn(dataDir))) return;
  const { bavail, bsize } = statfsSync(dataDir);
  if (bavail * bsize < reserveBytes) rmSync(pathIn(dataDir));
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'disk.reserve');
}

/** A power cut while it was written leaves a part. */
function isWhole(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === reserveBytes;
}

/** Random bytes: a file system that compresses would keep no room for zeros. */
async function make(path: string): Promise<boolean> {
  try {
    await using file = await open(path, 'w', 0o600);
    await file.writeFile(await promisify(randomBytes)(reserveBytes));
    await file.sync();
    return true;
  } catch {
    rmSync(path, { force: true });
    return false;
  }
}
