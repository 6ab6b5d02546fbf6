import sharp from 'sharp';
import { expect, test } from 'vitest';
import { isCutOff } from '../../../src/vision/capture/cut-off.ts';
import { cv } from '../../../src/vision/capture/opencv.ts';

/** A JPEG as a camera sends it, with noise in every block. */
async function cameraJpeg(): Promise<Buffer> {
  const noise = Uint8Array.from(
    { length: 640 * 480 },
    (_, i) => (i * 7919 + (i >> 7) * 104729) % 200,
  );
  return sharp(noise, { raw: { width: 640, height: 480, channels: 1 } })
    .toColourspace('srgb')
    .jpeg({ quality: 80 })
    .toBuffer();
}

/** What OpenCV, which decodes the JPEGs of a V4L2 camera, makes of the bytes: whether that is seen to be cut off. */
function seesCut(jpeg: Buffer): boolean {
  const mat = cv.imdecode(jpeg, cv.IMREAD_COLOR);
  expect(mat.rows).toBe(480);
  const isCut = isCutOff(mat);
  mat.release();
  return isCut;
}

const endMarker = Buffer.from([0xff, 0xd9]);

test('a whole picture counts, with its end marker and without', async () => {
  const jpeg = await cameraJpeg();
  expect(seesCut(jpeg)).toBe(false);
  expect(seesCut(jpeg.subarray(0, -2))).toBe(false);
});

/** Later versions leave what the memory held below a cut without an end marker. */
const repeatsLastRow = cv.version.major === 4 && cv.version.minor < 10;

test.each([0.9, 0.7, 0.3])('of one cut off at %d none counts', async (share) => {
  const jpeg = await cameraJpeg();
  const cut = jpeg.subarray(0, Math.round(jpeg.length * share));
  expect(seesCut(Buffer.concat([cut, endMarker]))).toBe(true);
  if (repeatsLastRow) expect(seesCut(cut)).toBe(true);
});

test('a black night and a test picture with upright bars are whole', async () => {
  const black = { create: { width: 640, height: 480, channels: 3, background: '#000' } } as const;
  expect(seesCut(await sharp(black).jpeg().toBuffer())).toBe(false);
  const bars = Uint8Array.from(
    { length: 640 * 480 },
    (_, i) => (Math.floor((i % 640) / 80) % 2) * 200,
  );
  const picture = sharp(bars, { raw: { width: 640, height: 480, channels: 1 } });
  expect(seesCut(await picture.toColourspace('srgb').jpeg().toBuffer())).toBe(false);
});
