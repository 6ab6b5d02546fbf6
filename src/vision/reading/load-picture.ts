import { readFile, stat } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { kindOf, messageOf, Problem } from '../../platform/problem.ts';
import type { GreyPicture } from './grey-picture.ts';
import { decodeBmp, decodePnm, type Samples } from './plain-picture.ts';

/** Endings of the names of pictures; what a file is, its content says. */
export const pictureEndings: ReadonlySet<string> = new Set(
  '.jpg .jpeg .jpe .jfif .png .webp .tif .tiff .gif .avif .bmp .dib .pgm .ppm .pnm .heic .heif'.split(
    ' ',
  ),
);

/** Pictures larger than this are refused: a few bytes of PNG can claim a billion pixels. */
const maxPixels = 120_000_000;
/** A scan of more pages, or an animation of more pictures, is a video. */
const maxPages = 200;

type Format =
  | 'JPEG'
  | 'PNG'
  | 'WebP'
  | 'TIFF'
  | 'GIF'
  | 'AVIF'
  | 'BMP'
  | 'PNM'
  | 'HEIC'
  | 'SVG'
  | 'PDF';

const readFormats = 'JPEG, PNG, WebP, TIFF, GIF, AVIF, BMP, PGM and PPM';

/** A file with one picture or several: the pages of a TIFF, the pictures of a GIF or WebP. */
export interface PictureFile {
  pages: number;
  /** The picture of a page, from 0, upright by its EXIF orientation. Throws a Problem if it is damaged. */
  grey(page: number): Promise<GreyPicture>;
  /** The same, in colour: red, green and blue, 8 bits each. */
  rgb(page: number): Promise<{ rgb: Buffer; width: number; height: number }>;
  /** The same, as PNG. */
  png(page: number): Promise<Buffer>;
}

/** What the first bytes of a file say that it is; null for anything else. */
function formatOf(bytes: Buffer): Format | null {
  const at = (from: number, to: number) => bytes.toString('latin1', from, to);
  if (at(0, 3) === '\xff\xd8\xff') return 'JPEG';
  if (at(0, 8) === '\x89PNG\r\n\x1a\n') return 'PNG';
  if (at(0, 4) === 'RIFF' && at(8, 12) === 'WEBP') return 'WebP';
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(at(0, 4))) return 'TIFF';
  if (/^GIF8[79]a/.test(at(0, 6))) return 'GIF';
  if (at(4, 8) === 'ftyp' && /^avi[fs]/.test(at(8, 12))) return 'AVIF';
  if (at(4, 8) === 'ftyp' && /^(he[iv][cfmsx]|mif1|msf1)/.test(at(8, 12))) return 'HEIC';
  if (at(0, 2) === 'BM') return 'BMP';
  if (/^P[1-7][\s#]/.test(at(0, 3))) return 'PNM';
  if (at(0, 4) === '%PDF') return 'PDF';
  return /^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg[\s>]/s.test(at(0, 1000))
    ? 'SVG'
    : null;
}

/** The bytes of a file. Throws a Problem that names it if it cannot be read. */
async function bytesOf(path: string): Promise<Buffer> {
  try {
    if ((await stat(path)).isDirectory()) throw new Problem(`${path}: is a folder; name a file`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      kindOf(error) === 'missing'
        ? `${path}: does not exist`
        : `${path}: cannot be opened (${messageOf(error)})`,
    );
  }
}

/**
 * Opens a picture of any format that is read, told by its content and not by its name. Null if the file is no picture, and
 * may be a video. Throws a Problem that names the file, what it is and what to do if it is a picture that cannot be read.
 */
export async function openPicture(path: string): Promise<PictureFile | null> {
  const bytes = await bytesOf(path);
  const format = formatOf(bytes);
  switch (format) {
    case null:
      return null;
    case 'HEIC':
    case 'PDF':
    case 'SVG':
      throw new Problem(`${path}: is ${format}, which is not read; save it as JPEG or PNG`);
    case 'BMP':
    case 'PNM': {
      const samples = format === 'BMP' ? decodeBmp(bytes) : decodePnm(bytes);
      if (samples === null) {
        throw new Problem(
          `${path}: is a ${format} picture that is cut off, or of a kind that is not read; save it as JPEG or PNG`,
        );
      }
      const { width, height, channels } = samples;
      const raw = { width, height, channels };
      return pagesOf(path, format, 1, () => sharp(eightBits(samples), { raw }));
    }
    default:
      return openBySharp(path, format, bytes);
  }
}

async function openBySharp(path: string, format: Format, bytes: Buffer): Promise<PictureFile> {
  let whole = bytes;
  let failOn: 'warning' | 'error' = 'error';
  if (format === 'JPEG') {
    const fault = await jpegFault(bytes);
    // Some cameras leave out the end marker alone: with it the picture is whole.
    if (fault !== null) whole = Buffer.concat([bytes, Buffer.from([0xff, 0xd9])]);
    if (fault !== null && (await jpegFault(whole)) !== null) {
      throw new Problem(
        `${path}: is a JPEG that is cut off or damaged, so that a part of it is missing; copy it again`,
      );
    }
    failOn = fault === null ? 'error' : 'warning';
  }
  const open = (page: number) =>
    sharp(whole, { limitInputPixels: maxPixels, failOn, page, pages: 1 });
  try {
    const { pages = 1, depth } = await open(0).metadata();
    if (pages > maxPages) {
      throw new Problem(
        `${path}: is a ${format} of ${pages} pictures, more than ${maxPages}; save it as a video`,
      );
    }
    if (depth === 'uchar') return pagesOf(path, format, pages, (page) => open(page).autoOrient());
    const deep = new Map<number, Sharp>();
    for (let page = 0; page < pages; page += 1) deep.set(page, await stretched(open(page)));
    return pagesOf(path, format, pages, (page) => (deep.get(page) ?? open(page)).clone());
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw unreadable(path, format, error);
  }
}

/** The fault of a JPEG of which a part is missing; null if it is whole, or has only faults that cost no pixels. */
async function jpegFault(bytes: Buffer): Promise<string | null> {
  try {
    // Made small, it is decoded to its end in an eighth of the time.
    await sharp(bytes, { limitInputPixels: maxPixels, failOn: 'warning' })
      .resize(16)
      .raw()
      .toBuffer();
    return null;
  } catch (error) {
    const message = messageOf(error);
    return /premature end|corrupt/i.test(message) ? message : null;
  }
}

/** A picture of more than 8 bits, stretched to 8 by its largest value: a camera's 10 or 12 bits lie in 16. */
async function stretched(picture: Sharp): Promise<Sharp> {
  const { data, info } = await picture
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('rgb16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const channels = info.channels === 1 ? 1 : 3;
  const values = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  return sharp(eightBits({ values, width, height, channels }), {
    raw: { width, height, channels },
  });
}

function eightBits({ values }: Samples): Uint8Array {
  if (values instanceof Uint8Array) return values;
  let largest = 255;
  for (const value of values) if (value > largest) largest = value;
  return Uint8Array.from(values, (value) => (value * 255) / largest);
}

function pagesOf(
  path: string,
  format: Format,
  pages: number,
  open: (page: number) => Sharp,
): PictureFile {
  const opaque = (page: number) => open(page).flatten({ background: '#ffffff' });
  const decode = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw unreadable(path, format, error);
    }
  };
  return {
    pages,
    async grey(page) {
      const raw = opaque(page).greyscale().toColourspace('b-w').raw();
      const { data, info } = await decode(raw.toBuffer({ resolveWithObject: true }));
      return { grey: new Uint8Array(data), width: info.width, height: info.height };
    },
    async rgb(page) {
      const raw = opaque(page).toColourspace('srgb').raw();
      const { data, info } = await decode(raw.toBuffer({ resolveWithObject: true }));
      return { rgb: data, width: info.width, height: info.height };
    },
    png: (page) => decode(open(page).png().toBuffer()),
  };
}

/** In our words: those of the library's own parts tell a person nothing. */
function unreadable(path: string, format: Format, error: unknown): Problem {
  return new Problem(
    /pixel limit/i.test(messageOf(error))
      ? `${path}: has more than ${maxPixels / 1e6} million pixels; make it smaller`
      : `${path}: is a ${format} that cannot be read: it is damaged, or of a rare kind; copy it again, or save it as JPEG or PNG`,
  );
}

/** That a file is neither a picture nor a video, and what is read. */
export function notAPicture(path: string): Problem {
  return new Problem(
    `${path}: is neither a picture nor a video that can be read; pictures are read as ${readFormats}`,
  );
}

/** The first picture of a file, grey. Throws a Problem that names the file if it is none. */
export async function loadPicture(path: string): Promise<GreyPicture> {
  const file = await openPicture(path);
  if (file === null) throw notAPicture(path);
  return file.grey(0);
}
