import { placeOf, type Suspension } from '../accountability/suspension/suspension.ts';
import type { AlertDesk } from '../alerts/alert-desk.ts';
import type { Consideration, Decision } from '../alerts/decide.ts';
import type { Config } from '../config/schema.ts';
import type { HitMatch, MatchQuery } from '../hotlist/hit-match.ts';
import type { Hotlist } from '../hotlist/hotlist.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { cameraBearing } from '../position/camera-bearing.ts';
import { directionOfTravel } from '../position/direction-of-travel.ts';
import type { Position } from '../position/fix.ts';
import type { Hit } from '../records/detection.ts';
import { draftDetection } from '../records/draft-detection.ts';
import { possibleTexts } from '../records/possible-texts.ts';
import type { Records } from '../records/records.ts';
import type { StoreDetection } from '../records/store-queue.ts';
import type { Consensus, TrackReport } from '../vision/tracking/track-report.ts';
import type { DaemonFigures } from './figures.ts';

/** The vehicles that pass the unit's cameras. */
export interface Vehicles {
  /**
   * Handles one track report: position, match, the bare hit on the disk, alert, then the rest (rule 3). Outputs have
   * the alert after 50 ms at the latest, in the order of the reports. The promise resolves when the store has ended; a
   * store that fails is counted and logged, and never rejects.
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
  /** Whether capture is suspended where the vehicle was seen (CAP-13). */
  suspension: Pick<Suspension, 'check' | 'covers'>;
  /** Which canvass a vehicle is seen in (CAP-12). */
  canvasses: { tagOf(detectionId: string, hasLeft: boolean): string | null };
  /** Whether a report is of a plate that a technician holds before the camera, and not listed: no record is made of it. */
  isTestPlate?: (report: TrackReport, isListed: boolean) => boolean;
  alertDesk: Pick<AlertDesk, 'decide' | 'announce'>;
  records: Pick<Records, 'storeBareHits' | 'storeHits' | 'storeDetection'>;
  figures: Pick<DaemonFigures, 'countReport' | 'countMatch' | 'countHit' | 'countStoreFailure'>;
  /** Called with each new or changed hit once it has been announced, before its pictures are stored. */
  onHit?: (hit: Hit) => void;
  /** Called with each report once its alert has been announced. */
  onReport?: (report: TrackReport) => void;
  log: Log;
  clock?: Clock;
}

/**
 * The heart of the unit: what a track report leads to. Reports are decided, announced and stored in the order in which
 * they come.
 *
 * The order is: position, match, decide, the bare hit, announce, store. The hit and its message to headquarters are on
 * the disk before the operator hears of it, so that a process that is killed, or a power cut, leaves no alert without
 * a record. That commit is small and holds no picture. A disk that does not answer within 50 ms delays the alert no
 * longer: it is told, and the status says that it is not stored. The store is a second transaction with the detection,
 * its pictures and their messages.
 */
export function createVehicles(deps: VehicleDeps): Vehicles {
  const { position, hotlist, mutes, alertDesk, figures, clock = systemClock } = deps;
  const { unit, bearingDeg, minCourseSpeedMps, publishAfterS } = deps;
  const storing = new Set<Promise<void>>();
  /** Resolves once every earlier report has been announced. */
  let announced: Promise<unknown> = Promise.resolve();

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

  /** Mutes that cannot be read silence nothing. */
  function isMuted(...asked: Parameters<VehicleDeps['mutes']['isMuted']>): boolean {
    try {
      return mutes.isMuted(...asked);
    } catch (error) {
      deps.log.error({ problem: messageOf(error) }, 'mutes could not be read');
      return false;
    }
  }

  /** What cannot be tagged is stored without. */
  function canvassOf({ id, phase }: TrackReport): string | null {
    try {
      return deps.canvasses.tagOf(id, phase === 'ended');
    } catch (error) {
      deps.log.error({ problem: messageOf(error) }, 'canvasses could not be read');
      return null;
    }
  }

  /**
   * The entries that the vehicle's plate matches, without those muted by a disposition. Of a plate that does not count as
   * read each possible text is matched, and none of them is exact.
   */
  function match({ consensus, possible, firstSeenMs }: TrackReport): HitMatch[] {
    const startedMs = performance.now();
    const read = consensus ?? possible;
    const matches =
      read === undefined
        ? []
        : hotlist
            .match(consensus ?? withoutText(read))
            .filter((each) => !isMuted(each, read.plate, firstSeenMs));
    figures.countMatch(performance.now() - startedMs);
    return matches;
  }

  /**
   * Rule 3: the bare hits, then the alert. It waits for the disk 50 ms at most, and for reports before it no longer,
   * because they began to wait earlier.
   */
  async function alert(decision: Decision, of: Consideration, seen: StoreDetection): Promise<void> {
    const { hits } = decision;
    const { detection } = seen;
    const before = announced;
    const kept = hits.length === 0 ? true : deps.records.storeBareHits({ hits, detection });
    await Promise.all([kept, before]);
    const toldAtMs = alertDesk.announce(decision, of);
    for (const hit of hits) {
      figures.countHit(hit, toldAtMs);
      deps.onHit?.(hit);
    }
    deps.onReport?.(of.report);
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
      const { fix, direction, cameraBearingDeg } = locate(report, mountAngleDeg);
      // Where the unit is, not where it was when the picture was taken: that would be the last place if the receiver
      // then sees no satellite, and let a car capture in the garage that it has just entered.
      deps.suspension.check(placeOf(position.fixAt(clock())));
      // The head heard of it a moment too late.
      if (deps.suspension.covers(report.firstSeenMs)) return Promise.resolve();
      const matches = match(report);
      if (deps.isTestPlate?.(report, matches.length > 0)) return Promise.resolve();
      figures.countReport(report);
      const of = { report, matches, fix, direction, matchedAtMs: clock() };
      const decision = alertDesk.decide(of);
      const seen = {
        detection: draftDetection({ report, fix, direction, unit, canvass: canvassOf(report) }),
        images: report.images,
        publish: report.lastSeenMs - report.firstSeenMs >= publishAfterS * 1000,
        cameraBearingDeg,
      };
      const alerted = alert(decision, of, seen);
      announced = alerted.catch(() => undefined);
      const stored = alerted.then(() => store(decision.hits, seen));
      storing.add(stored);
      void stored.finally(() => storing.delete(stored));
      return stored;
    },

    async stored() {
      await Promise.all(storing);
    },
  };
}

/** A vote of which no text counts as read, as a query: the likeliest text is one of the possible. */
function withoutText(possible: Consensus): MatchQuery {
  const alternatives = possibleTexts(possible);
  return { plate: '', characters: [], alternatives, state: possible.state };
}
