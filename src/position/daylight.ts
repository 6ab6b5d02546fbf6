import { getPosition } from 'suncalc';
import type { Fix } from './fix.ts';

/** How light it is outside, by the height of the sun. */
export type Daylight = 'day' | 'dusk' | 'night';

/** Below this height of the sun lamps are lit and pages are dimmed, degrees. */
const dayAboveDeg = 6;
/** The end of civil twilight: it is dark. */
const nightBelowDeg = -6;

/** How light it is at a place; null where the place is not known. `atMs`: ms since the epoch. */
export function daylightAt(
  { latitude, longitude }: Pick<Fix, 'latitude' | 'longitude'>,
  atMs: number,
): Daylight | null {
  if (latitude === null || longitude === null) return null;
  const { altitude } = getPosition(new Date(atMs), latitude, longitude);
  if (altitude > dayAboveDeg) return 'day';
  return altitude < nightBelowDeg ? 'night' : 'dusk';
}
