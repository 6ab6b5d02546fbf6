import type { Area } from '../../config/area.ts';
import { distanceM, earthRadiusM, type Place } from '../../position/distance.ts';
import { boundsOf, contains } from '../search/area.ts';

const degree = Math.PI / 180;
/** A corner on the side of the other area is within it, however its degrees were rounded. */
const tolerance = { metres: 0.5, degrees: 5e-6 };

/** Whether the whole of an area lies within another, of whatever kinds they are. */
export function isAreaWithin(inner: Area, outer: Area): boolean {
  if (JSON.stringify(inner) === JSON.stringify(outer)) return true;
  if (outer.kind === 'circle') return isInCircle(inner, outer);
  if (outer.kind === 'box') return isInBox(inner, outer);
  return isInPolygon(inner, outer.points);
}

function isInCircle(inner: Area, outer: Extract<Area, { kind: 'circle' }>): boolean {
  const most = outer.radiusM + tolerance.metres;
  if (inner.kind === 'circle') return distanceM(inner, outer) + inner.radiusM <= most;
  return cornersOf(inner).every((corner) => distanceM(corner, outer) <= most);
}

function isInBox(inner: Area, outer: Extract<Area, { kind: 'box' }>): boolean {
  const { south, west, north, east } = boundsOf(inner);
  const from = eastward(outer.west - tolerance.degrees, west);
  return (
    south >= outer.south - tolerance.degrees &&
    north <= outer.north + tolerance.degrees &&
    from + eastward(west, east) <= eastward(outer.west, outer.east) + 2 * tolerance.degrees
  );
}

function isInPolygon(inner: Area, points: readonly Place[]): boolean {
  const outer: Area = { kind: 'polygon', points: [...points] };
  const sides = sidesOf(points);
  const isIn = (place: Place) =>
    contains(outer, place.latitude, place.longitude) ||
    sides.some((side) => metresToSide(place, side) <= tolerance.metres);
  if (inner.kind === 'circle') {
    const least = inner.radiusM - tolerance.metres;
    return isIn(inner) && sides.every((side) => metresToSide(inner, side) >= least);
  }
  // A polygon does not cross the 180th meridian.
  if (inner.kind === 'box' && inner.west > inner.east) return false;
  const corners = cornersOf(inner);
  const own = sidesOf(corners);
  return (
    corners.every(isIn) &&
    own.map(middleOf).every(isIn) &&
    !own.some((side) => sides.some((other) => doCross(side, other)))
  );
}

type Side = readonly [Place, Place];

function cornersOf(area: Exclude<Area, { kind: 'circle' }>): Place[] {
  if (area.kind === 'polygon') return area.points;
  const { south, west, north, east } = area;
  return [
    { latitude: south, longitude: west },
    { latitude: south, longitude: east },
    { latitude: north, longitude: east },
    { latitude: north, longitude: west },
  ];
}

const sidesOf = (corners: readonly Place[]): Side[] =>
  corners.map((from, at) => [from, corners[(at + 1) % corners.length] ?? from] as const);

const middleOf = ([a, b]: Side): Place => ({
  latitude: (a.latitude + b.latitude) / 2,
  longitude: (a.longitude + b.longitude) / 2,
});

/** Degrees from one meridian eastward to another. */
const eastward = (from: number, to: number): number => (((to - from) % 360) + 360) % 360;

/** Metres from a place to the nearest point of a side, on the plane that touches the Earth there. */
function metresToSide(place: Place, [a, b]: Side): number {
  const flat = ({ latitude, longitude }: Place) => ({
    x: (longitude - place.longitude) * Math.cos(place.latitude * degree) * degree * earthRadiusM,
    y: (latitude - place.latitude) * degree * earthRadiusM,
  });
  const [from, to] = [flat(a), flat(b)];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const square = dx * dx + dy * dy;
  const share = square === 0 ? 0 : -(from.x * dx + from.y * dy) / square;
  const at = Math.max(0, Math.min(1, share));
  return Math.hypot(from.x + at * dx, from.y + at * dy);
}

/** Whether two sides cross, each between the ends of the other. */
function doCross([a, b]: Side, [c, d]: Side): boolean {
  return (
    Math.sign(turn(a, b, c)) * Math.sign(turn(a, b, d)) < 0 &&
    Math.sign(turn(c, d, a)) * Math.sign(turn(c, d, b)) < 0
  );
}

/** Above zero where the way from `a` over `b` to `c` turns left; zero where it goes straight on, but for rounding. */
function turn(a: Place, b: Place, c: Place): number {
  const area =
    (b.longitude - a.longitude) * (c.latitude - a.latitude) -
    (b.latitude - a.latitude) * (c.longitude - a.longitude);
  return Math.abs(area) < 1e-13 ? 0 : area;
}
