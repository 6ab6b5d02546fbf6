import type { Database } from '../../platform/database.ts';
import type { Place } from './zones-now.ts';

/**
 * The place in a zone at which the unit was, under an order or not, across a restart: a car that is started in the zone
 * knows where it is before the receiver does.
 */
export interface SuspendedPlace {
  load(): Place | null;
  /** Null: the unit has left. */
  save(place: Place | null): void;
}

/** Opens it in `lookout.db`. */
export function createSuspendedPlace(db: Database): SuspendedPlace {
  const select = db.prepare<[], Place>('SELECT latitude, longitude FROM suspended_place');
  const remove = db.prepare('DELETE FROM suspended_place');
  const insert = db.prepare('INSERT INTO suspended_place (latitude, longitude) VALUES (?, ?)');
  const replace = db.transaction((place: Place | null) => {
    remove.run();
    if (place !== null) insert.run(place.latitude, place.longitude);
  });
  return { load: () => select.get() ?? null, save: (place) => replace.immediate(place) };
}
