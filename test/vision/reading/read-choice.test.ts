import { describe, expect, test } from 'vitest';
import { boxAround, type Corners } from '../../../src/vision/reading/grey-picture.ts';
import { chooseToRead, type ExpectedPlate } from '../../../src/vision/reading/read-choice.ts';

function placeAt(x: number, width: number, score = 0.9) {
  const corners: Corners = [
    [x, 100],
    [x + width, 100],
    [x + width, 100 + width / 2],
    [x, 100 + width / 2],
  ];
  return { score, corners, box: boxAround(corners) };
}

const near = placeAt(100, 120);
const middle = placeAt(400, 80);
const far = placeAt(700, 40);
const places = [far, near, middle];
const expectedAt = (
  { box }: { box: ExpectedPlate['box'] },
  known: Partial<ExpectedPlate>,
): ExpectedPlate => ({ box, framesUnread: 0, isSettled: false, ...known });

const limits = { sure: 0.55, minWidthPx: 28 };
const choose = (
  seen: readonly ReturnType<typeof placeAt>[],
  most: number,
  expected: ExpectedPlate[] = [],
) => chooseToRead(seen, { fit: 0, most, expected }, limits);

describe('a machine that cannot read every plate before the next frame (PRA-11)', () => {
  test('reads all as long as it can', () => {
    const tiny = [placeAt(100, 20, 0.3), ...places];
    expect(chooseToRead(tiny, { fit: 4, most: 4, expected: [] }, limits)).toEqual(new Set(tiny));
  });

  test('reads the nearest first', () => {
    expect(choose(places, 1)).toEqual(new Set([near]));
    expect(choose(places, 2)).toEqual(new Set([near, middle]));
  });

  test('does not try what is too small to be read', () => {
    expect(choose([near, placeAt(900, 20)], 2)).toEqual(new Set([near]));
  });

  test('reads what is hardly a plate in one frame of five', () => {
    const banner = placeAt(900, 200, 0.3);
    expect(choose([banner, near], 2)).toEqual(new Set([near]));
    const waiting = [expectedAt(banner, { framesUnread: 4 })];
    expect(choose([banner, near], 2, waiting)).toEqual(new Set([near, banner]));
  });

  test('reads a plate that is believed and moves slowly in one frame of five', () => {
    const chosen = (framesUnread: number) =>
      choose([near, far], 2, [expectedAt(near, { isSettled: true, framesUnread })]);
    for (const framesUnread of [0, 1, 2, 3]) expect(chosen(framesUnread)).toEqual(new Set([far]));
    expect(chosen(4)).toEqual(new Set([near, far]));
  });

  test('passes no plate over for good', () => {
    const framesUnread = new Map(places.map((place) => [place, 0]));
    const reads = new Map(places.map((place) => [place, 0]));
    for (let frame = 0; frame < 30; frame += 1) {
      const expected = places.map((place) =>
        expectedAt(place, { framesUnread: framesUnread.get(place) ?? 0 }),
      );
      const chosen = choose(places, 1, expected);
      for (const place of places) {
        framesUnread.set(place, chosen.has(place) ? 0 : (framesUnread.get(place) ?? 0) + 1);
        if (chosen.has(place)) reads.set(place, (reads.get(place) ?? 0) + 1);
      }
    }
    expect(Math.min(...reads.values())).toBeGreaterThanOrEqual(4);
    expect(reads.get(near)).toBeGreaterThan(reads.get(far) ?? 0);
  });
});
