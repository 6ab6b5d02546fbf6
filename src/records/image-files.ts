import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '../platform/write-file-durably.ts';

/** The folder of JPEG files; knows nothing of rows. Paths given out are relative to the data folder. */
export interface ImageFiles {
  pathOf(id: string, takenAtMs: number): string;
  write(id: string, takenAtMs: number, jpeg: Uint8Array): Promise<void>;
  /** Removes a file; one that is gone already is no error. */
  remove(id: string, takenAtMs: number): Promise<void>;
  freeBytes(): Promise<number>;
  /** Removes what `known` does not name (left by a crash); returns what it removed and the known ones it met. */
  sweep(known: ReadonlySet<string>): { removed: number; met: Set<string> };
}

/** Where the file of an image lies, relative to the data folder: `images/<yyyy-mm-dd>/<id>.jpg`. */
export function imagePathOf(id: string, takenAtMs: number): string {
  return join('images', new Date(takenAtMs).toISOString().slice(0, 10), `${id}.jpg`);
}

/** The files, `images/<yyyy-mm-dd>/<id>.jpg` under the data folder, by the UTC day it was taken. */
export function createImageFiles(dataDir: string): ImageFiles {
  const root = join(dataDir, 'images');
  const readyFolders = new Set<string>();

  // A new day's folder must itself outlive a power cut, or its files go with it.
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
      // The folder may be a disk of its own.
      await mkdir(root, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(root);
      return bavail * bsize;
    },
    sweep(known) {
      mkdirSync(root, { recursive: true, mode: 0o700 });
      const met = new Set<string>();
      let removed = 0;
      for (const folder of readdirSync(root)) {
        for (const name of readdirSync(join(root, folder))) {
          const id = name.replace(/\.jpg$/, '');
          if (known.has(id)) {
            met.add(id);
          } else {
            rmSync(join(root, folder, name), { force: true });
            removed += 1;
          }
        }
      }
      return { removed, met };
    },
  };
}
