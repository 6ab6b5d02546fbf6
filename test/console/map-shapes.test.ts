import { describe, expect, onTestFinished, test } from 'vitest';
import { midnightBefore } from '../../src/console/page/days.ts';
import { flatMarks, type Mark, spotsAt } from '../../src/console/page/parts/map/marks.ts';
import { placeDots } from '../../src/console/page/parts/map/path-labels.ts';
import {
  boxOf,
  circleOf,
  handlesOf,
  polygonOf,
  pulled,
  withCorner,
  withoutCorner,
} from '../../src/console/page/parts/map/shapes.ts';
import { binsOf, binsOfSpan, spanOfBins } from '../../src/console/page/time-bins.ts';
import { areaOf, newTypedArea, typedOf } from '../../src/console/page/typed-area.ts';
import { useZone, when } from '../../src/console/page/words.ts';

const place = (latitude: number, longitude: number) => ({ latitude, longitude });
const town = place(38.1, -122.25);
const hourMs = 3_600_000;

const mark = (at: number, over: Partial<Mark> = {}): Mark => ({
  ...{ id: `read-${at}`, ...town, atMs: at, isHit: false, words: `read ${at}`, ...over },
});

describe('areas that are drawn', () => {
  test('a circle is as wide as it was pulled, and keeps its width when it is moved', () => {
    const circle = circleOf(town, place(38.1, -122.24));
    expect(circle).toMatchObject({ kind: 'circle', ...town, radiusM: 875 });
    const [move, edge] = handlesOf(circle);
    expect(edge?.longitude).toBeCloseTo(-122.24, 4);
    if (move === undefined || edge === undefined) throw new Error('no handles');
    expect(pulled(circle, move, place(38.2, -122))).toMatchObject({ latitude: 38.2, radiusM: 875 });
    expect(pulled(circle, edge, place(38.1, -122.245))).toMatchObject({ ...town, radiusM: 438 });
  });

  test('a box that is pulled over its opposite corner stays a box, south below north', () => {
    const box = boxOf(place(38, -122), place(38.2, -122.4));
    expect(box).toEqual({ kind: 'box', south: 38, west: -122.4, north: 38.2, east: -122 });
    const southWest = handlesOf(box).find(({ role, at }) => role === 'corner' && at === 0);
    if (southWest === undefined) throw new Error('no corner');
    expect(pulled(box, southWest, place(38.5, -121.5))).toEqual({
      ...{ kind: 'box', south: 38.2, west: -122, north: 38.5, east: -121.5 },
    });
  });

  test('a polygon gets a corner from the middle of a side, loses one, and never has fewer than three', () => {
    const polygon = polygonOf([place(38, -122), place(38.2, -122), place(38.2, -121.8)]);
    if (polygon.kind !== 'polygon') throw new Error('no polygon');
    const { area, handle } = withCorner(polygon, 0, place(38.1, -122));
    const four = pulled(area, handle, place(38.1, -122.1));
    expect(four).toMatchObject({ points: [{}, { longitude: -122.1 }, {}, {}] });
    expect(withoutCorner(four, 1)).toEqual(polygon);
    expect(withoutCorner(polygon, 1)).toEqual(polygon);
  });

  test.each([
    circleOf(town, place(38.11, -122.25)),
    boxOf(town, place(38.2, -122.1)),
    polygonOf([town, place(38.2, -122), place(38.2, -121.8)]),
  ])('what is drawn and what is typed are the same: $kind', (area) => {
    expect(areaOf({ ...newTypedArea('500'), ...typedOf(area) })).toEqual(area);
  });
});

describe('what was seen', () => {
  test('marks near to each other are one spot that counts them, and part as the map comes nearer', () => {
    const marks = flatMarks([mark(1), mark(2, { isHit: true }), mark(3, place(38.11, -122.25))]);
    expect(spotsAt(marks, 8)).toMatchObject([
      { hits: 1, marks: [{ atMs: 3 }, { atMs: 2 }, { atMs: 1 }] },
    ]);
    expect(spotsAt(marks, 15).map(({ marks: each }) => each.length)).toEqual([1, 2]);
  });

  test('a screen has some hundred spots, however many were seen', () => {
    const many = Array.from({ length: 10_000 }, (_, at) =>
      mark(at, place(38 + ((at * 7919) % 1000) / 5000, -122 + ((at * 104_729) % 1000) / 5000)),
    );
    const spots = spotsAt(flatMarks(many), 11);
    expect(spots.length).toBeLessThan(900);
    expect(spots.reduce((sum, { marks }) => sum + marks.length, 0)).toBe(10_000);
  });

  test('how new a read is shows in thirds of the time', () => {
    const far = [0, 5, 10].map((at) => mark(at, place(38 + at, -122)));
    expect(spotsAt(flatMarks(far), 10).map(({ age }) => age)).toEqual([2, 1, 0]);
  });

  test('numbers of a path that stand on each other are one label', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 100, y: 0 },
      { x: 4, y: 0 },
      { x: 100, y: 3 },
      { x: 2, y: 2 },
    ];
    expect(placeDots(points).map(({ label }) => label)).toEqual(['1–5', '2, 4']);
  });
});

describe('reads by time', () => {
  const midnight = (ms: number) =>
    Math.floor((ms - 7.5 * hourMs) / (24 * hourMs)) * 24 * hourMs + 7.5 * hourMs;

  test('hours begin with those of the zone, also where it is half an hour off', () => {
    const first = 1000 * 24 * hourMs + 9 * hourMs;
    const bins = binsOf([first + 2 * hourMs, first, first + 10], midnight);
    const edges = [0, 1, 2, 3].map((hours) => first + (hours - 0.5) * hourMs);
    expect(bins).toEqual({ step: 'hour', edges, counts: [2, 0, 1] });
  });

  test('over more than a week there is a bar a day, over months one a week; none without a read', () => {
    const at = (days: number) => days * 24 * hourMs;
    expect(binsOf([at(0), at(8)], midnight)?.counts).toHaveLength(9);
    expect(binsOf([at(0), at(200)], midnight)?.step).toBe('week');
    expect(binsOf([], midnight)).toBeNull();
  });

  test.each([
    ['back to standard time', '2026-11-01T00:00:00-07:00', 25],
    ['on to summer time', '2026-03-08T00:00:00-08:00', 23],
  ])('each bar is one day of the zone, also where the clocks are set: %s', (_, set, hours) => {
    useZone('America/Los_Angeles');
    onTestFinished(() => useZone('UTC'));
    const setMs = Date.parse(set);
    const late = setMs + (hours - 0.5) * hourMs;
    // The last half hour of each day, from five days before to four after.
    const times = Array.from({ length: 10 }, (_, day) =>
      day < 5 ? setMs - 0.5 * hourMs - (4 - day) * 24 * hourMs : late + (day - 5) * 24 * hourMs,
    );
    const bins = binsOf(times, midnightBefore);
    expect(bins?.counts).toEqual(times.map(() => 1));
    expect(bins?.edges.every((at) => when(at).endsWith(' 00:00'))).toBe(true);
    if (bins === null) throw new Error('no bars');
    expect(spanOfBins(bins, 5, 5)).toEqual({ fromMs: setMs, toMs: setMs + hours * hourMs });
    expect(binsOfSpan(bins, spanOfBins(bins, 5, 7))).toEqual([5, 7]);
  });

  test('a span is whole bars, in either direction, and never beyond the ends', () => {
    const edges = [0, hourMs, 2 * hourMs, 3 * hourMs];
    const bins = { step: 'hour' as const, edges, counts: [1, 2, 3] };
    expect(spanOfBins(bins, 2, 1)).toEqual({ fromMs: hourMs, toMs: 3 * hourMs });
    expect(spanOfBins(bins, -4, 9)).toEqual({ fromMs: 0, toMs: 3 * hourMs });
    expect(binsOfSpan(bins, { fromMs: hourMs, toMs: 2 * hourMs })).toEqual([1, 1]);
  });
});
