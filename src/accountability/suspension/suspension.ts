import type { SuspensionConfig } from '../../config/sections/suspension.ts';
import { type Clock, isoTime } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import type { Fix } from '../../position/fix.ts';
import type { AuditEntry } from '../audit/audit-record.ts';
import { type AuditUnit, ownEntry } from '../audit/chain.ts';
import type { CourtOrders } from './court-orders.ts';
import type { SuspendedPlace } from './suspended-place.ts';
import { type Place, zoneNow } from './zone-now.ts';

/** Whether the unit captures, for status and page. */
export interface CaptureHealth {
  /** The zone in which nothing is captured, and since when; null if the unit captures. */
  suspended: { zone: string; since: string } | null;
  /** Number of the court order under which it captures in a zone; null if there is none. */
  underOrder: string | null;
  /** What is wrong; null if nothing is. */
  problem: string | null;
}

/** Whether capture is suspended (CAP-13). */
export interface Suspension {
  /** Looks at where and when the unit is; true while nothing may be captured. `at` null: not known. */
  check(at: Place | null): boolean;
  /** Whether a vehicle that was first seen then was seen where nothing may be captured. */
  covers(firstSeenMs: number): boolean;
  health(): CaptureHealth;
}

/** The place of a fix; null if it has none. */
export function placeOf({
  latitude,
  longitude,
}: Pick<Fix, 'latitude' | 'longitude'>): Place | null {
  return latitude === null || longitude === null ? null : { latitude, longitude };
}

type State = { kind: 'capturing' } | { kind: 'suspended' | 'under-order'; zone: string };

/** A unit on the edge of a zone does not write two records a second: it has left after so long outside, ms. */
const outsideMs = 3000;

/**
 * Decides from zones, position, time and court orders whether the unit captures, and records each change in the audit
 * log. While the position is unknown the last known one counts: a car that lost the satellites in the garage of a zone is
 * still there.
 */
export function createSuspension(deps: {
  config: SuspensionConfig;
  orders: Pick<CourtOrders, 'covering'>;
  place: SuspendedPlace;
  audit: { append(entry: AuditEntry): unknown };
  unit: AuditUnit;
  clock: Clock;
  /** The record could not be written. */
  onAuditFailure: (problem: string) => void;
  log: Log;
}): Suspension {
  const { config, orders, place, audit, unit, clock, onAuditFailure, log } = deps;
  const { zones } = config;
  const hasAreas = zones.some(({ area }) => area !== undefined);
  let lastPlace = hasAreas ? guarded(() => place.load(), null) : null;
  let state: State = { kind: 'capturing' };
  let sinceMs = 0;
  let outsideSinceMs: number | null = null;
  let underOrder: string | null = null;
  let problem: string | null = null;

  /** A database that fails keeps no unit from judging by what it knows. */
  function guarded<T>(ask: () => T, otherwise: T): T {
    try {
      return ask();
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'the place of suspended capture could not be kept');
      return otherwise;
    }
  }

  const record = (operation: string, zone: string, order: string | null): void => {
    const query = order === null ? { zone } : { zone, order };
    try {
      audit.append(ownEntry(operation, unit, { category: 'System', query }));
    } catch (error) {
      onAuditFailure(messageOf(error));
    }
  };

  const enter = (next: State, atMs: number): void => {
    if (state.kind === 'suspended') record('capture.resumed', state.zone, underOrder);
    else if (state.kind === 'under-order') record('capture.order-left', state.zone, null);
    if (next.kind === 'suspended') record('capture.suspended', next.zone, null);
    else if (next.kind === 'under-order') record('capture.under-order', next.zone, underOrder);
    state = next;
    sinceMs = atMs;
    guarded(() => place.save(next.kind === 'suspended' ? lastPlace : null), undefined);
    log.info({ state: next.kind }, 'capture');
  };

  /** No orders can be read: the zone counts. */
  const orderOf = (zone: string): string | null => {
    try {
      problem = null;
      return orders.covering(zone)?.number ?? null;
    } catch (error) {
      problem = `court orders cannot be read (${messageOf(error)}); capture stays suspended in the zones`;
      return null;
    }
  };

  return {
    check(at) {
      if (zones.length === 0) return false;
      lastPlace = at ?? lastPlace;
      const nowMs = clock();
      const zone = zoneNow(zones, lastPlace, nowMs)?.name ?? null;
      if (zone === null) {
        underOrder = null;
        outsideSinceMs ??= nowMs;
        const hasLeft = Math.abs(nowMs - outsideSinceMs) >= outsideMs;
        if (state.kind !== 'capturing' && hasLeft) enter({ kind: 'capturing' }, nowMs);
        return state.kind === 'suspended';
      }
      outsideSinceMs = null;
      underOrder = orderOf(zone);
      const kind = underOrder === null ? 'suspended' : 'under-order';
      const isNew = state.kind !== kind || state.zone !== zone;
      if (isNew) enter({ kind, zone }, nowMs);
      return kind === 'suspended';
    },
    covers: (firstSeenMs) => state.kind === 'suspended' && firstSeenMs >= sinceMs,
    health: () => ({
      suspended: state.kind === 'suspended' ? { zone: state.zone, since: isoTime(sinceMs) } : null,
      underOrder,
      problem:
        problem ??
        (hasAreas && lastPlace === null
          ? 'no position was found yet, so the zones in which capture is suspended cannot be kept'
          : null),
    }),
  };
}
