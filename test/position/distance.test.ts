import { expect, test } from 'vitest';
import { distanceM } from '../../src/position/distance.ts';

test.each([
  ['a degree along the equator', [0, 0], [0, 1], 111_195],
  ['a degree along a meridian', [38, -122], [39, -122], 111_195],
  ['a degree along the 60th parallel, half as much', [60, 10], [60, 11], 55_597],
  ['across the 180th meridian', [0, 179.5], [0, -179.5], 111_195],
  ['over the pole', [89.5, 20], [89.5, -160], 111_195],
  ['half around the Earth', [0, 0], [0, 180], 20_015_115],
  ['to itself', [38.1, -122.2], [38.1, -122.2], 0],
] as const)('%s', (_, from, to, expected) => {
  const place = ([latitude, longitude]: readonly [number, number]) => ({ latitude, longitude });
  expect(distanceM(place(from), place(to))).toBeCloseTo(expected, -1);
});
