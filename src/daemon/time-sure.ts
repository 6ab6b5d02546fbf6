import { dayMs } from '../platform/clock.ts';
import type { Position } from '../position/fix.ts';
import type { Uplink } from '../uplink/uplink.ts';

/**
 * Whether the unit's time is reliable after a jump: satellites agree with it to the day or, without satellites,
 * headquarters is connected. If satellites report another day, it is not, even with headquarters connected.
 */
export function isTimeSure(seen: {
  clockOffsetMs: number | null;
  reachesHeadquarters: boolean;
}): boolean {
  const { clockOffsetMs, reachesHeadquarters } = seen;
  return clockOffsetMs === null ? reachesHeadquarters : Math.abs(clockOffsetMs) < dayMs;
}

/** Checks position and link for a reliable time. */
export interface TimeCheck {
  isSure(): boolean;
  /** From now on checks this link too; until then headquarters counts as not connected. */
  askLink(link: Pick<Uplink, 'health'>): void;
}

/** A check for rooms that are built before the link. */
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
