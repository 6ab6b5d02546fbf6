import { isDeepStrictEqual } from 'node:util';
import type { HitMatch } from '../hotlist/hit-match.ts';
import { isoTime } from '../platform/clock.ts';
import type { DirectionOfTravel, Fix } from '../position/fix.ts';
import type { Hit } from '../records/detection.ts';
import type { Consensus, TrackReport } from '../vision/tracking/track-report.ts';
import type { AlertEvent } from './alert.ts';
import { createRearm, type RearmRules } from './rearm.ts';

/** What the tracker said of a vehicle, and what the hot list said of its plate. */
export interface Consideration {
  report: TrackReport;
  /** Best first; empty when nothing matches or nothing is believed. */
  matches: readonly HitMatch[];
  fix: Fix;
  direction: DirectionOfTravel;
  matchedAtMs: number;
}

/** What follows from it. */
export interface Decision {
  /** New and changed hits, to be stored. */
  hits: Hit[];
  /** The vehicle's alert as it now stands; null when it has none. */
  alert: {
    /** What to tell the operator; null when there is nothing new to say. */
    event: AlertEvent | null;
    hit: Hit;
    others: Hit[];
  } | null;
}

/** The alert logic without clock or outputs: everything that it does follows from what it is given. */
export interface Decider {
  decide(input: Consideration, nowMs: number): Decision;
  seed(hits: readonly Hit[]): void;
}

/** One vehicle in view. */
interface Vehicle {
  /** Its hits by list entry, withdrawn ones included. */
  hits: Map<string, Hit>;
  /** The entry whose hit was told last, and whether it still stands. */
  told: { key: string; standing: boolean } | null;
}

/** Vehicles in view at most; only a head that dies without ending its tracks leaves any behind. */
const VEHICLES = 1000;

/**
 * Decides what is raised, amended and withdrawn (PRA-5).
 * - A believed consensus that matches raises one hit per list entry, each with one id for its life.
 * - A hit is amended when its read or its entry changes, withdrawn when it matches no more, and comes back
 *   under its own id when it matches again.
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
    const vehicle: Vehicle = { hits: new Map(), told: null };
    vehicles.set(id, vehicle);
    for (const oldest of vehicles.keys()) {
      if (vehicles.size <= VEHICLES) break;
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

  /** The standing hits of the vehicle, best first; changed ones are replaced and listed in `changed`. */
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
        // The alert that kept this one silent was withdrawn since.
        (known.repeatOf !== undefined && !rearm.knows(known))
      ) {
        hit = { ...known, ...next(known, 'amended', nowMs), ...sighting(input), read, match };
      } else {
        standing.set(key, known);
        continue;
      }
      // A hit that has sounded stays one that has; only a silent repeat may find its voice.
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
      const alert = tell(vehicle, standing, sounding[0], changed);
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

function tell(
  vehicle: Vehicle,
  standing: ReadonlyMap<string, Hit>,
  best: [string, Hit] | undefined,
  changed: readonly Hit[],
): Decision['alert'] {
  const told = vehicle.told;
  if (best === undefined) {
    const last = told === null ? undefined : vehicle.hits.get(told.key);
    if (told === null || last === undefined) return null;
    vehicle.told = { key: told.key, standing: false };
    return { event: told.standing ? 'withdrawn' : null, hit: last, others: [] };
  }
  const [key, hit] = best;
  vehicle.told = { key, standing: true };
  const others = [...standing.values()].filter((other) => other !== hit);
  if (told === null || !told.standing) return { event: 'raised', hit, others };
  const isNews = told.key !== key || changed.includes(hit);
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

/** Whether the operator would see another read or another entry; figures that drift with every frame are not it. */
function isChanged(hit: Hit, read: Consensus, match: HitMatch): boolean {
  return !isDeepStrictEqual(essence(hit.read, hit.match), essence(read, match));
}

const essence = (read: Consensus, { tier, entry, list, stateAgreement }: HitMatch) => ({
  plate: read.plate,
  tier,
  entry,
  listAsOf: list.asOf,
  stateAgreement,
});
