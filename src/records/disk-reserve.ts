import { randomBytes } from 'node:crypto';
import { rmSync, statfsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { strangerAt } from '../platform/regular-file.ts';

const MiB = 1024 * 1024;
/** Enough to open every database and to record many rounds of shedding. */
const reserveBytes = 4 * MiB;
/** Created only if as much again is free: the reserve must not fill the disk. */
const neededBytes = 2 * reserveBytes;

/**
 * Disk space kept for shedding: a file of random bytes, deleted when the disk is full. Without it, a disk that another
 * program has filled to the last block stays full, because shedding must first record what it deletes.
 */
export interface DiskReserve {
  /** Deletes the reserve. Returns whether there was one. */
  giveUp(): boolean;
  /** Creates the reserve if it is missing and there is room for it. */
  keep(freeBytes: number): Promise<void>;
  /** What is wrong and what to do; null if nothing is wrong. */
  problem(): string | null;
}

export function createDiskReserve(dataDir: string): DiskReserve {
  const path = pathIn(dataDir);
  let isMissing = false;

  return {
    giveUp() {
      isMissing = true;
      if (!isThere(path)) return false;
      rmSync(path);
      return true;
    },
    async keep(freeBytes) {
      isMissing = !isWhole(path) && !(freeBytes >= neededBytes && (await make(path)));
    },
    problem: () =>
      isMissing
        ? `The disk is or was full, and the reserve of ${reserveBytes / MiB} MiB is in use. Find out what fills the disk ` +
          `and make room: the reserve is restored once ${neededBytes / MiB} MiB are free.`
        : null,
  };
}

/** Call it before the databases are opened, which takes some space too. */
export function giveUpReserveIfFull(dataDir: string): void {
  if (!isThere(pathIn(dataDir))) return;
  const { bavail, bsize } = statfsSync(dataDir);
  if (bavail * bsize < reserveBytes) rmSync(pathIn(dataDir));
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'disk.reserve');
}

/** What is no file in its place frees nothing. */
function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** A power cut during the write leaves an incomplete file. */
function isWhole(path: string): boolean {
  return isThere(path) && statSync(path, { throwIfNoEntry: false })?.size === reserveBytes;
}

/** Random bytes, because a compressing file system would reserve no space for zeros. */
async function make(path: string): Promise<boolean> {
  if (strangerAt(path) !== null) return false;
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
