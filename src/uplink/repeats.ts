import type { Flight, Flights } from './flights.ts';

const longestResendMs = 600_000;
/**
 * A hit that was passed is due again at once, and from then on after this long, doubled each time: a headquarters that
 * acknowledges hits more slowly than other messages is not flooded.
 */
const passedAgainMs = 1000;

/** When a message in transit goes again. */
export type Repeats = ReturnType<typeof createRepeats>;

/**
 * Says when a message in transit goes again: `resendAfterS` after the broker took it, then after twice that, and so on; a
 * hit at once when something that was sent later is acknowledged before it.
 */
export function createRepeats(deps: { flights: Flights; resendAfterS: number }) {
  const { flights } = deps;
  const resendAfterMs = deps.resendAfterS * 1000;
  return {
    /** The broker has it, or answers nothing to it: from now on headquarters' acknowledgement is waited for. */
    handedOver(flight: Flight): void {
      if (flight.state !== 'wire') return;
      flight.state = 'broker';
      const waitMs = resendAfterMs * 2 ** (flight.tries - 1);
      flight.resendAtMs = performance.now() + Math.min(waitMs, longestResendMs);
    },
    /**
     * Headquarters has what was published as number `newest`. A hit that was sent before, and that it does not have, was
     * dropped by a broker whose queue overflowed, or is late.
     */
    passed(newest: number): void {
      const nowMs = performance.now();
      for (const flight of flights.all()) {
        if (flight.state !== 'broker' || flight.latest > newest) continue;
        flight.isPassed = true;
        if (flight.rank > 0 || flight.passableAtMs > nowMs) continue;
        flight.passableAtMs = nowMs + passedAgainMs * 2 ** (flight.tries - 1);
        flights.again(flight);
      }
    },
    /** Neither broker nor headquarters holds what was sent before: everything is sent again. */
    startOver(): void {
      for (const flight of flights.all()) {
        flights.again(flight);
        flight.tries = 0;
      }
    },
    /**
     * A broker answers in the order of sending, or nearly: what it answers nothing to while it answers what came later, it
     * has dropped. Such a message gives its place on the wire to others and is sent again like any that was lost.
     */
    giveUpOvertaken(nowMs: number): void {
      for (const flight of flights.all()) {
        if (!flights.isOvertaken(flight)) continue;
        flight.overtakenAtMs ??= nowMs;
        if (nowMs - flight.overtakenAtMs >= resendAfterMs) flight.giveUp();
      }
    },
    /** Whether headquarters has not acknowledged it in time. */
    isDue: ({ state, resendAtMs }: Flight, nowMs: number): boolean =>
      state === 'broker' && resendAtMs <= nowMs,
  };
}
