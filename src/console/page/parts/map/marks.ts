import type { Place } from '../../places-on-earth.ts';

/** Something that was seen at a place; a hit has another shape. */
export interface Mark extends Place {
  id: string;
  atMs: number;
  isHit: boolean;
  /** What is said of it: "8LVN362, 2026-11-29 14:03:05" */
  words: string;
}

/** Marks so near to each other, at a zoom, that one dot stands for them. */
export interface Spot {
  /** Shares of the whole Web Mercator map. */
  x: number;
  y: number;
  /** Newest first. */
  marks: Mark[];
  hits: number;
  /** How new the newest is among all marks: 0 for the first third of their time, 2 for the last. */
  age: 0 | 1 | 2;
}

/** Marks with their places on the flat map, newest first. */
export type FlatMarks = readonly (Mark & { x: number; y: number })[];

/** Pixels of a tile at zoom 0. */
const tilePx = 256;
/** Marks within so many pixels are one spot. */
const spotPx = 30;

/** A place on the flat map, as shares of its width. */
export function flat({ latitude, longitude }: Place): { x: number; y: number } {
  const sine = Math.sin((Math.max(-85, Math.min(85, latitude)) * Math.PI) / 180);
  return {
    x: (longitude + 180) / 360,
    y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI),
  };
}

export const flatMarks = (marks: readonly Mark[]): FlatMarks =>
  marks.map((mark) => ({ ...mark, ...flat(mark) })).sort((a, b) => b.atMs - a.atMs);

/** The spots of a zoom: however many marks there are, a screen has room for some hundred of them. */
export function spotsAt(marks: FlatMarks, zoom: number): Spot[] {
  const cells = (tilePx * 2 ** zoom) / spotPx;
  const [newest, oldest] = [marks[0]?.atMs ?? 0, marks.at(-1)?.atMs ?? 0];
  const ageOf = (atMs: number): Spot['age'] => {
    const share = newest === oldest ? 1 : (atMs - oldest) / (newest - oldest);
    return share > 2 / 3 ? 2 : share > 1 / 3 ? 1 : 0;
  };
  const spots = new Map<number, Spot>();
  for (const mark of marks) {
    const cell = Math.floor(mark.x * cells) * 2 ** 26 + Math.floor(mark.y * cells);
    const spot = spots.get(cell);
    if (spot === undefined) {
      const { x, y, atMs, isHit } = mark;
      spots.set(cell, { x, y, marks: [mark], hits: isHit ? 1 : 0, age: ageOf(atMs) });
      continue;
    }
    spot.marks.push(mark);
    if (mark.isHit) spot.hits += 1;
    const share = 1 / spot.marks.length;
    spot.x += (mark.x - spot.x) * share;
    spot.y += (mark.y - spot.y) * share;
  }
  return [...spots.values()];
}

/** The spot at a point of the screen, the nearest within reach. */
export function spotNear<Where>(
  spots: readonly Where[],
  pointOf: (spot: Where) => { x: number; y: number },
  at: { x: number; y: number },
  reachPx: number,
): Where | undefined {
  let best: Where | undefined;
  let bestPx = reachPx;
  for (const spot of spots) {
    const { x, y } = pointOf(spot);
    const px = Math.hypot(x - at.x, y - at.y);
    if (px <= bestPx) [best, bestPx] = [spot, px];
  }
  return best;
}
