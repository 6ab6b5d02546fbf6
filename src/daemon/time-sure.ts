import { dayMs } from '../platform/clock.ts';
import type { Position } from '../position/fix.ts';
import type { Uplink } from '../uplink/uplink.ts';

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

/** Asks position and link whether the time can be believed. */
export interface TimeCheck {
  isSure(): boolean;
  /** From now on asks this link, too; until then headquarters counts as not reached. */
  askLink(link: Pick<Uplink, 'health'>): void;
}

/** A check for those that are built before the link. */
export function createTimeCheck(position: Pick<Position, 'health'>): TimeCheck {
  let link: Pick<Uplink, 'health'> | null = null;
  return {
    isSure: () =>
      isTimeSure({
        clockOffsetMs: position.health().clockOffsetMs,
        reachesHeadquarters: link?.health().connected === true,
      }),
    askLink(asked) {
      link = asked;
    },
  };
}
