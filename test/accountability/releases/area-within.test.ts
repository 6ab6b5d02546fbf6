import { describe, expect, it } from 'vitest';
import { isAreaWithin } from '../../../src/accountability/releases/area-within.ts';
import type { Area } from '../../../src/config/area.ts';

const circle = (latitude: number, longitude: number, radiusM: number): Area => ({
  ...{ kind: 'circle', latitude, longitude, radiusM },
});
const box = (south: number, west: number, north: number, east: number): Area => ({
  ...{ kind: 'box', south, west, north, east },
});
const polygon = (...corners: [number, number][]): Area => ({
  kind: 'polygon',
  points: corners.map(([latitude, longitude]) => ({ latitude, longitude })),
});

/** An L: its north-east quarter is cut out. */
const corner = polygon(
  [38, -122],
  [38, -121],
  [38.5, -121],
  [38.5, -121.5],
  [39, -121.5],
  [39, -122],
);

describe('an area within another (REL-2)', () => {
  it.each<[string, Area, Area, boolean]>([
    [
      'a circle in a wider one beside it',
      circle(38.1, -122.25, 200),
      circle(38.101, -122.25, 500),
      true,
    ],
    [
      'a circle over the edge of one',
      circle(38.104, -122.25, 200),
      circle(38.1, -122.25, 500),
      false,
    ],
    [
      'a box in a circle',
      box(38.099, -122.251, 38.101, -122.249),
      circle(38.1, -122.25, 500),
      true,
    ],
    [
      'a box whose corner is out of a circle',
      box(38.09, -122.26, 38.11, -122.24),
      circle(38.1, -122.25, 1000),
      false,
    ],
    [
      'a polygon in a circle',
      polygon([38.1, -122.25], [38.101, -122.25], [38.1, -122.249]),
      circle(38.1, -122.25, 500),
      true,
    ],
    ['a box in a box', box(38.1, -122.2, 38.2, -122.1), box(38, -123, 39, -122), true],
    [
      'a box over the side of a box',
      box(38.1, -122.2, 38.2, -121.9),
      box(38, -123, 39, -122),
      false,
    ],
    [
      'a box over the meridian in one over it',
      box(10, 179.5, 11, -179.5),
      box(0, 179, 20, -179),
      true,
    ],
    [
      'a box beside the meridian in one over it',
      box(10, 170, 11, 171),
      box(0, 179, 20, -179),
      false,
    ],
    ['a circle in a box', circle(38.5, -122.5, 1000), box(38, -123, 39, -122), true],
    [
      'a circle over the side of a box',
      circle(38.001, -122.5, 1000),
      box(38, -123, 39, -122),
      false,
    ],
    [
      'a polygon in a box',
      polygon([38.1, -122.5], [38.2, -122.5], [38.1, -122.4]),
      box(38, -123, 39, -122),
      true,
    ],
    ['a box in a polygon', box(38.1, -121.9, 38.4, -121.1), corner, true],
    ['a box in the cut-out of a polygon', box(38.6, -121.4, 38.8, -121.2), corner, false],
    ['a box across the cut-out, its corners on sides', box(38, -122, 39, -121), corner, false],
    [
      'a half of a polygon with its corners',
      polygon([38, -122], [38, -121], [38.5, -121], [38.5, -122]),
      corner,
      true,
    ],
    [
      'a polygon whose side leaves and comes back',
      polygon([38.9, -121.9], [38.9, -121.6], [38.1, -121.1], [38.1, -121.9]),
      corner,
      false,
    ],
    ['a circle in a polygon', circle(38.25, -121.5, 2000), corner, true],
    ['a circle over a side of a polygon', circle(38.25, -121.01, 2000), corner, false],
    ['a circle round a corner of a polygon', circle(38.5, -121.5, 2000), corner, false],
    ['the very same area', corner, structuredClone(corner), true],
    ['more than was asked', box(37, -124, 40, -120), box(38, -123, 39, -122), false],
  ])('%s: %#', (_, inner, outer, isWithin) => {
    expect(isAreaWithin(inner, outer)).toBe(isWithin);
  });
});
