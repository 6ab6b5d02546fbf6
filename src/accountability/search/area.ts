import type { Area } from '../../config/area.ts';
import { distanceM, earthRadiusM } from '../../position/distance.ts';
import type { Bounds } from '../../records/map-cells.ts';

const degree = Math.PI / 180;

/** The smallest box that contains the area; its `west` may be greater than its `east`. */
export function boundsOf(area: Area): Bounds {
  if (area.kind === 'box') {
    const { south, west, north, east } = area;
    return { south, west, north, east };
  }
  if (area.kind === 'polygon') {
    const latitudes = area.points.map((point) => point.latitude);
    const longitudes = area.points.map((point) => point.longitude);
    return {
      south: Math.min(...latitudes),
      north: Math.max(...latitudes),
      west: Math.min(...longitudes),
      east: Math.max(...longitudes),
    };
  }
  const heightDeg = area.radiusM / earthRadiusM / degree;
  const south = area.latitude - heightDeg;
  const north = area.latitude + heightDeg;
  if (south <= -90 || north >= 90) return { south, north, west: -180, east: 180 };
  // The circle is widest on the side towards the pole.
  const widthDeg =
    Math.asin(Math.sin(area.radiusM / earthRadiusM) / Math.cos(area.latitude * degree)) / degree;
  return {
    south,
    north,
    west: wrapped(area.longitude - widthDeg),
    east: wrapped(area.longitude + widthDeg),
  };
}

/** Whether a point is in the area; the edge of a box or circle is part of it. */
export function contains(area: Area, lat: number, lon: number): boolean {
  if (area.kind === 'circle')
    return distanceM(area, { latitude: lat, longitude: lon }) <= area.radiusM;
  if (area.kind === 'box') {
    const { south, west, north, east } = area;
    const within = west <= east ? lon >= west && lon <= east : lon >= west || lon <= east;
    return within && lat >= south && lat <= north;
  }
  let inside = false;
  let from = area.points.at(-1);
  for (const to of area.points) {
    if (from && to.latitude > lat !== from.latitude > lat) {
      const share = (lat - to.latitude) / (from.latitude - to.latitude);
      if (lon < to.longitude + share * (from.longitude - to.longitude)) inside = !inside;
    }
    from = to;
  }
  return inside;
}

function wrapped(lon: number): number {
  return lon < -180 ? lon + 360 : lon > 180 ? lon - 360 : lon;
}
