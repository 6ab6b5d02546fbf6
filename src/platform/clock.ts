/** The present, as ms since the epoch with fractions; one source, so that tests can turn it. */
export type Clock = () => number;

/** Further than this from the system's clock, ours has been left behind by a correction of it, ms. */
const steppedMs = 5;
let offsetMs = 0;

/**
 * Wall clock with sub-millisecond steps, comparable between processes of this machine; it follows when GPS or NTP
 * set the system's clock.
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
