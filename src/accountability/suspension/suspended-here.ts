import SQLite from 'better-sqlite3';
import type { SuspensionZone } from '../../config/sections/suspension.ts';
import { createCourtOrders } from './court-orders.ts';
import { createSuspendedPlace } from './suspended-place.ts';
import { bareZone, type Place, zonesNow } from './zones-now.ts';

/** What the unit has on file: the place in a zone where it was last, and the zones with an order in force. */
interface OnFile {
  place: Place | null;
  ordered: ReadonlyMap<string, string>;
}

/**
 * Why no picture may be taken here and now, for a command while no daemon keeps the zones: the zone without an order, or
 * that the place is not known; null if it may be taken.
 *
 * @param options.path the unit's `lookout.db`, opened read-only; without it, or if it cannot be read, there are no orders.
 * @param options.place null if the receiver tells none; then that of the last run in a zone counts.
 * @param options.sureMs null while the time is not sure.
 */
export function whySuspended(options: {
  path: string;
  zones: readonly SuspensionZone[];
  place: Place | null;
  sureMs: number | null;
}): { zone: string } | 'place-unknown' | null {
  const { path, zones, sureMs } = options;
  const { place: kept, ordered } = onFile(path, zones, sureMs);
  const place = options.place ?? kept;
  const zone = bareZone(zonesNow(zones, place, sureMs), (name) => ordered.get(name) ?? null);
  if (zone !== null) return { zone };
  // With an order for each it may be taken wherever the unit is.
  const isBare = zones.some(({ area, name }) => area !== undefined && !ordered.has(name));
  return place === null && isBare ? 'place-unknown' : null;
}

function onFile(path: string, zones: readonly SuspensionZone[], sureMs: number | null): OnFile {
  try {
    const db = new SQLite(path, { readonly: true, fileMustExist: true });
    try {
      const orders = createCourtOrders({ db, clock: () => sureMs ?? 0, sureTime: () => sureMs });
      const ordered = zones.flatMap(({ name }) => {
        const order = orders.covering(name);
        return order === null ? [] : [[name, order.number] as const];
      });
      return { place: createSuspendedPlace(db).load(), ordered: new Map(ordered) };
    } finally {
      db.close();
    }
  } catch {
    return { place: null, ordered: new Map() };
  }
}
