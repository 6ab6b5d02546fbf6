import { distanceM, type Place } from '../position/distance.ts';
import type { Hit } from '../records/detection.ts';
import { classify, rankOf } from './classify.ts';

/** When a vehicle that was alerted may alert again (PRA-4). */
export interface RearmRules {
  rearmAfterS: number;
  rearmAfterM: number;
  /** From this confidence on, a read's issuing state counts as known. */
  stateCertainAt: number;
}

/** Remembers recent alerts, so that a parked car or a second camera does not sound again. */
export interface Rearm {
  /**
   * The id of the hit that already alerted this vehicle for this entry. Null if it may alert (again): long enough ago,
   * far enough away, a plate of another state, or more urgent than before.
   */
  earlier(hit: Hit, seenAtMs: number): string | null;
  /** The alert's own vehicle was in view here and now. */
  note(hit: Hit, seenAtMs: number): void;
  /** Whether an alert for this entry is remembered. */
  knows(hit: Hit): boolean;
  /** The alert was withdrawn, so it must not silence the next one. */
  forget(hit: Hit): void;
}

interface Remembered {
  hitId: string;
  seenAtMs: number;
  place: Place | null;
  state: string | null;
  rank: number;
}

/** Most vehicles remembered; the one not seen for longest is dropped first. */
const maxVehicles = 5000;

/** Memory of alerted vehicles by list entry; uses the times of the frames, so that a replay decides the same. */
export function createRearm(rules: RearmRules): Rearm {
  const remembered = new Map<string, Remembered>();

  return {
    earlier(hit, seenAtMs) {
      const last = remembered.get(keyOf(hit));
      if (last === undefined) return null;
      // Frames of two heads may arrive slightly out of order, and a clock may be set back.
      if (Math.abs(seenAtMs - last.seenAtMs) >= rules.rearmAfterS * 1000) return null;
      const place = placeOf(hit);
      if (place !== null && last.place !== null) {
        if (distanceM(last.place, place) >= rules.rearmAfterM) return null;
      }
      const state = certainState(hit, rules.stateCertainAt);
      if (state !== null && last.state !== null && state !== last.state) return null;
      if (rankOf(classify(hit.match)) > last.rank) return null;
      return last.hitId;
    },
    note(hit, seenAtMs) {
      const key = keyOf(hit);
      const last = remembered.get(key);
      remembered.delete(key);
      remembered.set(key, {
        hitId: hit.id,
        seenAtMs: last?.hitId === hit.id ? Math.max(last.seenAtMs, seenAtMs) : seenAtMs,
        place: placeOf(hit),
        state: certainState(hit, rules.stateCertainAt),
        rank: rankOf(classify(hit.match)),
      });
      for (const oldest of remembered.keys()) {
        if (remembered.size <= maxVehicles) break;
        remembered.delete(oldest);
      }
    },
    knows: (hit) => remembered.has(keyOf(hit)),
    forget(hit) {
      const key = keyOf(hit);
      if (remembered.get(key)?.hitId === hit.id) remembered.delete(key);
    },
  };
}

/** A wildcard entry can match many vehicles, so the read distinguishes them. */
function keyOf({ match, read }: Hit): string {
  const entry = `${match.list.id}\n${match.entry.id}`;
  return match.tier === 'partial' ? `${entry}\n${read.plate}` : entry;
}

function placeOf({ fix }: Hit): Place | null {
  if (fix.latitude === null || fix.longitude === null) return null;
  return { latitude: fix.latitude, longitude: fix.longitude };
}

function certainState({ read }: Hit, certainAt: number): string | null {
  return read.state !== null && read.state.p >= certainAt ? read.state.code : null;
}
