import { uuidv7 } from 'uuidv7';
import type { TrackingConfig } from '../../config/sections/tracking.ts';
import type { FoundPlate } from '../reading/plate-read.ts';
import { associate } from './association.ts';
import {
  continueTrack,
  isWorthRecording,
  joinTrack,
  reportOn,
  startTrack,
  type Track,
  timesOf,
} from './track.ts';
import type { TrackReport } from './track-report.ts';
import type { TrackedFrame } from './tracked-frame.ts';

/** Makes one detection out of the many frames of one vehicle. */
export interface Tracker {
  /**
   * Takes the next frame, with or without plates; tells what is new. Frames come in the order of their time;
   * when the clock is set back by more than `loseAfterMs`, every track ends and counting starts anew.
   */
  add(frame: TrackedFrame): TrackReport[];
  /** The camera stops: every track ends now. */
  endAll(): TrackReport[];
  /** Vehicles in view. */
  readonly openTracks: number;
  /** Tracks that were no more than a flash and made no detection. */
  readonly discarded: number;
}

/** Bounds of memory: more plates than this in view, or more vehicles that may come back, are not kept. */
const MAX_OPEN = 64;
const MAX_AWAY = 64;
/** Another text must lead the believed one by this much, so that an alert is not amended to and fro (PRA-5). */
const CHANGE_LEAD = 0.15;

/**
 * Creates the tracker of one camera head. An alternative as likely as `inPlayFrom` (`hotlist.nearMinP`: what a near
 * match needs) is told at once. `newId` makes detection ids (uuid v7).
 */
export function createTracker(deps: {
  head: string;
  config: TrackingConfig;
  inPlayFrom: number;
  newId?: () => string;
}): Tracker {
  const { head, config, inPlayFrom, newId = uuidv7 } = deps;
  let open: Track[] = [];
  /** Believed vehicles out of view that may come back. */
  let away: Track[] = [];
  let discarded = 0;
  let lastFrameMs = Number.NEGATIVE_INFINITY;

  const end = (track: Track): TrackReport[] => {
    if (track.consensus || track.sequence > 0 || isWorthRecording(track)) {
      return [reportOn(track, head, 'ended')];
    }
    discarded += 1;
    return [];
  };

  /** Tracks out of view wait for their vehicle to come back, then end. */
  const retire = (nowMs: number): TrackReport[] => {
    const gone = open.filter((track) => nowMs - track.lastSeenMs > config.loseAfterMs);
    open = open.filter((track) => !gone.includes(track));
    const over = gone.filter((track) => !track.consensus);
    away.push(...gone.filter((track) => track.consensus));
    const expired = away.filter(
      (track, index) =>
        nowMs - track.lastSeenMs > config.rejoinAfterS * 1000 || index < away.length - MAX_AWAY,
    );
    away = away.filter((track) => !expired.includes(track));
    return [...over, ...expired].flatMap(end);
  };

  /** The same plate, seen shortly before as another track: hidden by a truck, or stopped at lights. */
  const earlierTrackOf = (track: Track, text: string): Track | undefined =>
    [...away, ...open].find(
      (other) =>
        other !== track &&
        other.consensus?.plate === text &&
        other.lastSeenMs < track.firstSeenMs &&
        track.firstSeenMs - other.lastSeenMs <= config.rejoinAfterS * 1000,
    );

  /** Looks at the vote again; returns the track that goes on (an earlier one of the same plate, perhaps). */
  const judge = (track: Track, frame: TrackedFrame): { track: Track; news: boolean } => {
    const consensus = track.vote.consensus(config.maxAlternatives);
    if (!consensus) return { track, news: false };
    track.leaning = consensus.plate;
    track.leaningConfidence = consensus.confidence;
    if (!track.vote.believes(consensus.plate, config)) return { track, news: false };
    // A track that was told keeps its id: whoever heard of it waits for its end.
    const earlier = track.sequence > 0 ? undefined : earlierTrackOf(track, consensus.plate);
    if (earlier) {
      joinTrack(earlier, track);
      away = away.filter((other) => other !== earlier);
      open = [...open.filter((other) => other !== earlier && other !== track), earlier];
      return judge(earlier, frame);
    }
    const believed = track.consensus?.plate;
    const believedNow = consensus.alternatives.find(({ plate }) => plate === believed)?.p ?? 0;
    if (believed !== undefined && consensus.plate !== believed) {
      if (consensus.confidence - believedNow < CHANGE_LEAD) return { track, news: false };
    }
    const changed = believed !== consensus.plate;
    const inPlay = consensus.alternatives.filter(({ p }) => p >= inPlayFrom).map((a) => a.plate);
    const news = changed || inPlay.some((text) => !track.told.has(text));
    track.consensus = consensus;
    if (news) {
      track.times = timesOf(frame);
      track.told = new Set([...track.told, consensus.plate, ...inPlay]);
    }
    return { track, news };
  };

  const place = (frame: TrackedFrame, plates: readonly FoundPlate[]): Track[] => {
    const owners = associate(open, plates, frame.takenAtMs);
    const known = [...open];
    const touched: Track[] = [];
    plates.forEach((plate, index) => {
      const owner = owners[index];
      const track = owner === null || owner === undefined ? undefined : known[owner];
      if (track) {
        continueTrack(track, frame, plate);
        touched.push(track);
      } else if (open.length < MAX_OPEN) {
        const fresh = startTrack(newId(), frame, plate);
        open.push(fresh);
        touched.push(fresh);
      }
    });
    return touched;
  };

  const endAll = (): TrackReport[] => {
    const reports = [...away, ...open].flatMap(end);
    away = [];
    open = [];
    return reports;
  };

  return {
    add(frame) {
      const setBack = frame.takenAtMs < lastFrameMs - config.loseAfterMs;
      lastFrameMs = frame.takenAtMs;
      const reports = setBack ? endAll() : retire(frame.takenAtMs);
      for (const seen of place(frame, frame.reading.plates)) {
        const { track, news } = judge(seen, frame);
        const due =
          !track.toldAtPublish &&
          frame.takenAtMs - track.firstSeenMs >= config.publishAfterS * 1000 &&
          (track.consensus !== null || isWorthRecording(track));
        if (due) track.toldAtPublish = true;
        if (news || due) reports.push(reportOn(track, head, 'update'));
      }
      return reports;
    },
    endAll,
    get openTracks() {
      return open.length;
    },
    get discarded() {
      return discarded;
    },
  };
}
