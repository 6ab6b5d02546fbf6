import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { SourceConfig } from '../../config/sections/heads.ts';
import { messageOf, Problem } from '../../platform/problem.ts';
import {
  notAPicture,
  openPicture,
  type PictureFile,
  pictureEndings,
} from '../reading/load-picture.ts';
import { cv, type Mat } from './opencv.ts';
import type { RawSource } from './raw-source.ts';

/**
 * Opens a folder of images as a recording with `fps` images per second, in the order of their names (frame-2 before
 * frame-10); every picture of a file that has several. A file that cannot be read is skipped with a warning that says why.
 */
export async function openImageFolder(
  config: Extract<SourceConfig, { kind: 'images' }>,
): Promise<RawSource> {
  const names = await readdir(config.path).catch((error: unknown) => {
    throw new Problem(`images ${config.path}: the folder cannot be read (${messageOf(error)})`);
  });
  const images = names
    .filter((name) => pictureEndings.has(extname(name).toLowerCase()))
    .sort(new Intl.Collator('en', { numeric: true }).compare);
  if (images.length === 0) {
    throw new Problem(
      `images ${config.path}: contains no image (${[...pictureEndings].join(' ')})`,
    );
  }
  let at = 0;
  let given = 0;
  let wasRead = false;
  let warning: string | null = null;
  let open: { file: PictureFile; page: number } | null = null;

  /** The next picture of the open file, or of the next file that can be read; null at the end. */
  async function nextPicture(): Promise<Mat | null> {
    for (;;) {
      if (open !== null && open.page < open.file.pages) {
        open.page += 1;
        return matOf(await open.file.rgb(open.page - 1));
      }
      const name = images[at];
      if (name === undefined) return null;
      at += 1;
      open = null;
      const path = join(config.path, name);
      const file = await openPicture(path);
      if (file === null) throw notAPicture(path);
      open = { file, page: 0 };
    }
  }

  return {
    get lengthMs() {
      return (given * 1000) / config.fps;
    },
    get warning() {
      return warning;
    },
    passedOver: 0,
    async next() {
      for (;;) {
        try {
          const mat = await nextPicture();
          if (mat !== null) {
            const mediaMs = (given * 1000) / config.fps;
            given += 1;
            wasRead = true;
            return { mat, mediaMs, lateMs: 0 };
          }
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          warning = `${error.message}; it was skipped`;
          // Its time passes all the same.
          given += 1;
          continue;
        }
        if (wasRead) return null;
        throw new Problem(`images ${config.path}: contains no image that can be read`);
      }
    },
    close() {},
  };
}

/** A picture as OpenCV holds it: blue, green and red. */
function matOf({ rgb, width, height }: { rgb: Buffer; width: number; height: number }): Mat {
  const mat = new cv.Mat(rgb, height, width, cv.CV_8UC3);
  try {
    return mat.cvtColor(cv.COLOR_RGB2BGR);
  } finally {
    mat.release();
  }
}
