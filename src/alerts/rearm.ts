import { distanceM, type Place } from '../position/distance.ts';
import type { Hit } from '../records/detection.ts';
import { classify, rankOf } from './classify.ts';

/** When a vehicle that was alerted may alert again (PRA-4). */
export interface RearmRules {
  /** 0: each sighting is an alert of its own, also of a hit that is open. */
  rearmAfterS: number;
  rearmAfterM: number;
  /** From this confidence on, a read's issuing state counts as known. */
  stateCertainAt: number;
}

/** The hit that a vehicle already has for an entry. */
export interface Earlier {
  /** Its latest version. */
  hit: Hit;
  /** Nobody has closed it: what is seen now is another sighting of the same alert. */
  isOpen: boolean;
  /** Whether the sighting sounds: long enough ago, far enough away, or the first since the unit started. */
  sounds: boolean;
}

/** Remembers recent alerts, so that a parked car or a second camera does not sound again. */
export interface Rearm {
  /**
   * The hit that this vehicle already has for this entry. Null if it gets one of its own: a plate of another state, more
   * urgent than before, or the earlier one is closed and was long enough ago or far enough away.
   */
  earlier(hit: Hit, seenAtMs: number): Earlier | null;
  /** The alert's own vehicle was in view here and now. `isFromBefore`: it alerted before the unit was restarted. */
  note(hit: Hit, seenAtMs: number, isFromBefore?: boolean): void;
  /** The hit has a new version. */
  keep(hit: Hit): void;
  /** Whether an alert for this entry is remembered. */
  knows(hit: Hit): boolean;
  /** The alert was withdrawn, so it must not silence the next one. */
  forget(hit: Hit): void;
}

interface Remembered {
  hit: Hit;
  isFromBefore: boolean;
  seenAtMs: number;
  place: Place | null;
  state: string | null;
  rank: number;
}

/**
 * A sighting this long after the last one is an alert of its own although nobody closed the earlier, ms: what officers
 * and dispatch verified in one shift says nothing about the next.
 */
const openForMs = 12 * 3_600_000;

/** Most vehicles remembered; the one not seen for longest is dropped first. */
const maxVehicles = 5000;

/**
 * Memory of alerted vehicles by list entry; uses the times of the frames, so that a replay decides the same. `isOpen`:
 * whether a hit waits for its disposition.
 */
export function createRearm(rules: RearmRules, isOpen: (hitId: string) => boolean): Rearm {
  const remembered = new Map<string, Remembered>();

  return {
    earlier(hit, seenAtMs) {
      const last = remembered.get(keyOf(hit));
      if (last === undefined) return null;
      const state = certainState(hit, rules.stateCertainAt);
      if (state !== null && last.state !== null && state !== last.state) return null;
      if (rankOf(classify(hit.match)) > last.rank) return null;
      // Frames of two heads may arrive slightly out of order, and a clock may be set back.
      const apartMs = Math.abs(seenAtMs - last.seenAtMs);
      const place = placeOf(hit);
      const apartM = place === null || last.place === null ? 0 : distanceM(last.place, place);
      const isArmed = apartMs >= rules.rearmAfterS * 1000 || apartM >= rules.rearmAfterM;
      const isStillOpen = rules.rearmAfterS > 0 && apartMs < openForMs && isOpen(last.hit.id);
      if (!isStillOpen && isArmed) return null;
      return {
        hit: last.hit,
        isOpen: isStillOpen,
        sounds: isStillOpen && (isArmed || last.isFromBefore),
      };
    },
    note(hit, seenAtMs, isFromBefore = false) {
      const key = keyOf(hit);
      const last = remembered.get(key);
      remembered.delete(key);
      remembered.set(key, {
        hit,
        isFromBefore,
        seenAtMs: last?.hit.id === hit.id ? Math.max(last.seenAtMs, seenAtMs) : seenAtMs,
        place: placeOf(hit),
        state: certainState(hit, rules.stateCertainAt),
        rank: rankOf(classify(hit.match)),
      });
      for (const oldest of remembered.keys()) {
        if (remembered.size <= maxVehicles) break;
        remembered.delete(oldest);
      }
    },
    keep(hit) {
      const last = remembered.get(keyOf(hit));
      if (last?.hit.id === hit.id) last.hit = hit;
    },
    knows: (hit) => remembered.has(keyOf(hit)),
    forget(hit) {
      const key = keyOf(hit);
      if (remembered.get(key)?.hit.id === hit.id) remembered.delete(key);
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
