import { isDeepStrictEqual } from 'node:util';
import type { HitMatch } from '../hotlist/hit-match.ts';
import { isoTime } from '../platform/clock.ts';
import type { DirectionOfTravel, Fix } from '../position/fix.ts';
import type { Hit } from '../records/detection.ts';
import type { Consensus, TrackReport } from '../vision/tracking/track-report.ts';
import type { AlertEvent } from './alert.ts';
import { createRearm, type RearmRules } from './rearm.ts';

/** A report of the tracker on a vehicle, and the hot list matches of its plate. */
export interface Consideration {
  report: TrackReport;
  /** Best first; empty if nothing matches or there is no believed consensus. */
  matches: readonly HitMatch[];
  fix: Fix;
  direction: DirectionOfTravel;
  matchedAtMs: number;
}

/** The resulting hits and alert. */
export interface Decision {
  /** New and changed hits, to store. */
  hits: Hit[];
  /** The vehicle's current alert; null if it has none. */
  alert: {
    /** The event for the operator; null if nothing new happened. */
    event: AlertEvent | null;
    hit: Hit;
    others: Hit[];
  } | null;
}

/** The alert logic without clock or outputs: its decisions depend only on its inputs. */
export interface Decider {
  decide(input: Consideration, nowMs: number): Decision;
  seed(hits: readonly Hit[]): void;
}

/** One vehicle in view. */
interface Vehicle {
  /** Its hits by list entry, withdrawn ones included. */
  hits: Map<string, Hit>;
  /** The entry whose hit was last announced, and whether that alert is still raised. */
  announced: { key: string; standing: boolean } | null;
}

/** Most vehicles in view; a head that crashes can leave vehicles behind. */
const maxVehicles = 1000;

/**
 * Decides which alerts are raised, amended and withdrawn (PRA-5).
 * - A believed consensus that matches raises one hit per list entry, each with one id for its life.
 * - A hit is amended when its read or its entry changes, withdrawn when it no longer matches, and raised
 *   again under its own id when it matches again.
 * - The operator gets one alert per vehicle, for the best of its hits that the re-arm rules let sound.
 */
export function createDecider(deps: {
  agency: string;
  unit: string;
  rearm: RearmRules;
  newId: () => string;
}): Decider {
  const rearm = createRearm(deps.rearm);
  const vehicles = new Map<string, Vehicle>();

  const vehicleOf = (id: string): Vehicle => {
    const known = vehicles.get(id);
    if (known !== undefined) return known;
    const vehicle: Vehicle = { hits: new Map(), announced: null };
    vehicles.set(id, vehicle);
    for (const oldest of vehicles.keys()) {
      if (vehicles.size <= maxVehicles) break;
      vehicles.delete(oldest);
    }
    return vehicle;
  };

  const raise = (input: Consideration, read: Consensus, match: HitMatch, nowMs: number): Hit => ({
    id: deps.newId(),
    detectionId: input.report.id,
    agency: deps.agency,
    unit: deps.unit,
    state: 'raised',
    revision: 1,
    raisedAt: isoTime(nowMs),
    changedAt: isoTime(nowMs),
    read,
    match,
    times: { ...input.report.times, matchedAtMs: input.matchedAtMs, raisedAtMs: nowMs },
    ...sighting(input),
  });

  /** The vehicle's current hits, best first; changed ones are replaced and added to `changed`. */
  const updateHits = (vehicle: Vehicle, input: Consideration, nowMs: number, changed: Hit[]) => {
    const read = input.report.consensus;
    const standing = new Map<string, Hit>();
    for (const match of read === null ? [] : input.matches) {
      const key = entryKey(match);
      if (read === null || standing.has(key)) continue;
      const known = vehicle.hits.get(key);
      let hit: Hit;
      if (known === undefined) {
        hit = raise(input, read, match, nowMs);
      } else if (
        known.state === 'withdrawn' ||
        isChanged(known, read, match) ||
        // The alert that silenced this one was withdrawn since.
        (known.repeatOf !== undefined && !rearm.knows(known))
      ) {
        hit = { ...known, ...next(known, 'amended', nowMs), ...sighting(input), read, match };
      } else {
        standing.set(key, known);
        continue;
      }
      // A hit that has sounded keeps that state; only a silent repeat may sound later.
      if (known === undefined || known.repeatOf !== undefined) {
        const { repeatOf: _, ...fresh } = hit;
        const earlier = rearm.earlier(fresh, input.report.lastSeenMs);
        hit = earlier === null ? fresh : { ...fresh, repeatOf: earlier };
      }
      standing.set(key, hit);
      changed.push(hit);
    }
    for (const [key, known] of vehicle.hits) {
      if (standing.has(key) || known.state === 'withdrawn') continue;
      const hit: Hit = {
        ...known,
        ...next(known, 'withdrawn', nowMs),
        ...sighting(input),
        read: read ?? known.read,
      };
      vehicle.hits.set(key, hit);
      changed.push(hit);
      rearm.forget(hit);
    }
    for (const [key, hit] of standing) vehicle.hits.set(key, hit);
    return standing;
  };

  return {
    decide(input, nowMs) {
      const { report } = input;
      if (input.matches.length === 0 && !vehicles.has(report.id)) return { hits: [], alert: null };
      const vehicle = vehicleOf(report.id);
      const changed: Hit[] = [];
      const standing = updateHits(vehicle, input, nowMs, changed);

      const sounding = [...standing].filter(([, hit]) => hit.repeatOf === undefined);
      for (const [, hit] of sounding) rearm.note({ ...hit, ...sighting(input) }, report.lastSeenMs);
      const alert = alertOf(vehicle, standing, sounding[0], changed);
      if (report.phase === 'ended') vehicles.delete(report.id);
      return { hits: changed, alert };
    },
    seed(hits) {
      for (const hit of hits) {
        if (hit.state === 'withdrawn' || hit.repeatOf !== undefined) continue;
        rearm.note(hit, Date.parse(hit.changedAt));
      }
    },
  };
}

function alertOf(
  vehicle: Vehicle,
  standing: ReadonlyMap<string, Hit>,
  best: [string, Hit] | undefined,
  changed: readonly Hit[],
): Decision['alert'] {
  const before = vehicle.announced;
  if (best === undefined) {
    const last = before === null ? undefined : vehicle.hits.get(before.key);
    if (before === null || last === undefined) return null;
    vehicle.announced = { key: before.key, standing: false };
    return { event: before.standing ? 'withdrawn' : null, hit: last, others: [] };
  }
  const [key, hit] = best;
  vehicle.announced = { key, standing: true };
  const others = [...standing.values()].filter((other) => other !== hit);
  if (before === null || !before.standing) return { event: 'raised', hit, others };
  const isNews = before.key !== key || changed.includes(hit);
  return { event: isNews ? 'amended' : null, hit, others };
}

const entryKey = ({ list, entry }: HitMatch): string => `${list.id}\n${entry.id}`;

const sighting = ({ report, fix, direction }: Consideration) => ({
  head: report.head,
  fix,
  direction,
  motion: report.motion,
});

const next = (hit: Hit, state: Hit['state'], nowMs: number) => ({
  state,
  revision: hit.revision + 1,
  changedAt: isoTime(nowMs),
});

/**
 * Whether the operator would see another read or another entry; confidences that vary with every frame do not count.
 */
function isChanged(hit: Hit, read: Consensus, match: HitMatch): boolean {
  return !isDeepStrictEqual(essence(hit.read, hit.match), essence(read, match));
}

const essence = (read: Consensus, { tier, entry, list, stateAgreement, stacked }: HitMatch) => ({
  plate: read.plate,
  tier,
  entry,
  listAsOf: list.asOf,
  stateAgreement,
  stacked,
});
