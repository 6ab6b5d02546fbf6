/** The present, as ms since the epoch with fractions; one source, so that tests can turn it. */
export type Clock = () => number;

/** Wall clock with sub-millisecond steps, comparable between processes of this machine. */
export const systemClock: Clock = () => performance.timeOrigin + performance.now();

/** RFC 3339 in UTC with milliseconds (domain.md AU-8). */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
