import { type ClockWitnesses, verdictOf } from '../accountability/retention/clock-belief.ts';
import type { Position } from '../position/fix.ts';
import type { Uplink } from '../uplink/uplink.ts';

/** The sources that tell the unit what time it is. */
export interface TimeCheck {
  witnesses(): ClockWitnesses;
  /** Whether headquarters has told its time, and the clock agrees with it. */
  headquartersAgrees(): boolean;
  /** From now on asks this receiver. The recorded fixes of a replay tell no time of their own. */
  askPosition(position: Pick<Position, 'health'>): void;
  /** From now on asks this link. */
  askLink(link: Pick<Uplink, 'clockOffsetMs'>): void;
}

/** A check for rooms that are built before the receiver and the link; until both are known they say nothing. */
export function createTimeCheck(): TimeCheck {
  let position: Pick<Position, 'health'> | null = null;
  let link: Pick<Uplink, 'clockOffsetMs'> | null = null;

  function satellitesOffsetMs(): number | null {
    const health = position?.health();
    return health === undefined || health.source === 'replay' ? null : health.clockOffsetMs;
  }

  return {
    witnesses: () => ({
      satellitesOffsetMs: satellitesOffsetMs(),
      headquartersOffsetMs: link?.clockOffsetMs() ?? null,
    }),
    headquartersAgrees() {
      const headquartersOffsetMs = link?.clockOffsetMs() ?? null;
      return verdictOf({ satellitesOffsetMs: null, headquartersOffsetMs }) === 'confirmed';
    },
    askPosition(asked) {
      position = asked;
    },
    askLink(asked) {
      link = asked;
    },
  };
}
