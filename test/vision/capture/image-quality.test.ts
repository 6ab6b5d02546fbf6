import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { headsSection } from '../../../src/config/sections/heads.ts';
import { createQualityWatch, measureQuality } from '../../../src/vision/capture/image-quality.ts';

const limits = headsSection.parse({}).quality;
const [width, height] = [320, 180];

/** A street-like picture: edges and texture, mid grey. */
function scene(): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, index) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    return 60 + 60 * ((Math.floor(x / 9) + Math.floor(y / 7)) % 2) + ((x * 7 + y * 13) % 11);
  });
}

async function blurred(grey: Uint8Array): Promise<Uint8Array> {
  const raw = { width, height, channels: 1 as const };
  return sharp(grey, { raw }).blur(12).toColourspace('b-w').raw().toBuffer();
}

async function warningAfter(grey: Uint8Array, times: number) {
  const watch = createQualityWatch(limits);
  for (let time = 0; time < times; time += 1) watch.add(measureQuality({ grey, width, height }));
  return watch.warning;
}

describe('picture quality (CAP-5)', () => {
  test('a good picture gives no warning', async () => {
    expect(await warningAfter(scene(), 6)).toBeNull();
  });

  test('over-exposed, black and blurred pictures are warned of after five in a row', async () => {
    const white = scene().map((value) => Math.min(255, value * 6));
    expect(await warningAfter(white, 4)).toBeNull();
    expect(await warningAfter(white, 5)).toContain('too bright');
    expect(
      await warningAfter(
        scene().map(() => 1),
        5,
      ),
    ).toContain('black');
    expect(await warningAfter(await blurred(scene()), 5)).toContain('blurred');
  });

  test('a night picture with a bright plate is not a fault', async () => {
    const night = scene().map((value, index) => {
      const isPlate =
        index % width > 140 && index % width < 190 && index > 90 * width && index < 105 * width;
      return isPlate ? 255 - (value % 3) * 90 : Math.round(value / 8);
    });
    expect(await warningAfter(night, 6)).toBeNull();
  });

  test('an empty street at night is not a blur', async () => {
    const street = scene().map((value) => Math.round(value / 10));
    expect(await warningAfter(await blurred(street), 6)).toBeNull();
  });

  test('the warning goes when the pictures are good again', () => {
    const watch = createQualityWatch(limits);
    const add = (grey: Uint8Array) => watch.add(measureQuality({ grey, width, height }));
    for (let time = 0; time < 5; time += 1) add(scene().map(() => 255));
    expect(watch.warning).not.toBeNull();
    for (let time = 0; time < 5; time += 1) add(scene());
    expect(watch.warning).toBeNull();
    expect(watch.latest?.brightness).toBeGreaterThan(50);
  });

  test('a camera that sends its last picture for ever is warned of after a minute', () => {
    const watch = createQualityWatch(limits);
    const add = (grey: Uint8Array) => watch.add(measureQuality({ grey, width, height }));
    const held = scene();
    for (let time = 0; time < 60; time += 1) add(held);
    expect(watch.warning).toBeNull();
    add(held);
    expect(watch.warning).toContain('have not changed');
    add(scene().map((value, index) => (index % 1009 === 0 ? value + 1 : value)));
    expect(watch.warning).toBeNull();
  });

  test('one picture a second is measured', () => {
    const watch = createQualityWatch(limits);
    const due = [0, 33, 66, 990, 1010, 1500, 2020].filter((at) => watch.isDue(at));
    expect(due).toEqual([0, 1010, 2020]);
  });
});
