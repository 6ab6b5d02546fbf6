/** A corner, degrees. */
interface Corner {
  latitude: number;
  longitude: number;
}

/** The widest and highest polygon, degrees; whatever is larger is no place, and nobody has drawn it with care. */
const largestPolygonDeg = 10;

/** What is wrong with a polygon that a person drew, in words; null if nothing is. */
export function polygonFault(corners: readonly Corner[]): string | null {
  const wide = width(corners.map(({ longitude }) => longitude));
  const high = width(corners.map(({ latitude }) => latitude));
  if (Math.max(wide, high) > largestPolygonDeg) {
    return `a polygon is at most ${largestPolygonDeg} degrees wide and high`;
  }
  const sides = corners.map(
    (from, at) => [from, corners[(at + 1) % corners.length] ?? from] as const,
  );
  for (const [at, [from, to]] of sides.entries()) {
    if (from.latitude === to.latitude && from.longitude === to.longitude) {
      return 'two corners of the polygon that follow each other are the same';
    }
    const [, next = to] = sides[(at + 1) % sides.length] ?? [];
    if (turn(from, to, next) === 0 && !isBetween(from, next, to)) {
      return 'a side of the polygon goes back over the one before';
    }
    for (const [other, side] of sides.entries()) {
      // Sides that follow each other share a corner.
      const apart = (other - at + sides.length) % sides.length;
      if (other > at && apart > 1 && apart < sides.length - 1 && doCross([from, to], side)) {
        return 'the sides of the polygon cross each other';
      }
    }
  }
  const [first = { latitude: 0, longitude: 0 }] = corners;
  const isFlat = sides.every(([from, to]) => turn(first, from, to) === 0);
  return isFlat ? 'the corners of the polygon are in one line' : null;
}

/** Above zero where the way from `a` over `b` to `c` turns left, below where right, 0 where it goes straight on. */
function turn(a: Corner, b: Corner, c: Corner): number {
  return (
    (b.longitude - a.longitude) * (c.latitude - a.latitude) -
    (b.latitude - a.latitude) * (c.longitude - a.longitude)
  );
}

/** Whether two sides have a point in common. */
function doCross([a, b]: readonly [Corner, Corner], [c, d]: readonly [Corner, Corner]): boolean {
  const [ofC, ofD] = [Math.sign(turn(a, b, c)), Math.sign(turn(a, b, d))];
  const [ofA, ofB] = [Math.sign(turn(c, d, a)), Math.sign(turn(c, d, b))];
  if (ofC !== ofD && ofA !== ofB) return true;
  return (
    (ofC === 0 && isBetween(a, b, c)) ||
    (ofD === 0 && isBetween(a, b, d)) ||
    (ofA === 0 && isBetween(c, d, a)) ||
    (ofB === 0 && isBetween(c, d, b))
  );
}

/** Whether a point on the line through two others is between them. */
function isBetween(a: Corner, b: Corner, point: Corner): boolean {
  const within = (one: number, other: number, value: number) =>
    value >= Math.min(one, other) && value <= Math.max(one, other);
  return (
    within(a.latitude, b.latitude, point.latitude) &&
    within(a.longitude, b.longitude, point.longitude)
  );
}

/** From the least to the greatest of some degrees. */
export function width(degrees: readonly number[]): number {
  return Math.max(...degrees) - Math.min(...degrees);
}
