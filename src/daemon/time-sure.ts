import { dayMs } from '../platform/clock.ts';

/**
 * Whether the unit's time can be believed after a leap: satellites agree with it to the day, or, while they say
 * nothing, headquarters is reached. Satellites that tell another day speak against it, whoever is reached.
 */
export function isTimeSure(seen: {
  clockOffsetMs: number | null;
  reachesHeadquarters: boolean;
}): boolean {
  const { clockOffsetMs, reachesHeadquarters } = seen;
  return clockOffsetMs === null ? reachesHeadquarters : Math.abs(clockOffsetMs) < dayMs;
}
