import type { AlertDesk } from '../alerts/alert-desk.ts';
import type { Consideration } from '../alerts/decide.ts';
import type { Config } from '../config/schema.ts';
import type { HitMatch } from '../hotlist/hit-match.ts';
import type { Hotlist } from '../hotlist/hotlist.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { cameraBearing } from '../position/camera-bearing.ts';
import { directionOfTravel } from '../position/direction-of-travel.ts';
import type { Position } from '../position/fix.ts';
import type { Hit } from '../records/detection.ts';
import { draftDetection } from '../records/draft-detection.ts';
import type { Records } from '../records/records.ts';
import type { StoreDetection } from '../records/store-queue.ts';
import type { TrackReport } from '../vision/tracking/track-report.ts';
import type { DaemonFigures } from './figures.ts';

/** The vehicles that pass the unit's cameras. */
export interface Vehicles {
  /**
   * Handles one track report: position, match, alert, then store (rule 3). Outputs have the alert when this returns.
   * The promise resolves when the store has ended; a store that fails is counted and logged, and never rejects.
   *
   * @param mountAngleDeg where the camera looks from the unit: 0 ahead, 90 right.
   */
  consider(report: TrackReport, mountAngleDeg: number): Promise<void>;
  /** Resolves when no store is in progress. */
  stored(): Promise<void>;
}

/** The rooms and settings used for a report. */
export interface VehicleDeps {
  unit: Config['unit'];
  /** How long a vehicle must be in view before it is sent to headquarters, s. */
  publishAfterS: number;
  /** Below this speed a GPS course is meaningless. */
  minCourseSpeedMps: number;
  /** Direction of a surveyed pole in true degrees; null for a moving unit. */
  bearingDeg: number | null;
  position: Pick<Position, 'fixAt'>;
  hotlist: Pick<Hotlist, 'match'>;
  /** Mutes set by dispositions (VER-11). */
  mutes: {
    isMuted(match: HitMatch, plate: string, firstSeenMs: number): boolean;
  };
  alertDesk: Pick<AlertDesk, 'decide' | 'announce'>;
  records: Pick<Records, 'storeHits' | 'storeDetection'>;
  figures: Pick<DaemonFigures, 'countReport' | 'countMatch' | 'countHit' | 'countStoreFailure'>;
  /** Called with each new or changed hit once it has been announced, before it is stored. */
  onHit?: (hit: Hit) => void;
  /** Called with each report once its alert has been announced. */
  onReport?: (report: TrackReport) => void;
  log: Log;
  clock?: Clock;
}

/**
 * The heart of the unit: what a track report leads to. One report runs through in one turn of the event loop, up to
 * the store, so reports are handled in the order in which they come.
 *
 * The order is: position, match, decide, announce, store. The alert is announced before anything of it is on the
 * disk, so it waits for no disk; a process that is killed between the two has announced a hit that it does not
 * have. The store is one transaction with the hits, the detection, its pictures and the messages to headquarters. A
 * step that must be on the disk before the operator hears of a hit belongs between `decide` and `announce`, where
 * the hits have their ids and lack only the time of raising.
 */
export function createVehicles(deps: VehicleDeps): Vehicles {
  const { position, hotlist, mutes, alertDesk, figures, clock = systemClock } = deps;
  const { unit, bearingDeg, minCourseSpeedMps, publishAfterS } = deps;
  const storing = new Set<Promise<void>>();

  /** The unit's position when the best picture was taken, and the vehicle's direction. */
  function locate({ images, lastSeenMs, motion, lateralPerS }: TrackReport, mountAngleDeg: number) {
    const fix = position.fixAt(images.ir?.takenAtMs ?? lastSeenMs);
    const seen = { fix, mountAngleDeg, minCourseSpeedMps, bearingDeg };
    return {
      fix,
      direction: directionOfTravel({ ...seen, mode: unit.mode, motion, lateralPerS }),
      cameraBearingDeg: cameraBearing(seen),
    };
  }

  /** The entries that the vehicle's plate matches, without those muted by a disposition. */
  function match({ consensus, firstSeenMs }: TrackReport): HitMatch[] {
    const startedMs = performance.now();
    const matches =
      consensus === null
        ? []
        : hotlist
            .match(consensus)
            .filter((each) => !mutes.isMuted(each, consensus.plate, firstSeenMs));
    figures.countMatch(performance.now() - startedMs);
    return matches;
  }

  /** Decides and alerts the operator; returns the new and changed hits, which are not stored yet. */
  function alert(consideration: Consideration): Hit[] {
    const decision = alertDesk.decide(consideration);
    alertDesk.announce(decision, consideration);
    for (const hit of decision.hits) {
      figures.countHit(hit);
      deps.onHit?.(hit);
    }
    return decision.hits;
  }

  async function store(hits: readonly Hit[], seen: StoreDetection): Promise<void> {
    try {
      if (hits.length > 0) await deps.records.storeHits({ hits, ...seen });
      else await deps.records.storeDetection(seen);
    } catch (error) {
      figures.countStoreFailure();
      deps.log.error(
        { detection: seen.detection.id, problem: messageOf(error) },
        'a detection could not be stored',
      );
    }
  }

  return {
    consider(report, mountAngleDeg) {
      figures.countReport(report);
      const { fix, direction, cameraBearingDeg } = locate(report, mountAngleDeg);
      const matches = match(report);
      const hits = alert({ report, matches, fix, direction, matchedAtMs: clock() });
      deps.onReport?.(report);

      const stored = store(hits, {
        detection: draftDetection({ report, fix, direction, unit }),
        images: report.images,
        publish: report.lastSeenMs - report.firstSeenMs >= publishAfterS * 1000,
        cameraBearingDeg,
      });
      storing.add(stored);
      void stored.finally(() => storing.delete(stored));
      return stored;
    },

    async stored() {
      await Promise.all(storing);
    },
  };
}
