import { isDeepStrictEqual } from 'node:util';
import type { HitMatch } from '../hotlist/hit-match.ts';
import { isoTime } from '../platform/clock.ts';
import type { DirectionOfTravel, Fix } from '../position/fix.ts';
import type { Hit } from '../records/detection.ts';
import type { Consensus, TrackReport } from '../vision/tracking/track-report.ts';
import type { AlertEvent } from './alert.ts';
import { createRearm, type Earlier, type RearmRules } from './rearm.ts';

/** A report of the tracker on a vehicle, and the hot list matches of its plate. */
export interface Consideration {
  report: TrackReport;
  /** Best first; empty if nothing matches. */
  matches: readonly HitMatch[];
  fix: Fix;
  direction: DirectionOfTravel;
  matchedAtMs: number;
}

/** An alert and its hits, for the outputs. */
export interface Announcement {
  /** The event for the operator; null if nothing new happened. */
  event: AlertEvent | null;
  hit: Hit;
  others: Hit[];
}

/** The resulting hits and alert. */
export interface Decision {
  /** New and changed hits, to store. */
  hits: Hit[];
  /** Open alerts whose vehicle this is: it was seen again, and their cards show where and when. */
  sightings: Announcement[];
  /** The vehicle's current alert; null if it has none. */
  alert: Announcement | null;
}

/** The alert logic without clock or outputs: its decisions depend only on its inputs. */
export interface Decider {
  decide(input: Consideration, nowMs: number): Decision;
  /** `open`: hits that wait for their disposition; the next sighting of each sounds. */
  seed(hits: readonly Hit[], open: readonly Hit[]): void;
}

/** An open hit of which this vehicle is another sighting. */
interface Sighting {
  /** As it was before, for a read that turns out to be another plate. */
  before: Hit;
  hit: Hit;
  /** To be told with a sound; set once. */
  sounds: boolean;
}

/** One vehicle in view. */
interface Vehicle {
  /** Its hits by list entry, withdrawn ones included. */
  hits: Map<string, Hit>;
  /** The entry whose hit was last announced, and whether that alert is still raised. */
  announced: { key: string; standing: boolean } | null;
  /** Open hits of earlier sightings, by list entry. */
  sightings: Map<string, Sighting>;
}

/** Most vehicles in view; a head that crashes can leave vehicles behind. */
const maxVehicles = 1000;

/**
 * Decides which alerts are raised, amended and withdrawn (PRA-5).
 * - A believed consensus that matches, or what is possible while none is believed, raises one hit per list entry, each
 *   with one id for its life.
 * - A hit is amended when its read or its entry changes, withdrawn when it no longer matches, and raised
 *   again under its own id when it matches again.
 * - The operator gets one alert per vehicle, for the best of its hits that the re-arm rules let sound.
 * - A vehicle whose hit is still open is no new alert: the open hit is amended with the place, the direction and the
 *   time (DSP-5), and its card shows them. The sighting itself is stored as a repeat.
 */
export function createDecider(deps: {
  agency: string;
  unit: string;
  rearm: RearmRules;
  newId: () => string;
  /** Whether a hit waits for its disposition. Default: none does. */
  isOpen?: (hitId: string) => boolean;
}): Decider {
  const rearm = createRearm(deps.rearm, deps.isOpen ?? (() => false));
  const vehicles = new Map<string, Vehicle>();

  const vehicleOf = (id: string): Vehicle => {
    const known = vehicles.get(id);
    if (known !== undefined) return known;
    const vehicle: Vehicle = { hits: new Map(), announced: null, sightings: new Map() };
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
    ...readOf(input.report, read),
    match,
    times: { ...input.report.times, matchedAtMs: input.matchedAtMs, raisedAtMs: nowMs },
    ...sighting(input),
  });

  /** Amends an open hit, whose own vehicle may still be in view of another camera. */
  const amend = (key: string, hit: Hit, changes: Partial<Hit>, nowMs: number): Hit => {
    const amended: Hit = { ...hit, ...next(hit, 'amended', nowMs), ...changes };
    vehicles.get(hit.detectionId)?.hits.set(key, amended);
    rearm.keep(amended);
    return amended;
  };

  /** Notes that a vehicle is another sighting of an open hit. */
  const noteSighting = (
    vehicle: Vehicle,
    [key, { hit: before, sounds }]: [string, Earlier],
    input: Consideration,
    nowMs: number,
  ): Hit => {
    const known = vehicle.sightings.get(key);
    const hit = amend(key, before, sighting(input), nowMs);
    if (sounds) rearm.note(hit, input.report.lastSeenMs);
    vehicle.sightings.set(key, {
      before: known?.before ?? before,
      hit,
      sounds: sounds && known === undefined,
    });
    return hit;
  };

  /** The last word on open hits when the vehicle leaves: a direction that was not known before. */
  const closeSightings = (vehicle: Vehicle, input: Consideration, nowMs: number): Hit[] =>
    [...vehicle.sightings].flatMap(([key, known]) => {
      if (known.hit.direction.headingDeg !== null || input.direction.headingDeg === null) return [];
      const hit = amend(key, known.hit, sighting(input), nowMs);
      vehicle.sightings.set(key, { ...known, hit });
      return [hit];
    });

  /** The vehicle's current hits, best first; changed ones are replaced and added to `changed`. */
  const updateHits = (
    vehicle: Vehicle,
    input: Consideration,
    nowMs: number,
    { changed, takenBack }: { changed: Hit[]; takenBack: Hit[] },
  ) => {
    const read = input.report.consensus ?? input.report.possible ?? null;
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
        isChanged(known, { ...readOf(input.report, read), match }) ||
        // The alert that silenced this one was withdrawn since.
        (known.repeatOf !== undefined && !rearm.knows(known))
      ) {
        const before = withRead(known, input.report, read);
        hit = { ...before, ...next(known, 'amended', nowMs), ...sighting(input), match };
      } else {
        standing.set(key, known);
        continue;
      }
      // A hit that has sounded keeps that state; only a silent repeat may sound later.
      if (known === undefined || known.repeatOf !== undefined) {
        const { repeatOf: _, ...fresh } = hit;
        const earlier = rearm.earlier(fresh, input.report.lastSeenMs);
        hit = earlier === null ? fresh : { ...fresh, repeatOf: earlier.hit.id };
        if (earlier?.isOpen) changed.push(noteSighting(vehicle, [key, earlier], input, nowMs));
      }
      standing.set(key, hit);
      changed.push(hit);
    }
    for (const [key, known] of vehicle.hits) {
      if (standing.has(key) || known.state === 'withdrawn') continue;
      const hit: Hit = {
        ...(read === null ? known : withRead(known, input.report, read)),
        ...next(known, 'withdrawn', nowMs),
        ...sighting(input),
      };
      vehicle.hits.set(key, hit);
      changed.push(hit);
      rearm.forget(hit);
      const wrong = vehicle.sightings.get(key);
      if (wrong !== undefined) {
        const { head, fix, direction, motion } = wrong.before;
        const back = amend(key, wrong.hit, { head, fix, direction, motion }, nowMs);
        changed.push(back);
        vehicle.sightings.delete(key);
        takenBack.push(back);
      }
    }
    for (const [key, hit] of standing) vehicle.hits.set(key, hit);
    return standing;
  };

  return {
    decide(input, nowMs) {
      const { report } = input;
      if (input.matches.length === 0 && !vehicles.has(report.id)) {
        return { hits: [], sightings: [], alert: null };
      }
      const vehicle = vehicleOf(report.id);
      const changed: Hit[] = [];
      const takenBack: Hit[] = [];
      const standing = updateHits(vehicle, input, nowMs, { changed, takenBack });
      if (report.phase === 'ended') changed.push(...closeSightings(vehicle, input, nowMs));

      const sounding = [...standing].filter(([, hit]) => hit.repeatOf === undefined);
      for (const [, hit] of sounding) rearm.note({ ...hit, ...sighting(input) }, report.lastSeenMs);
      const alert = alertOf(vehicle, standing, sounding[0], changed);
      const sightings = sightingsOf(vehicle, takenBack, alert?.event === 'raised');
      if (report.phase === 'ended') vehicles.delete(report.id);
      return { hits: changed, sightings, alert };
    },
    seed(hits, open) {
      const isStanding = ({ state, repeatOf }: Hit) =>
        state !== 'withdrawn' && repeatOf === undefined;
      for (const hit of hits.filter(isStanding)) rearm.note(hit, Date.parse(hit.changedAt));
      for (const hit of open.filter(isStanding)) rearm.note(hit, Date.parse(hit.changedAt), true);
    },
  };
}

/**
 * The open alerts to show anew, one for each card: with a sound for the first sighting that the re-arm rules let sound,
 * unless the vehicle sounds by itself.
 */
function sightingsOf(vehicle: Vehicle, takenBack: readonly Hit[], isLoud: boolean): Announcement[] {
  const cards = new Map<string, Announcement>();
  const told = [...vehicle.sightings.values()].map((each) => {
    const event = each.sounds && !isLoud ? ('raised' as const) : null;
    each.sounds = false;
    return { event, hit: each.hit };
  });
  for (const { event, hit } of [...told, ...takenBack.map((hit) => ({ event: null, hit }))]) {
    const card = cards.get(hit.detectionId);
    if (card === undefined) cards.set(hit.detectionId, { event, hit, others: [] });
    else if (!card.others.includes(hit) && card.hit !== hit) {
      card.others.push(hit);
      card.event ??= event;
    }
  }
  return [...cards.values()];
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
function isChanged(hit: Hit, now: Pick<Hit, 'read' | 'unread' | 'match'>): boolean {
  return !isDeepStrictEqual(essence(hit), essence(now));
}

/** What a hit has of a report: the read, and whether it counts as one. */
const readOf = ({ consensus }: TrackReport, read: Consensus): Pick<Hit, 'read' | 'unread'> =>
  consensus === null ? { read, unread: true } : { read };

function withRead({ unread: _, ...hit }: Hit, report: TrackReport, read: Consensus): Hit {
  return { ...hit, ...readOf(report, read) };
}

const essence = ({
  read,
  unread,
  match: { tier, entry, list, stateAgreement, stacked },
}: Pick<Hit, 'read' | 'unread' | 'match'>) => ({
  plate: read.plate,
  unread,
  tier,
  entry,
  listAsOf: list.asOf,
  stateAgreement,
  stacked,
});
