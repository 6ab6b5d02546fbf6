import { uuidv7 } from 'uuidv7';
import type { TrackingConfig } from '../../config/sections/tracking.ts';
import type { FoundPlate } from '../reading/plate-read.ts';
import type { ExpectedPlate } from '../reading/read-choice.ts';
import { formatWeight, type Region } from '../reading/region-formats.ts';
import { associate } from './association.ts';
import {
  continueTrack,
  expectedPlate,
  isWorthRecording,
  joinTrack,
  reportOn,
  startTrack,
  type Track,
  timesOf,
} from './track.ts';
import type { TrackReport } from './track-report.ts';
import type { TrackedFrame } from './tracked-frame.ts';

/** Combines the many frames of one vehicle to one detection. */
export interface Tracker {
  /**
   * Takes the next frame, with or without plates; returns new reports. Frames must come in order of time; if the clock
   * is set back by more than `loseAfterMs`, every track ends and tracking starts again.
   */
  add(frame: TrackedFrame): TrackReport[];
  /** The camera stops: every track ends now. */
  endAll(): TrackReport[];
  /** The plates in view, where they are expected at a time. */
  expected(takenAtMs: number): ExpectedPlate[];
  /** Vehicles in view. */
  readonly openTracks: number;
  /** Tracks that were only a flash and made no detection. */
  readonly discarded: number;
}

/** Limits of memory: more plates than this in view, or more vehicles that may come back, are dropped. */
const maxOpen = 64;
const maxAway = 64;
/** Vehicles whose best pictures are pixels yet, some megabytes each; the pictures of more are encoded before they are needed. */
const maxHeld = 8;
/** Another text must lead the believed one by this much, so that an alert does not alternate (PRA-5). */
const changeLead = 0.15;

/**
 * Creates the tracker of one camera head. An alternative with a probability of at least `inPlayFrom`
 * (`hotlist.nearMinP`: what a near match needs) is reported at once. `regions` are those that the reads are weighted by
 * (`reading.regions`). `newId` creates detection ids (uuid v7).
 */
export function createTracker(deps: {
  head: string;
  config: TrackingConfig;
  inPlayFrom: number;
  regions?: readonly Region[];
  newId?: () => string;
}): Tracker {
  const { head, config, inPlayFrom, regions = [], newId = uuidv7 } = deps;
  const regionWeight = formatWeight(regions);
  let open: Track[] = [];
  /** Believed vehicles that are out of view and may come back. */
  let away: Track[] = [];
  let discarded = 0;
  let lastFrameMs = Number.NEGATIVE_INFINITY;

  const end = (track: Track): TrackReport[] => {
    if (track.consensus || track.sequence > 0 || isWorthRecording(track)) {
      return [reportOn(track, head, 'ended')];
    }
    track.pictures.drop();
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
        nowMs - track.lastSeenMs > config.rejoinAfterS * 1000 || index < away.length - maxAway,
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

  /** Updates the vote; returns the track that continues (which may be an earlier one of the same plate). */
  const judge = (track: Track, frame: TrackedFrame): { track: Track; news: boolean } => {
    const consensus = track.vote.consensus(config.maxAlternatives);
    if (!consensus) return { track, news: false };
    track.leaning = consensus;
    if (!track.vote.believes(consensus.plate, config)) return { track, news: false };
    // A reported track keeps its id, because receivers of its report wait for its end.
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
      if (consensus.confidence - believedNow < changeLead) return { track, news: false };
    }
    const changed = believed !== consensus.plate;
    const inPlay = consensus.alternatives.filter(({ p }) => p >= inPlayFrom).map((a) => a.plate);
    const news = changed || inPlay.some((text) => !track.reported.has(text));
    track.consensus = consensus;
    if (news) {
      track.times = timesOf(frame);
      track.reported = new Set([...track.reported, consensus.plate, ...inPlay]);
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
      } else if (open.length < maxOpen) {
        const fresh = startTrack(newId(), frame, plate, regionWeight);
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
          !track.reportedAtPublish &&
          frame.takenAtMs - track.firstSeenMs >= config.publishAfterS * 1000 &&
          (track.consensus !== null || isWorthRecording(track));
        if (due) track.reportedAtPublish = true;
        if (news || due) reports.push(reportOn(track, head, 'update'));
      }
      const held = [...away, ...open].filter(({ pictures }) => pictures.isHeld);
      for (const { pictures } of held.slice(0, Math.max(0, held.length - maxHeld)))
        pictures.encode();
      return reports;
    },
    endAll,
    expected: (takenAtMs) => open.map((track) => expectedPlate(track, takenAtMs)),
    get openTracks() {
      return open.length;
    },
    get discarded() {
      return discarded;
    },
  };
}
