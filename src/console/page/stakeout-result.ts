import type {
  OfSpan,
  SeenRead,
  SeenVehicle,
  StakeoutResult,
} from '../../accountability/search/results.ts';

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

/** The reads of these vehicles in all areas, newest first and each once, and in which areas each of them was, from 1. */
export function readsOf(
  spots: readonly SpotResult[],
  vehicles: readonly SeenVehicle[],
): { reads: SeenRead[]; areasOf: ReadonlyMap<string, number[]> } {
  const plates = new Set(vehicles.map(({ plate }) => plate));
  const found = new Map<string, SeenRead>();
  const areasOf = new Map<string, number[]>();
  for (const [at, { reads }] of spots.entries()) {
    for (const read of reads) {
      if (read.plate === null || !plates.has(read.plate)) continue;
      found.set(read.id, read);
      areasOf.set(read.id, [...(areasOf.get(read.id) ?? []), at + 1]);
    }
  }
  const reads = [...found.values()].sort((a, b) => b.lastSeen.localeCompare(a.lastSeen));
  return { reads, areasOf };
}
