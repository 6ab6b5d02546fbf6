import type { Area } from '../../../../config/area.ts';
import { distanceM, type Place } from '../../places-on-earth.ts';

export type AreaKind = Area['kind'];

/** A point of an area that a finger or the mouse can pull. */
export interface Handle extends Place {
  /** `middle`: of a side of a polygon, which becomes a corner. */
  role: 'move' | 'radius' | 'corner' | 'middle';
  /** Which corner or side. */
  at: number;
}

const metresPerDegree = 111_195;
const mostRadiusM = 200_000;

/** To about a metre: what is drawn is no more exact, and stays short to read. */
const rounded = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;
const roundedPlace = ({ latitude, longitude }: Place): Place => ({
  latitude: rounded(latitude),
  longitude: rounded(longitude),
});

/** A circle by its middle and a point of its edge. */
export function circleOf(centre: Place, edge: Place): Area {
  const radiusM = Math.max(1, Math.min(mostRadiusM, Math.round(distanceM(centre, edge))));
  return { kind: 'circle', ...roundedPlace(centre), radiusM };
}

/** A box by two of its corners. */
export function boxOf(a: Place, b: Place): Area {
  return {
    kind: 'box',
    south: rounded(Math.min(a.latitude, b.latitude)),
    west: rounded(Math.min(a.longitude, b.longitude)),
    north: rounded(Math.max(a.latitude, b.latitude)),
    east: rounded(Math.max(a.longitude, b.longitude)),
  };
}

export const polygonOf = (corners: readonly Place[]): Area => ({
  kind: 'polygon',
  points: corners.map(roundedPlace),
});

/** The point of a circle's edge east of its middle. */
function eastOf({ latitude, longitude, radiusM }: Area & { kind: 'circle' }): Place {
  const perDegree = metresPerDegree * Math.cos((latitude * Math.PI) / 180);
  return { latitude, longitude: longitude + radiusM / perDegree };
}

/** The corners of a box from its south-west over its south-east, or those of a polygon. */
export function cornersOf(area: Area): Place[] {
  if (area.kind === 'polygon') return area.points;
  if (area.kind === 'circle') return [];
  const { south, west, north, east } = area;
  return [
    { latitude: south, longitude: west },
    { latitude: south, longitude: east },
    { latitude: north, longitude: east },
    { latitude: north, longitude: west },
  ];
}

/** The middle of an area: by it the whole is moved. */
export function middleOf(area: Area): Place {
  if (area.kind === 'circle') return area;
  const corners = cornersOf(area);
  const sum = (of: (corner: Place) => number) => corners.reduce((all, each) => all + of(each), 0);
  return {
    latitude: sum(({ latitude }) => latitude) / corners.length,
    longitude: sum(({ longitude }) => longitude) / corners.length,
  };
}

/** What of an area can be pulled. Corners are last: of two points at one place the corner is meant. */
export function handlesOf(area: Area): Handle[] {
  const { latitude, longitude } = middleOf(area);
  const move: Handle = { latitude, longitude, role: 'move', at: 0 };
  if (area.kind === 'circle') return [move, { ...eastOf(area), role: 'radius', at: 0 }];
  const corners = cornersOf(area);
  const middles = corners.map((from, at): Handle => {
    const to = corners[(at + 1) % corners.length] ?? from;
    return { ...middleOf(polygonOfTwo(from, to)), role: 'middle', at };
  });
  return [
    move,
    ...(area.kind === 'polygon' ? middles : []),
    ...corners.map((corner, at): Handle => ({ ...corner, role: 'corner', at })),
  ];
}

const polygonOfTwo = (a: Place, b: Place): Area => ({ kind: 'polygon', points: [a, b] });

/** The area after one of its handles was pulled to a place. */
export function pulled(area: Area, { role, at }: Handle, to: Place): Area {
  if (role === 'move') return movedTo(area, to);
  if (area.kind === 'circle') return circleOf(area, to);
  if (area.kind === 'box') {
    const opposite = cornersOf(area)[(at + 2) % 4];
    return opposite === undefined ? area : boxOf(opposite, to);
  }
  return polygonOf(area.points.map((corner, index) => (index === at ? to : corner)));
}

function movedTo(area: Area, to: Place): Area {
  if (area.kind === 'circle') return { ...area, ...roundedPlace(to) };
  const from = middleOf(area);
  const [north, east] = [to.latitude - from.latitude, to.longitude - from.longitude];
  const corners = cornersOf(area).map(({ latitude, longitude }) => ({
    latitude: latitude + north,
    longitude: longitude + east,
  }));
  const [a, , b] = corners;
  if (area.kind === 'box') return a === undefined || b === undefined ? area : boxOf(a, b);
  return polygonOf(corners);
}

/** A polygon with another corner behind one of its corners, and its handle. */
export function withCorner(
  area: Area & { kind: 'polygon' },
  behind: number,
  corner: Place,
): { area: Area; handle: Handle } {
  const points = area.points.toSpliced(behind + 1, 0, corner);
  return { area: polygonOf(points), handle: { ...corner, role: 'corner', at: behind + 1 } };
}

/** A polygon without one of its corners; one with three keeps them. */
export function withoutCorner(area: Area, at: number): Area {
  if (area.kind !== 'polygon' || area.points.length <= 3) return area;
  return polygonOf(area.points.toSpliced(at, 1));
}

/** "Circle of 320 m", "Box of 1.2 km by 800 m", "Polygon of 5 corners" — for a person who does not see the drawing. */
export function sizeWords(area: Area, distanceWords: (metres: number) => string): string {
  if (area.kind === 'circle') return `Circle of ${distanceWords(area.radiusM)}`;
  if (area.kind === 'polygon') return `Polygon of ${area.points.length} corners`;
  const [southWest, southEast, , northWest] = cornersOf(area);
  if (southWest === undefined || southEast === undefined || northWest === undefined) return 'Box';
  return `Box of ${distanceWords(distanceM(southWest, southEast))} by ${distanceWords(distanceM(southWest, northWest))}`;
}
