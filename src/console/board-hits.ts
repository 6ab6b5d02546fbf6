import type { HitStanding } from '../accountability/verification/hit-view.ts';
import type { SeenAlerts, SeenState } from '../accountability/verification/seen-alerts.ts';
import type { Verification } from '../accountability/verification/verification.ts';
import type { AlertClass, RestoredAlert } from '../alerts/alert.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import type { Hit } from '../records/detection.ts';
import type { ImageKind } from './alert-view.ts';

/** The alerts that wait for their disposition, as the disk has them. */
export interface OpenAlerts {
  /** Each vehicle of them, with its open hits and the class of the most urgent one. */
  vehicles(): { id: string; class: AlertClass; changedAtMs: number; hitIds: string[] }[];
  /** Null if no hit of the vehicle is open any more. */
  alert(id: string): RestoredAlert | null;
  picture(id: string, kind: ImageKind): Uint8Array | null;
}

/** What the board asks of the unit's database. A database that does not answer keeps no alert from the board. */
export interface BoardHits extends OpenAlerts {
  /** How far the verification of a hit is; null if there is no such hit, undefined if that cannot be read now. */
  standing(hitId: string): HitStanding | null | undefined;
  /**
   * The hits that people or dispatch did something about since the last call; null: any may have changed, as after a
   * change of the lists.
   */
  stepped(): ReadonlySet<string> | null;
  seenOf(hit: Hit): SeenState;
  /** Stores what a person marks; throws if it cannot be stored. */
  mark: SeenAlerts['mark'];
  /** Notes that there is news of these hits: this version was seen by nobody. */
  renew(hits: readonly Hit[], revision: number): void;
  /** Notes that a change of these hits is no news. */
  follow(hits: readonly Hit[]): void;
}

/** The verification of hits; without `steppedAfter` every hit is looked at each time. */
export type HitSource = Pick<Verification, 'standing' | 'seen'> &
  Partial<Pick<Verification, 'steppedAfter' | 'entriesVersion'>>;

export function createBoardHits(hits: HitSource, open: OpenAlerts, log: Log): BoardHits {
  const attempt = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'the state of an alert could not be read or kept');
      return otherwise;
    }
  };
  const { seen } = hits;
  let lastStep: number | null = null;
  let lastEntries = '';
  return {
    stepped() {
      const before = lastStep;
      lastStep = null;
      const found = attempt(() => hits.steppedAfter?.(before ?? 0) ?? null, null);
      if (found === null) return null;
      lastStep = found.newest;
      // What ended is no step of a hit.
      const entries = attempt(() => hits.entriesVersion?.() ?? '', lastEntries);
      const isSameLists = entries === lastEntries;
      lastEntries = entries;
      if (before === null || found.newest < before || !isSameLists) return null;
      return new Set(found.hitIds);
    },
    standing: (hitId) =>
      attempt<HitStanding | null | undefined>(() => hits.standing(hitId), undefined),
    seenOf: (hit) =>
      attempt(() => seen.of(hit), { revision: Date.parse(hit.changedAt), seen: null }),
    mark: seen.mark,
    renew: (of, revision) => attempt(() => seen.mark(of, { revision, seen: null }), undefined),
    follow: (of) => attempt(() => seen.follow(of), undefined),
    vehicles: () => attempt(open.vehicles, []),
    alert: (id) => attempt(() => open.alert(id), null),
    picture: (id, kind) => attempt(() => open.picture(id, kind), null),
  };
}
