import { isCut, overlap } from '../reading/find-plates.ts';
import type { FoundPlate, UnreadReason } from '../reading/plate-read.ts';
import type { ExpectedPlate } from '../reading/read-choice.ts';
import type { TextWeight } from '../reading/region-formats.ts';
import { type BestPictures, createBestPictures } from './best-pictures.ts';
import { createPath, type Path } from './path.ts';
import { textLikeness } from './text-likeness.ts';
import type { Consensus, Motion, TrackReport, VisionTimes } from './track-report.ts';
import type { TrackedFrame } from './tracked-frame.ts';
import { createVote, type Vote } from './vote.ts';

/** One tracked vehicle. */
export interface Track {
  readonly id: string;
  sequence: number;
  firstSeenMs: number;
  lastSeenMs: number;
  seenCount: number;
  path: Path;
  vote: Vote;
  pictures: BestPictures;
  /** The believed text; unchanged until another text is believed instead. */
  consensus: Consensus | null;
  /** Of the frame that last changed the believed text or the alternatives. */
  times: VisionTimes;
  /** The vote so far, believed or not; null if no read gave a text. */
  leaning: Consensus | null;
  lastMotion: Motion;
  lateralPerS: number;
  /** Frames in which the detector was sure. */
  sureFrames: number;
  /** Frames in which the plate counted as read. */
  readFrames: number;
  /** Frames since its plate was last read: a slow machine passes plates over. */
  framesUnread: number;
  /** Texts that this track's reports contain. */
  reported: Set<string>;
  reportedAtPublish: boolean;
}

/** From this confidence on a read contradicts another plate's text. */
const contradictsAt = 0.7;
/** Texts less similar than this are of different plates: three characters of seven differ. */
const otherPlate = 0.6;

/** Whether a read shows another vehicle than the believed one. */
export function contradicts(plate: FoundPlate, track: Track): boolean {
  const { consensus } = track;
  return (
    consensus !== null &&
    plate.unread === null &&
    plate.read.confidence >= contradictsAt &&
    isOtherText(plate.read.plate, consensus.plate)
  );
}

/** Whether a text is of another plate, not a part of this one (a partly hidden plate). */
function isOtherText(text: string, believed: string): boolean {
  const isPart = text.length >= 3 && (believed.startsWith(text) || believed.endsWith(text));
  return !isPart && textLikeness(text, believed) < otherPlate;
}

/** Starts a track at the first frame in which its plate was found; `regionWeight` as `createVote` takes it. */
export function startTrack(
  id: string,
  frame: TrackedFrame,
  plate: FoundPlate,
  regionWeight: TextWeight | null,
): Track {
  const track: Track = {
    id,
    sequence: 0,
    firstSeenMs: frame.takenAtMs,
    lastSeenMs: frame.takenAtMs,
    seenCount: 0,
    path: createPath(frame.takenAtMs, plate.read.box, frame.width),
    vote: createVote(regionWeight),
    pictures: createBestPictures(),
    consensus: null,
    times: timesOf(frame),
    leaning: null,
    lastMotion: 'unknown',
    lateralPerS: 0,
    sureFrames: 0,
    readFrames: 0,
    framesUnread: 0,
    reported: new Set(),
    reportedAtPublish: false,
  };
  count(track, frame, plate);
  return track;
}

/** Adds the next frame in which the track's plate was found. */
export function continueTrack(track: Track, frame: TrackedFrame, plate: FoundPlate): void {
  track.path.add(frame.takenAtMs, plate.read.box, frame.width);
  track.lastSeenMs = Math.max(track.lastSeenMs, frame.takenAtMs);
  const motion = track.path.motion();
  if (motion !== 'unknown') track.lastMotion = motion;
  track.lateralPerS = track.path.lateralPerS();
  count(track, frame, plate);
}

function count(track: Track, frame: TrackedFrame, plate: FoundPlate): void {
  track.seenCount += 1;
  if (plate.sure) track.sureFrames += 1;
  track.framesUnread = plate.passedOver ? track.framesUnread + 1 : 0;
  // An uncertain read of a quite different text may be of a vehicle passing in front: it moves the track's place, but
  // does not vote and gives no pictures.
  const doubtful =
    plate.unread === null &&
    track.consensus !== null &&
    isOtherText(plate.read.plate, track.consensus.plate);
  if (doubtful) return;
  track.pictures.consider(frame, plate);
  // A plate that extends beyond the frame shows a part of its text.
  if (isCut(plate.read.corners, frame)) return;
  if (plate.unread === null) track.readFrames += 1;
  track.vote.add(plate);
}

/** Plates from this confidence, read so often, gain nothing by another read. */
const settledAt = 0.95;
const settledReads = 5;
/** A plate that covers this much of its own place one frame later is slow. */
const slowOverlap = 0.5;

/** Where the track's plate is expected, for a machine that cannot read every plate. */
export function expectedPlate(track: Track, takenAtMs: number): ExpectedPlate {
  const box = track.path.predict(takenAtMs);
  const isSlow = overlap(box, track.path.lastBox) >= slowOverlap;
  const isSure = (track.consensus?.confidence ?? 0) >= settledAt;
  const isSettled = isSlow && isSure && track.readFrames >= settledReads;
  return { box, framesUnread: track.framesUnread, isSettled };
}

/** Joins a later part of the same vehicle, which was a separate track until its plate was known. */
export function joinTrack(track: Track, later: Track): void {
  track.lastSeenMs = Math.max(track.lastSeenMs, later.lastSeenMs);
  track.seenCount += later.seenCount;
  track.sureFrames += later.sureFrames;
  track.readFrames += later.readFrames;
  track.path = later.path;
  track.lastMotion = later.lastMotion;
  track.lateralPerS = later.lateralPerS;
  track.vote.addAll(later.vote);
  track.pictures.addAll(later.pictures);
}

/** For an unread track the detector must be sure in this many frames, and in this share of them. */
const minSureFrames = 3;
const minSureShare = 0.25;

/**
 * Whether a track that was never believed was a plate, so that it is recorded as unread (CAP-8), or a flash, a lamp or
 * a texture. The detector must have been sure in three frames and a quarter of all, or in one where the recogniser read
 * it too (one such read is not believed, but it is a plate).
 */
export function isWorthRecording({ sureFrames, seenCount, readFrames }: Track): boolean {
  const needed = readFrames > 0 ? 1 : minSureFrames;
  return sureFrames >= Math.max(needed, seenCount * minSureShare);
}

function unreadReason(track: Track): UnreadReason {
  return track.pictures.plate?.unread ?? 'low_confidence';
}

/** The next report on a track. */
export function reportOn(track: Track, head: string, phase: TrackReport['phase']): TrackReport {
  track.sequence += 1;
  return {
    id: track.id,
    head,
    phase,
    sequence: track.sequence,
    firstSeenMs: track.firstSeenMs,
    lastSeenMs: track.lastSeenMs,
    seenCount: track.seenCount,
    consensus: track.consensus,
    ...(track.consensus === null && track.leaning !== null && { possible: track.leaning }),
    unread: phase === 'ended' && track.consensus === null ? unreadReason(track) : null,
    motion: track.lastMotion,
    lateralPerS: track.lateralPerS,
    box: track.pictures.box,
    frameSize: track.pictures.frameSize,
    times: track.times,
    images: track.pictures.encode(),
  };
}

/** Host times of a frame's stages. */
export function timesOf({ capturedAtMs, reading }: TrackedFrame): VisionTimes {
  return { capturedAtMs, foundAtMs: reading.foundAtMs, readAtMs: reading.readAtMs };
}
