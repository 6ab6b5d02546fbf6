import { expect, test } from 'vitest';
import { createTestCount } from '../../../src/vision/head/test-plate.ts';
import type { FoundPlate } from '../../../src/vision/reading/plate-read.ts';

/** A plate of a width at a place, read as `text` or not at all. */
function found(
  text: string,
  { left = 100, width = 80, unread = null as FoundPlate['unread'], confidence = 0.98 } = {},
): FoundPlate {
  const [top, bottom] = [50, 90];
  return {
    read: {
      plate: text,
      confidence,
      characters: [...text].map((char) => ({ char, p: confidence })),
      alternatives: [],
      state: null,
      box: [left, top, width, bottom - top],
      corners: [
        [left, top],
        [left + width, top],
        [left + width, bottom],
        [left, bottom],
      ],
    },
    unread,
    detectorScore: 0.9,
    sure: true,
    sharpness: 100,
  };
}

test('counts the frames in which the held plate is read as typed, an O as 0, among others that pass', () => {
  const count = createTestCount({ id: 'one', plate: '7ABC120' });
  const passing = found('5XYZ999', { left: 400, width: 200 });
  count.add([found('7ABC120'), passing]);
  count.add([passing, found('7ABC12O', { confidence: 0.9, width: 82 })]);
  count.add([found('7ABC128', { width: 84 }), passing]);
  count.add([passing]);
  count.add([]);
  expect(count.verdict()).toEqual({
    id: 'one',
    found: 3,
    right: 2,
    medianConfidence: 0.98,
    medianWidthPx: 82,
  });
});

test('a frame in which it is found and not read counts by its place', () => {
  const count = createTestCount({ id: 'one', plate: '7ABC120' });
  count.add([found('', { unread: 'low_confidence' })]);
  expect(count.verdict()).toMatchObject({ found: 0, medianWidthPx: null, medianConfidence: null });
  count.add([found('7ABC120')]);
  count.add([found('', { left: 104, unread: 'low_confidence' })]);
  count.add([found('7ABC120', { left: 106, unread: 'low_confidence' })]);
  expect(count.verdict()).toMatchObject({ found: 3, right: 1 });
});

test('one that the machine had no time to read is no failure of the camera', () => {
  const count = createTestCount({ id: 'one', plate: '7ABC120' });
  count.add([found('7ABC120')]);
  count.add([{ ...found('', { unread: 'low_confidence' }), passedOver: true }]);
  expect(count.verdict()).toMatchObject({ found: 1, right: 1 });
});
