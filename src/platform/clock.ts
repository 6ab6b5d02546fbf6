/** The present, as ms since the epoch with fractions; one source, so that tests can set it. */
export type Clock = () => number;

/** A larger difference from the system's clock means that it was corrected, ms. */
const steppedMs = 5;
let offsetMs = 0;

/**
 * Wall clock with sub-millisecond steps, comparable between processes of this machine; it follows when GPS or NTP sets
 * the system's clock.
 */
export const systemClock: Clock = () => {
  const steady = performance.timeOrigin + performance.now();
  const behind = Date.now() - (steady + offsetMs);
  if (Math.abs(behind) > steppedMs) offsetMs += behind;
  return steady + offsetMs;
};

/** A day, ms. */
export const dayMs = 86_400_000;

/** RFC 3339 in UTC with milliseconds (CJIS AU-8). */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
