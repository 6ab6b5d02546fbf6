import type { Fix } from './fix.ts';

/**
 * Direction of a camera in true degrees: the surveyed bearing of the pole, or the course of the car, plus the angle of
 * the mount. Null while the course is unknown: a receiver that is not moving still reports a course, which is
 * meaningless.
 */
export function cameraBearing(seen: {
  fix: Fix;
  bearingDeg: number | null;
  mountAngleDeg: number;
  minCourseSpeedMps: number;
}): number | null {
  const { fix, bearingDeg, mountAngleDeg, minCourseSpeedMps } = seen;
  const course = (fix.speedMps ?? 0) < minCourseSpeedMps ? null : fix.courseDeg;
  const aheadDeg = bearingDeg ?? course;
  return aheadDeg === null ? null : (aheadDeg + mountAngleDeg + 360) % 360;
}
