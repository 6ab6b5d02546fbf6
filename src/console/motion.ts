import { z } from 'zod';
import { entryAbout } from '../accountability/access/account-entry.ts';
import { record } from '../accountability/gate/answer.ts';
import type { AuditTrail } from '../accountability/gate/audit-trail.ts';
import { change } from '../accountability/gate/definition.ts';
import { nothing } from '../accountability/gate/input-fields.ts';
import type { Actor, Operation } from '../accountability/gate/operation.ts';
import { Refusal } from '../accountability/gate/refusal.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../platform/clock.ts';

/** Faster than this the car moves, m/s: 8 km/h, above a walking pace. */
const movesAboveMps = 8 / 3.6;
/** A car that moved stands when it is slower than this, m/s: 4 km/h, below the noise of a receiver that stands. */
const standsBelowMps = 4 / 3.6;
/** Without a speed the last state counts for so long, ms: as long as most tunnels and garages. */
const keptMs = 2 * 60_000;
/** The passenger's switch ends when the car has stood for so long, ms. */
export const passengerEndsAfterMs = 10 * 60_000;

/** How the screen of a car behaves, to the session that asks. */
export interface MotionView {
  moving: boolean;
  /** Whether a receiver tells the speed now. */
  isSpeedKnown: boolean;
  /** Whether a passenger operates the screens of this session. */
  passenger: boolean;
}

/** Whether the car moves, and in which sessions a passenger operates the screen. */
export interface Motion {
  /** Takes the speed, m/s; null if nothing tells it. To be called every few seconds. */
  look(speedMps: number | null): void;
  view(session: string): MotionView;
  readonly operations: readonly Operation[];
}

/** While the car moves the screen has few keys and nothing to type; a passenger who operates it gets all. */
export const beginPassenger = change({
  name: 'passenger.begin',
  http: { method: 'POST', path: '/passenger' },
  permission: 'signed-in',
  category: 'System',
  input: nothing,
  answer: record<MotionView>(),
});

export const endPassenger = change({
  name: 'passenger.end',
  http: { method: 'POST', path: '/passenger/end' },
  permission: 'signed-in',
  category: 'System',
  input: nothing,
  answer: record<MotionView>(),
});

/** The speed in a daemon's status; null if there is none. */
const speedSchema = z.object({ position: z.object({ speedMps: z.number().min(0) }) });
export function speedOf(status: unknown): number | null {
  const { success, data } = speedSchema.safeParse(status);
  return success ? data.position.speedMps : null;
}

/** @param isHeld whether a session has not ended. */
export function createMotion(deps: {
  mode: Config['unit']['mode'];
  isHeld: (session: string) => boolean;
  trail: AuditTrail;
  /** Counts up whatever the clock does, ms. */
  steady?: Clock;
}): Motion {
  const { mode, isHeld, trail, steady = () => performance.now() } = deps;
  let moving = false;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let isSpeedKnown = false;
  let standsSinceMs = steady();
  /** Who switched it on, by session, and since when. */
  const passengers = new Map<string, { actor: Actor; sinceMs: number }>();

  const end = (session: string, note: string): void => {
    const passenger = passengers.get(session);
    if (passenger === undefined) return;
    passengers.delete(session);
    const { account, username, name, role, organisation } = passenger.actor;
    const about = { category: 'System', operation: 'passenger.end', from: 'unit' } as const;
    try {
      trail({
        ...entryAbout(null, { ...about, session, note }),
        who: { account, username, name, role, organisation },
      });
    } catch (error) {
      // It ends even if the log cannot be written; the health of the log reports that.
      if (!(error instanceof Refusal)) throw error;
    }
  };

  const look = (speedMps: number | null): void => {
    if (mode !== 'mobile') return;
    const nowMs = steady();
    const before = moving;
    isSpeedKnown = speedMps !== null;
    if (speedMps !== null) {
      toldAtMs = nowMs;
      moving = moving ? speedMps >= standsBelowMps : speedMps > movesAboveMps;
    } else if (nowMs - toldAtMs > keptMs) {
      // A receiver that is broken must not keep an officer from closing alerts.
      moving = false;
    }
    if (before && !moving) standsSinceMs = nowMs;
    for (const [session, { sinceMs }] of passengers) {
      if (!isHeld(session)) end(session, 'ended: the session is over');
      else if (!moving && nowMs - Math.max(standsSinceMs, sinceMs) >= passengerEndsAfterMs) {
        end(session, 'ended: the car has stood for ten minutes');
      }
    }
  };

  const view = (session: string): MotionView => ({
    moving,
    isSpeedKnown,
    passenger: passengers.has(session) && isHeld(session),
  });

  return {
    look,
    view,
    operations: [
      beginPassenger.does((_, { actor }) => {
        if (mode !== 'mobile') {
          throw new Refusal(409, 'not-a-car', 'Only the screen of a car knows a passenger.');
        }
        if (!passengers.has(actor.session)) {
          passengers.set(actor.session, { actor, sinceMs: steady() });
        }
        return view(actor.session);
      }),
      endPassenger.does((_, { actor }) => {
        passengers.delete(actor.session);
        return view(actor.session);
      }),
    ],
  };
}
