import { existsSync, statSync } from 'node:fs';
import sharp from 'sharp';
import { messageOf, Problem } from '../../platform/problem.ts';
import type { GreyPicture } from './grey-picture.ts';

/** Pictures larger than this are refused: a few bytes of PNG can claim a billion pixels. */
const maxPixels = 120_000_000;

/**
 * Decodes a still picture (JPEG, PNG, WebP, TIFF, GIF, AVIF …) to grey, upright by its EXIF orientation. Throws a
 * Problem that names the file if it is not a picture.
 */
export async function loadPicture(path: string): Promise<GreyPicture> {
  if (!existsSync(path)) throw new Problem(`${path}: does not exist`);
  if (statSync(path).isDirectory()) throw new Problem(`${path}: is a folder; name a file`);
  try {
    const { data, info } = await sharp(path, { limitInputPixels: maxPixels, failOn: 'error' })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .greyscale()
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 1) throw new Error(`${info.channels} channels after turning it grey`);
    return { grey: new Uint8Array(data), width: info.width, height: info.height };
  } catch (error) {
    throw new Problem(`${path}: is not a picture that can be read (${messageOf(error)})`);
  }
}
