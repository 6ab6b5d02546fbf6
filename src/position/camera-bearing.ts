import type { Fix } from './fix.ts';

/**
 * True degrees that a camera looks: on a pole the surveyed bearing, in a car its course and the angle of the
 * mount. Null while the course is unknown.
 */
export function cameraBearing(seen: {
  fix: Fix;
  bearingDeg: number | null;
  mountAngleDeg: number;
}): number | null {
  const { fix, bearingDeg, mountAngleDeg } = seen;
  if (bearingDeg !== null) return bearingDeg;
  return fix.courseDeg === null ? null : (fix.courseDeg + mountAngleDeg + 360) % 360;
}
