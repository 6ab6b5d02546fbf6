import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { programRoot } from '../../../src/config/load.ts';
import { readingSection } from '../../../src/config/sections/reading.ts';
import { takeOneField } from '../../../src/vision/capture/one-field.ts';
import type { GreyPicture } from '../../../src/vision/reading/grey-picture.ts';
import { createReader } from '../../../src/vision/reading/reader.ts';
import { greyScene } from '../reading/scene.ts';

const [width, height] = [720, 576];
const config = readingSection.parse({ modelsDir: join(programRoot, 'models') });

/** Two cars; `x` is how far they have driven. */
const scene = (x: number) =>
  greyScene(width, height, [
    { text: '7ABC123', x: 120 + x, y: 330, width: 90 },
    { text: 'QDY3830', x: 440 + x, y: 340, width: 110 },
  ]);

/** What an interlaced camera makes of two moments: even rows of the first, odd rows of the second. */
async function woven(movedPx: number): Promise<GreyPicture> {
  const [even, odd] = [await scene(0), await scene(movedPx)];
  const grey = even.grey.map((value, i) =>
    Math.floor(i / width) % 2 === 0 ? value : (odd.grey[i] as number),
  );
  return { grey, width, height };
}

describe('CAP-15: a frame of an interlaced camera', () => {
  test.for([4, 6, 8, 11, 14])(
    'whose vehicles have moved by %i pixels between its fields is read from one of them',
    async (movedPx) => {
      await using reader = await createReader(config);
      const textsOf = async (picture: GreyPicture) =>
        (await reader.read(picture)).plates
          .filter(({ unread }) => unread === null)
          .map(({ read }) => read.plate)
          .sort();
      const picture = await woven(movedPx);
      expect(await textsOf(picture)).not.toEqual(['7ABC123', 'QDY3830']);
      expect(takeOneField(picture)).toBeGreaterThan(0);
      expect(await textsOf(picture)).toEqual(['7ABC123', 'QDY3830']);
    },
  );

  test('in which nothing has moved keeps all its rows', async () => {
    const picture = await woven(0);
    expect(takeOneField(picture)).toBe(0);
    expect(picture.grey).toEqual((await scene(0)).grey);
  });

  test('keeps the rows of what stands still beside what moves', async () => {
    const picture = await woven(8);
    takeOneField(picture);
    const still = (await scene(0)).grey;
    const sky = width * 100;
    expect(picture.grey.subarray(0, sky)).toEqual(still.subarray(0, sky));
  });
});
