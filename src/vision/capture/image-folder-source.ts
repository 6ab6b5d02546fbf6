import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { SourceConfig } from '../../config/sections/heads.ts';
import { messageOf, Problem } from '../../platform/problem.ts';
import { cv, type Mat } from './opencv.ts';
import type { RawSource } from './raw-source.ts';

const extensions = new Set([
  '.jpg',
  '.jpeg',
  '.png',
  '.bmp',
  '.tif',
  '.tiff',
  '.webp',
  '.pgm',
  '.ppm',
]);

/**
 * Opens a folder of images as a recording with `fps` images per second, in the order of their names (frame-2 before
 * frame-10). An unreadable file is skipped with a warning that names it.
 */
export async function openImageFolder(
  config: Extract<SourceConfig, { kind: 'images' }>,
): Promise<RawSource> {
  const names = await readdir(config.path).catch((error: unknown) => {
    throw new Problem(`images ${config.path}: the folder cannot be read (${messageOf(error)})`);
  });
  const images = names
    .filter((name) => extensions.has(extname(name).toLowerCase()))
    .sort(new Intl.Collator('en', { numeric: true }).compare);
  if (images.length === 0) {
    throw new Problem(`images ${config.path}: contains no image (${[...extensions].join(' ')})`);
  }
  let at = 0;
  let warning: string | null = null;
  let wasRead = false;
  return {
    get lengthMs() {
      return (at * 1000) / config.fps;
    },
    get warning() {
      return warning;
    },
    passedOver: 0,
    async next() {
      for (;;) {
        const name = images[at];
        if (name === undefined) {
          if (wasRead) return null;
          throw new Problem(`images ${config.path}: contains no image that can be read`);
        }
        const mediaMs = (at * 1000) / config.fps;
        at += 1;
        const mat = await readImage(join(config.path, name));
        if (mat !== null) {
          wasRead = true;
          return { mat, mediaMs, lateMs: 0 };
        }
        warning = `image ${join(config.path, name)}: is not an image that can be read, and was skipped; remove it`;
      }
    },
    close() {},
  };
}

async function readImage(path: string): Promise<Mat | null> {
  const mat = await cv.imreadAsync(path, cv.IMREAD_COLOR).catch(() => null);
  return mat === null || mat.empty ? null : mat;
}
