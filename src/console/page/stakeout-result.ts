import type { OfSpan, SeenVehicle, StakeoutResult } from '../../accountability/search/results.ts';

/** What the unit answered for one area. */
export type SpotResult = OfSpan<StakeoutResult>;

/** A vehicle, and in which areas it was, from 1. */
export interface SeveralSeen extends SeenVehicle {
  areas: number[];
}

/** The vehicles that were in at least so many of the areas: those in most areas first, then those seen most often. */
export function inSeveral(spots: readonly SpotResult[], least: number): SeveralSeen[] {
  const found = new Map<string, SeveralSeen>();
  for (const [at, { vehicles }] of spots.entries()) {
    for (const vehicle of vehicles) {
      const known = found.get(vehicle.plate);
      found.set(
        vehicle.plate,
        known === undefined ? { ...vehicle, areas: [at + 1] } : joined(known, vehicle, at + 1),
      );
    }
  }
  return [...found.values()]
    .filter(({ areas }) => areas.length >= least)
    .sort((a, b) => b.areas.length - a.areas.length || b.times - a.times);
}

function joined(known: SeveralSeen, vehicle: SeenVehicle, area: number): SeveralSeen {
  const later = vehicle.lastSeen > known.lastSeen ? vehicle : known;
  return {
    plate: known.plate,
    state: later.state,
    times: known.times + vehicle.times,
    firstSeen: (vehicle.firstSeen < known.firstSeen ? vehicle : known).firstSeen,
    lastSeen: later.lastSeen,
    hit: known.hit || vehicle.hit,
    latest: later.latest,
    areas: [...known.areas, area],
  };
}
