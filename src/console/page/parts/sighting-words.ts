import type { SightingView } from '../../../accountability/verification/hit-view.ts';
import { compass, coordinates, timeOfDay } from '../words.ts';

/** "14:03:05 -08:00, heading NE 47°, 38.10410° N, 122.25660° W (camera front)" */
export function sightingWords({
  at,
  by,
  headingDeg,
  latitude,
  longitude,
  place,
}: SightingView): string {
  const where = [
    timeOfDay(Date.parse(at)),
    headingDeg === null ? 'direction unknown' : `heading ${compass(headingDeg)}`,
    ...(latitude === null ? [] : [coordinates({ latitude, longitude })]),
    ...(place === null ? [] : [place]),
  ];
  return `${where.join(', ')} (${by})`;
}
