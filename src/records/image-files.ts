import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { fileFault, Problem } from '../platform/problem.ts';
import { writeFileDurably } from '../platform/write-file-durably.ts';

/** The folder of JPEG files, without their rows. Returned paths are relative to the data folder. */
export interface ImageFiles {
  pathOf(id: string, takenAtMs: number): string;
  write(id: string, takenAtMs: number, jpeg: Uint8Array): Promise<void>;
  /** Removes a file; does nothing if it is already gone. */
  remove(id: string, takenAtMs: number): Promise<void>;
  freeBytes(): Promise<number>;
  /**
   * Removes files whose ids are not in `known` (left by a crash); returns the number removed and the known ids found.
   */
  sweep(known: ReadonlySet<string>): { removed: number; met: Set<string> };
}

/** Path of an image's file, relative to the data folder: `images/<yyyy-mm-dd>/<id>.jpg`. */
export function imagePathOf(id: string, takenAtMs: number): string {
  return join('images', new Date(takenAtMs).toISOString().slice(0, 10), `${id}.jpg`);
}

/** The files, `images/<yyyy-mm-dd>/<id>.jpg` under the data folder, by UTC day of capture. */
export function createImageFiles(dataDir: string): ImageFiles {
  const root = join(dataDir, 'images');
  const readyFolders = new Set<string>();

  // A new day's folder must survive a power cut too, or its files are lost.
  const prepare = async (folder: string): Promise<void> => {
    if (readyFolders.has(folder)) return;
    await mkdir(join(root, folder), { recursive: true, mode: 0o700 });
    const parent = await open(root, 'r');
    try {
      await parent.sync();
    } finally {
      await parent.close();
    }
    readyFolders.add(folder);
  };

  return {
    pathOf: imagePathOf,
    async write(id, takenAtMs, jpeg) {
      const path = imagePathOf(id, takenAtMs);
      await prepare(path.split('/')[1] ?? '');
      await writeFileDurably(join(dataDir, path), jpeg);
    },
    remove: (id, takenAtMs) => rm(join(dataDir, imagePathOf(id, takenAtMs)), { force: true }),
    async freeBytes() {
      // The folder may be a separate disk.
      await mkdir(root, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(root);
      return bavail * bsize;
    },
    sweep(known) {
      const met = new Set<string>();
      let removed = 0;
      for (const folder of daysIn(root)) {
        for (const entry of readdirSync(folder, { withFileTypes: true })) {
          const id = entry.name.replace(/\.jpg$/, '');
          if (known.has(id)) {
            met.add(id);
          } else if (!entry.isDirectory()) {
            rmSync(join(folder, entry.name), { force: true });
            removed += 1;
          }
        }
      }
      return { removed, met };
    },
  };
}

/** The folders of days, and no other: the disk of the images may have some of its own, as `lost+found`. */
function daysIn(root: string): string[] {
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && /^\d{4}-\d\d-\d\d$/.test(entry.name))
      .map(({ name }) => join(root, name));
  } catch (error) {
    throw new Problem(
      `${root}: the folder of the images cannot be used (${fileFault(error)}). Move away what stands there, or give it to the user of the service.`,
    );
  }
}
