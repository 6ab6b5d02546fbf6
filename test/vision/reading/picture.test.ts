import { describe, expect, test } from 'vitest';
import { candidatesOf, withoutRepeats } from '../../../src/vision/reading/find-plates.ts';
import type { Corners, GreyPicture } from '../../../src/vision/reading/grey-picture.ts';
import { letterbox, planLetterbox, toFrame } from '../../../src/vision/reading/letterbox.ts';
import type { DetectorManifest } from '../../../src/vision/reading/manifest.ts';
import { plateQuality } from '../../../src/vision/reading/plate-quality.ts';
import { evenMargins, rectify } from '../../../src/vision/reading/rectify.ts';

const input: DetectorManifest['input'] = {
  name: 'frame',
  dtype: 'uint8',
  shape: [1, 1, 'H', 'W'],
  layout: 'NCHW',
  colour: 'grey',
  width: 640,
  height: 384,
  multipleOf: 32,
  letterbox: { align: 'top-left', pad: 114, upscale: 2, shrinkBy: 'area' },
};

/** A picture whose pixel at (x, y) is `shade(x, y)`. */
function picture(
  width: number,
  height: number,
  shade: (x: number, y: number) => number,
): GreyPicture {
  const grey = Uint8Array.from({ length: width * height }, (_, i) =>
    shade(i % width, Math.floor(i / width)),
  );
  return { grey, width, height };
}

describe('the letterbox', () => {
  test.each([
    [1280, 720],
    [1920, 1080],
    [640, 480],
    [720, 1280],
    [4000, 3000],
    [300, 300],
    [33, 500],
  ])('%i×%i fits into multiples of 32 within the usual area, in proportion', (width, height) => {
    const box = planLetterbox({ width, height }, input);
    expect(box.width % 32).toBe(0);
    expect(box.height % 32).toBe(0);
    expect(box.innerWidth).toBeLessThanOrEqual(box.width);
    expect(box.innerHeight).toBeLessThanOrEqual(box.height);
    expect(box.width * box.height).toBeLessThanOrEqual(640 * 384);
    expect(box.scaleX).toBeLessThanOrEqual(2);
    expect(box.scaleX / box.scaleY).toBeGreaterThan(0.9);
    expect(box.scaleX / box.scaleY).toBeLessThan(1.1);
  });

  test('shrinking averages: a fine checkerboard becomes even grey', () => {
    const board = picture(1280, 720, (x, y) => ((x + y) % 2) * 200);
    const box = planLetterbox(board, input);
    const out = letterbox(board, box, 114);
    const inner = out.subarray(0, box.innerWidth);
    expect(Math.min(...inner)).toBeGreaterThan(85);
    expect(Math.max(...inner)).toBeLessThan(115);
  });

  test('a gradient keeps its place, small or large', () => {
    for (const size of [1600, 200]) {
      const ramp = picture(size, size, (x) => (x * 255) / size);
      const box = planLetterbox(ramp, input);
      const out = letterbox(ramp, box, 114);
      for (const share of [0.1, 0.5, 0.9]) {
        const x = Math.floor(box.innerWidth * share);
        expect(Math.abs((out[10 * box.width + x] ?? 0) - 255 * share)).toBeLessThan(4);
      }
    }
  });

  test('the bars beside the frame are of one grey', () => {
    const white = picture(110, 333, () => 255);
    const box = planLetterbox(white, input);
    expect(box.innerWidth).toBeLessThan(box.width);
    expect(letterbox(white, box, 114)[box.width - 1]).toBe(114);
  });

  test('points come back to where they were in the frame', () => {
    const box = planLetterbox({ width: 1280, height: 720 }, input);
    const [x, y] = toFrame(box, [box.innerWidth, box.innerHeight]);
    expect([Math.round(x), Math.round(y)]).toEqual([1280, 720]);
  });
});

describe('rectifying', () => {
  test('a plate seen at an angle comes out flat, each corner in its place', () => {
    const corners: Corners = [
      [40, 30],
      [150, 50],
      [145, 110],
      [35, 80],
    ];
    // Shade each quarter of the quadrangle by the nearest corner.
    const shades = [40, 100, 160, 220];
    const scene = picture(200, 140, (x, y) => {
      const distances = corners.map(([cx, cy]) => Math.hypot(cx - x, cy - y));
      return shades[distances.indexOf(Math.min(...distances))] ?? 0;
    });
    const flat = rectify(scene, corners, evenMargins(0), { width: 128, height: 64 });
    const at = (x: number, y: number) => flat[y * 128 + x];
    expect([at(6, 5), at(121, 5), at(121, 58), at(6, 58)]).toEqual(shades);
  });

  test('a margin shows what is around the plate, a negative one cuts into it', () => {
    const inside = (x: number, y: number) => x >= 50 && x < 150 && y >= 50 && y < 100;
    const scene = picture(200, 150, (x, y) => (inside(x, y) ? 250 : 5));
    const corners: Corners = [
      [50, 50],
      [150, 50],
      [150, 100],
      [50, 100],
    ];
    const wide = rectify(scene, corners, evenMargins(0.1), { width: 120, height: 60 });
    expect([wide[0], wide[30 * 120 + 60]]).toEqual([5, 250]);
    const tight = rectify(scene, corners, evenMargins(-0.05), { width: 120, height: 60 });
    expect(Math.min(...tight)).toBe(250);
  });

  test('beyond the edge of the picture its border goes on', () => {
    const scene = picture(60, 40, () => 90);
    const corners: Corners = [
      [-20, -10],
      [70, -10],
      [70, 50],
      [-20, 50],
    ];
    const flat = rectify(scene, corners, evenMargins(0.1), { width: 32, height: 16 });
    expect(new Set(flat)).toEqual(new Set([90]));
  });
});

test('a blurred plate is less sharp, a blank one has no contrast', () => {
  const striped = picture(128, 64, (x) => (Math.floor(x / 6) % 2) * 200 + 20);
  const soft = picture(128, 64, (x) => 120 + 100 * Math.sin(x / 4));
  const blank = picture(128, 64, (x, y) => 120 + ((x * 7 + y * 3) % 5));
  expect(plateQuality(striped.grey, 128).sharpness).toBeGreaterThan(
    5 * plateQuality(soft.grey, 128).sharpness,
  );
  expect(plateQuality(striped.grey, 128).contrast).toBe(200);
  expect(plateQuality(blank.grey, 128).contrast).toBeLessThan(6);
});

test('repeats of one plate, parts of it and what lies on the bars are left out', () => {
  const frame = { width: 600, height: 384 };
  const box = planLetterbox(frame, input);
  const boxes = [
    [100, 100, 100, 50],
    [104, 101, 100, 50],
    [110, 110, 40, 30],
    [300, 200, 80, 40],
    [box.width + 5, 10, 20, 10],
    [400, 50, 80, 40],
  ];
  const candidates = candidatesOf(
    {
      scores: Float32Array.from([0.9, 0.8, 0.7, 0.6, 0.5, 0.1]),
      boxes: Float32Array.from(boxes.flat()),
      corners: Float32Array.from(
        boxes.flatMap(([x = 0, y = 0, w = 0, h = 0]) => [x, y, x + w, y, x + w, y + h, x, y + h]),
      ),
    },
    box,
    frame,
    0.3,
  );
  const found = withoutRepeats(candidates, 0.35);
  expect(found.map(({ score }) => score.toFixed(1))).toEqual(['0.9', '0.6']);
  expect(found[1]?.box[0]).toBeCloseTo(300 / box.scaleX, 3);
});
