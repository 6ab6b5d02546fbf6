import type { SuspensionConfig, SuspensionZone } from '../../config/sections/suspension.ts';
import { type Clock, isoTime } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import type { Fix } from '../../position/fix.ts';
import type { AuditEntry, AuditUnit } from '../audit/audit-record.ts';
import type { Deed } from '../audit/deeds.ts';
import { ownEntry } from '../audit/unattended-entry.ts';
import type { CourtOrders } from './court-orders.ts';
import type { SuspendedPlace } from './suspended-place.ts';
import { bareZone, type Place, zonesNow } from './zones-now.ts';

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

type State =
  | { kind: 'capturing' }
  | { kind: 'suspended'; zone: string }
  | { kind: 'under-order'; zone: string; order: string };

/** A unit on the edge of a zone does not write two records a second: it has left after so long outside, ms. */
const outsideMs = 3000;
/** A report on a vehicle that was seen while capture was suspended may come so long after the end of that, ms. */
const lateReportMs = 10_000;

/**
 * Decides from zones, position, time and court orders whether the unit captures, and records each change in the audit
 * log. Hours go by the time that satellites or headquarters confirm, not by the computer's clock; while it is not sure, they
 * hold all day, since the prohibition outweighs the read that is missed (V 426.4 (1), N 429.5 (a)). While the position is unknown the last known one counts: a car that lost the satellites in the garage of a zone is
 * still there.
 */
export function createSuspension(deps: {
  config: SuspensionConfig;
  orders: Pick<CourtOrders, 'covering'>;
  place: SuspendedPlace;
  audit: { append(entry: AuditEntry): unknown };
  unit: AuditUnit;
  /** That of the frames. */
  clock: Clock;
  /** The time of day by which hours are kept; null while it is not sure. */
  sureTime: () => number | null;
  /** The record could not be written. */
  onAuditFailure: (problem: string) => void;
  log: Log;
}): Suspension {
  const { config, orders, place, audit, unit, clock, sureTime, onAuditFailure, log } = deps;
  const { zones } = config;
  const hasAreas = zones.some(({ area }) => area !== undefined);
  const hasHours = zones.some(({ hours }) => hours !== undefined);
  let lastPlace = hasAreas ? guarded(() => place.load(), null) : null;
  let state: State = { kind: 'capturing' };
  let sinceMs = 0;
  /** The suspension before; `over` is of the clock that never leaps. */
  let before: { fromMs: number; toMs: number; over: number } | null = null;
  let isPlaceKept = lastPlace !== null;
  let outsideSinceMs: number | null = null;
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

  const record = (operation: Deed, zone: string, order: string | null): void => {
    const query = {
      zone,
      ...(order !== null && { order }),
      ...(hasHours && sureTime() === null && { time: 'not sure' }),
    };
    try {
      audit.append(ownEntry(operation, unit, { category: 'System', query }));
    } catch (error) {
      onAuditFailure(messageOf(error));
    }
  };

  /** The place of a zone is kept under an order too: the order may end while the unit is off. */
  const keepPlace = (next: Place | null): void => {
    if (next === null && !isPlaceKept) return;
    guarded(() => {
      place.save(next);
      isPlaceKept = next !== null;
    }, undefined);
  };

  const enter = (next: State, atMs: number): void => {
    const order = next.kind === 'under-order' ? next.order : null;
    if (state.kind === 'suspended') {
      record('capture.resumed', state.zone, order);
      before = { fromMs: sinceMs, toMs: atMs, over: performance.now() };
    } else if (state.kind === 'under-order') record('capture.order-left', state.zone, null);
    if (next.kind === 'suspended') record('capture.suspended', next.zone, null);
    else if (next.kind === 'under-order') record('capture.under-order', next.zone, order);
    state = next;
    sinceMs = atMs;
    if (next.kind !== 'capturing') keepPlace(lastPlace);
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

  const stateIn = (first: SuspensionZone, others: readonly SuspensionZone[]): State => {
    const bare = bareZone([first, ...others], orderOf);
    if (bare !== null) return { kind: 'suspended', zone: bare };
    return { kind: 'under-order', zone: first.name, order: orderOf(first.name) ?? '' };
  };

  return {
    check(at) {
      if (zones.length === 0) return false;
      lastPlace = at ?? lastPlace;
      const nowMs = clock();
      const [first, ...others] = zonesNow(zones, lastPlace, sureTime());
      if (first === undefined) {
        outsideSinceMs ??= nowMs;
        if (Math.abs(nowMs - outsideSinceMs) >= outsideMs) {
          if (state.kind !== 'capturing') enter({ kind: 'capturing' }, nowMs);
          // Also one that was kept before a restart.
          keepPlace(null);
        }
        return state.kind === 'suspended';
      }
      outsideSinceMs = null;
      const next = stateIn(first, others);
      if (!isSame(next, state)) enter(next, nowMs);
      return next.kind === 'suspended';
    },
    covers(firstSeenMs) {
      if (state.kind === 'suspended' && firstSeenMs >= sinceMs) return true;
      if (before === null || performance.now() - before.over > lateReportMs) return false;
      return firstSeenMs >= before.fromMs && firstSeenMs < before.toMs;
    },
    health: () => ({
      suspended: state.kind === 'suspended' ? { zone: state.zone, since: isoTime(sinceMs) } : null,
      underOrder: state.kind === 'under-order' ? state.order : null,
      problem:
        problem ??
        (hasAreas && lastPlace === null
          ? 'no position was found yet, so the zones in which capture is suspended cannot be kept'
          : null) ??
        (hasHours && sureTime() === null
          ? 'the time of day is not sure, so zones with hours suspend capture all day; it is sure again once satellites or headquarters tell it'
          : null),
    }),
  };
}

function isSame(a: State, b: State): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
