import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { openPicture } from '../../../src/vision/reading/load-picture.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { testFeed } from '../capture/test-feed.ts';

const [width, height] = [64, 48];
/** Brighter to the right, and noisy enough that a JPEG of it has data in every block. */
const shade = (x: number, y: number) => Math.min(255, x * 3 + ((x * 31 + y * 17) % 40));
const grey = Uint8Array.from({ length: width * height }, (_, i) =>
  shade(i % width, Math.floor(i / width)),
);
const picture = () => sharp(grey, { raw: { width, height, channels: 1 } }).toColourspace('srgb');

/** Writes a file and returns its path. */
function file(name: string, bytes: Uint8Array | string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

/** What a source of kind `images` makes of a file alone in its folder: the brightness of each frame, or its problem. */
async function played(name: string, bytes: Uint8Array | string): Promise<number[] | string> {
  const path = join(temporaryFolder(), 'images');
  mkdirSync(path);
  writeFileSync(join(path, name), bytes);
  writeFileSync(join(path, 'zz-last.png'), await picture().png().toBuffer());
  const feed = testFeed({ kind: 'images', path, fps: 10, pace: 'fastest' });
  const seen: number[] = [];
  for (let frame = await feed.next(); frame !== null; frame = await feed.next()) {
    seen.push(frame.mat.mean().x);
    frame.release();
  }
  const { problem } = feed.health();
  return problem === null ? seen.slice(0, -1) : problem.replaceAll(`${path}/`, '');
}

/** The brightness of each picture of a file, or its problem. */
async function read(name: string, bytes: Uint8Array | string): Promise<number[] | string> {
  const path = file(name, bytes);
  try {
    const opened = await openPicture(path);
    if (opened === null) return 'none';
    const means: number[] = [];
    for (let page = 0; page < opened.pages; page += 1) {
      const { grey: pixels } = await opened.grey(page);
      means.push(pixels.reduce((sum, value) => sum + value, 0) / pixels.length);
    }
    return means;
  } catch (error) {
    return String(error instanceof Error ? error.message : error).replace(path, name);
  }
}

const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length;

/** A BMP of 24 bits, lowest row first. */
function bmp(): Buffer {
  const head = Buffer.alloc(54);
  head.write('BM', 'latin1');
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(24, 28);
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      pixels.fill(shade(x, height - 1 - y), (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return Buffer.concat([head, pixels]);
}

const pgm = (largest: number, bytes: Uint8Array) =>
  Buffer.concat([Buffer.from(`P5\n# a comment\n${width} ${height}\n${largest}\n`), bytes]);

describe('FMT-3: a picture is read whatever its format, by `read` and by a folder of images alike', () => {
  test.for<[string, () => Promise<Uint8Array> | Uint8Array]>([
    ['jpg', () => picture().jpeg({ quality: 95 }).toBuffer()],
    ['png', () => picture().png().toBuffer()],
    ['webp', () => picture().webp({ quality: 95 }).toBuffer()],
    ['tif', () => picture().tiff({ compression: 'lzw' }).toBuffer()],
    ['gif', () => picture().gif().toBuffer()],
    ['avif', () => picture().avif({ quality: 90 }).toBuffer()],
    ['bmp', () => bmp()],
    ['pgm', () => pgm(255, grey)],
    [
      'ppm',
      async () =>
        Buffer.concat([
          Buffer.from(`P6 ${width} ${height} 255\n`),
          await picture().raw().toBuffer(),
        ]),
    ],
  ])('%s', async ([ending, encode]) => {
    const bytes = await encode();
    for (const means of [await read(`a.${ending}`, bytes), await played(`a.${ending}`, bytes)]) {
      expect(means).toHaveLength(1);
      expect(Math.abs(Number(means[0]) - mean)).toBeLessThan(4);
    }
    // What a file is, its content says.
    expect(await read('a.jpg', bytes)).toHaveLength(1);
  });

  test('FMT-3: each page of a TIFF, and each picture of a GIF', async () => {
    const shades = [20, 120, 220];
    const pages = await Promise.all(
      shades.map((value) =>
        sharp({
          create: { width, height, channels: 3, background: `rgb(${value},${value},${value})` },
        })
          .png()
          .toBuffer(),
      ),
    );
    const joined = () => sharp(pages, { join: { animated: true } });
    for (const [name, bytes] of [
      ['a.tif', await joined().tiff({ compression: 'lzw' }).toBuffer()],
      ['a.gif', await joined().gif().toBuffer()],
    ] as const) {
      for (const means of [await read(name, bytes), await played(name, bytes)]) {
        expect([...means].map((value) => Math.round(Number(value) / 10) * 10)).toEqual(shades);
      }
    }
  });
});

describe('a JPEG', () => {
  test('that lacks only its end marker is whole', async () => {
    const bytes = (await picture().jpeg().toBuffer()).subarray(0, -2);
    expect(await read('a.jpg', bytes)).toEqual(
      await read('a.jpg', await picture().jpeg().toBuffer()),
    );
    expect(await played('a.jpg', bytes)).toHaveLength(1);
  });

  test.for([
    ['cut off', 0],
    ['cut off, with an end marker put behind', 1],
  ] as const)('that is %s is refused: a part of it would be grey', async ([, marker]) => {
    const whole = await picture().jpeg().toBuffer();
    const cut = whole.subarray(0, Math.round(whole.length * 0.6));
    const bytes = marker === 1 ? Buffer.concat([cut, Buffer.from([0xff, 0xd9])]) : cut;
    const message =
      'a.jpg: is a JPEG that is cut off or damaged, so that a part of it is missing; copy it again';
    expect(await read('a.jpg', bytes)).toBe(message);
    expect(await played('a.jpg', bytes)).toBe(`${message}; it was skipped`);
  });
});

describe('FMT-3: what is not read is named, with its format', () => {
  test.each([
    ['a.heic', '\0\0\0\x18ftypheic\0\0\0\0', 'is HEIC, which is not read; save it as JPEG or PNG'],
    ['a.jpg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'is SVG, which is not read; save it'],
    ['a.png', '%PDF-1.7', 'is PDF, which is not read; save it as JPEG or PNG'],
    ['a.bmp', 'BM and nothing more', 'is a BMP picture that is cut off'],
    ['a.png', '\x89PNG\r\n\x1a\n and nothing more', 'is a PNG that cannot be read: it is damaged'],
    ['a.pgm', 'P5 999999999 999999999 255\nxxxx', 'is a PNM picture that is cut off'],
    ['a.ppm', 'P3 999999999 999999999 255\n1 2 3', 'is a PNM picture that is cut off'],
  ])('%s', async (name, text, message) => {
    const bytes = Buffer.from(text, 'latin1');
    expect(await read(name, bytes)).toContain(`${name}: ${message}`);
    expect(await played(name, bytes)).toContain(`${name}: ${message}`);
  });
});

test('a picture of more pixels than any camera has is named so, without words of a library', async () => {
  const size = { width: 16_000, height: 8000 };
  const bytes = await sharp({ create: { ...size, channels: 3, background: 'black' } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  expect(await read('a.png', bytes)).toContain('a.png: has more than 120 million pixels');
});

describe('FMT-4: a picture of more than 8 bits', () => {
  /** The 8-bit picture's values in the lowest `bits` of 16. */
  const deep = (bits: number) => Uint16Array.from(grey, (value) => (value * (2 ** bits - 1)) / 255);

  test.each([10, 12, 14, 16])('of which %i are used is as bright as one of 8', async (bits) => {
    const values = deep(bits);
    const png = await sharp(values, { raw: { width, height, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    const big = Buffer.alloc(values.length * 2);
    values.forEach((value, i) => {
      big.writeUInt16BE(value, 2 * i);
    });
    const brightness = (255 / Math.max(...grey)) * mean;
    for (const [name, bytes] of [
      ['a.png', png],
      ['a.pgm', pgm(65_535, big)],
    ] as const) {
      for (const means of [await read(name, bytes), await played(name, bytes)]) {
        expect(Math.abs(Number(means[0]) - brightness)).toBeLessThan(2);
      }
    }
  });
});
