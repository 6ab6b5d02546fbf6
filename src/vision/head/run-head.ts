import type { Clock } from '../../platform/clock.ts';
import type { Frame } from '../capture/frame.ts';
import { createQualityWatch, measureQuality } from '../capture/image-quality.ts';
import { createNewestFrame } from '../capture/newest-frame.ts';
import { takeOneField } from '../capture/one-field.ts';
import { createPairing } from '../capture/pairing.ts';
import { createPlayback } from '../capture/playback.ts';
import { isRecording } from '../capture/source.ts';
import { createSourceFeed } from '../capture/source-feed.ts';
import type { GreyPicture } from '../reading/grey-picture.ts';
import type { ExpectedPlate, Thinning } from '../reading/read-choice.ts';
import type { Reader } from '../reading/reader.ts';
import type { TrackReport } from '../tracking/track-report.ts';
import type { TrackedFrame } from '../tracking/tracked-frame.ts';
import { createFramePictures } from './frame-pictures.ts';
import { createHeadFigures } from './head-figures.ts';
import type { HeadHealth, HeadStart } from './messages.ts';
import { createPassedOver } from './passed-over.ts';
import { createPreview } from './preview.ts';
import type { PreviewWish } from './preview-frame.ts';
import { createReadingPace } from './reading-pace.ts';
import type { ReportChannel } from './report-channel.ts';

/** The part of a reader that a head uses. */
export type HeadReader = Pick<Reader, 'models' | 'read' | 'rectify'> & AsyncDisposable;

/** The part of a tracker that a head uses. */
export interface HeadTracker {
  add(frame: TrackedFrame): TrackReport[];
  endAll(): TrackReport[];
  expected(takenAtMs: number): ExpectedPlate[];
  readonly openTracks: number;
}

/** A running head: frames in, track reports out. */
export interface HeadRun {
  /** Resolves when the recording is over or after `stop`; rejects if the head cannot continue. */
  readonly done: Promise<void>;
  /** Ends in order: finishes the current frame, then ends and reports all tracks. */
  stop(): Promise<void>;
  /** Whether it looks at no frame from now on. The vehicles in view end, because nothing more is known of them. */
  suspend(isSuspended: boolean): void;
  /** Which small pictures of what it reads it sends from now on; null: none. */
  preview(wish: PreviewWish | null): void;
  health(): HeadHealth;
  /** How long the reader has had the current frame, ms, or null. */
  readonly busyForMs: number | null;
  /** Why this process must be replaced, or null: a camera driver that hangs. */
  readonly lost: string | null;
  /** Whether a read of a camera is in progress. It blocks a thread, for which the process's exit would wait. */
  readonly isHeld: boolean;
  readonly framesRead: number;
}

/** Starts a head. With pace `fastest`, all frames of a recording are read one by one, in order. */
export function startHead(options: {
  start: HeadStart;
  reader: HeadReader;
  tracker: HeadTracker;
  channel: ReportChannel;
  clock: Clock;
}): HeadRun {
  const { start, reader, tracker, channel, clock } = options;
  const { head } = start;
  const { stallAfterS } = head;
  const playback = createPlayback(clock);
  const isLockstep = isRecording(head.ir) && head.ir.pace === 'fastest';
  const ir = createSourceFeed({ config: head.ir, role: 'leader', playback, stallAfterS, clock });
  const colour =
    head.colour &&
    createSourceFeed({
      config: head.colour,
      role: 'follower',
      playback,
      stallAfterS,
      clock,
      lockstep: isLockstep,
    });
  // Two cameras, or two recordings, pair by when their frames were taken; a recording and a camera have only the time in
  // common at which their frames came.
  const isMixed = head.colour !== null && isRecording(head.ir) !== isRecording(head.colour);
  const timeOf = (frame: Frame) => (isMixed ? frame.capturedAtMs : frame.takenAtMs);
  const pairing = createPairing({
    maxSkewMs: head.maxSkewMs,
    timeOf,
    isDown: () => colour?.health().state !== 'running',
  });
  const slot = createNewestFrame();
  const quality = createQualityWatch(start.quality);
  const figures = createHeadFigures(clock);
  const passedOver = createPassedOver();
  const pace = createReadingPace();
  const preview = createPreview(
    { head: head.id, minPlateWidthPx: start.reading.minPlateWidthPx },
    (frame) => channel.figure({ type: 'preview', frame }),
  );
  let busySinceMs: number | null = null;
  let newestColourMs = Number.NEGATIVE_INFINITY;
  let { isSuspended } = start;

  const overview = () => (colour === null ? { missing: 'not_fitted' as const } : pairing.pick());

  function offerColour(frame: Frame): void {
    newestColourMs = timeOf(frame);
    pairing.offer(frame);
  }

  async function readFrame(frame: Frame, thinning: Thinning | null): Promise<void> {
    if (isSuspended) return;
    const beganMs = performance.now();
    const { width, height, takenAtMs, capturedAtMs } = frame;
    const picture: GreyPicture = { grey: await greyOf(frame), width, height };
    takeOneField(picture);
    if (quality.isDue(takenAtMs)) quality.add(measureQuality(picture));
    busySinceMs = performance.now();
    const reading = await reader.read(picture, { thinning }).finally(() => {
      busySinceMs = null;
    });
    // Capture was suspended while the reader had the frame.
    if (isSuspended) return;
    const pictures = createFramePictures({
      ir: frame,
      grey: picture,
      overview,
      rectify: reader.rectify,
      jpegQuality: start.tracking.jpegQuality,
    });
    figures.add({ capturedAtMs, reading, overviewMissing: pictures.overviewMissing });
    const seen = { takenAtMs, capturedAtMs, width, height, reading, pictures };
    for (const report of tracker.add(seen)) channel.report(report);
    pictures.release();
    const pair = overview();
    preview.saw({
      colour: 'frame' in pair ? pair.frame : null,
      ...{ takenAtMs, picture, plates: reading.plates },
      expected: () => tracker.expected(takenAtMs).map(({ box }) => box),
      skewMs: colour === null ? null : pairing.skewMs,
    });
    const plates = reading.plates.filter((plate) => !plate.passedOver).length;
    const recogniseMs = reading.ms.recognise;
    pace.took({ plates, recogniseMs, othersMs: performance.now() - beganMs - recogniseMs });
  }

  /** Reads every frame, in order, each with the colour frames up to its time. */
  async function readAll(): Promise<void> {
    for (let frame = await ir.next(); frame !== null; frame = await ir.next()) {
      pairing.watch(frame);
      while (colour !== null && newestColourMs < timeOf(frame)) {
        const next = await colour.next();
        if (next === null) break;
        offerColour(next);
      }
      await readFrame(frame, null).finally(() => frame.release());
      await channel.drained();
    }
  }

  /** Reads the newest frame each time, while the cameras continue. */
  async function readNewest(): Promise<void> {
    let failure: unknown = null;
    const fail = (error: unknown) => {
      failure ??= error;
      slot.close();
    };
    void pump(ir, slot.put).then(slot.close, fail);
    if (colour !== null) void pump(colour, offerColour).catch(fail);
    for (let frame = await slot.take(); frame !== null; frame = await slot.take()) {
      pairing.watch(frame);
      pace.frame(frame);
      const thinning = { ...pace.plates(), expected: tracker.expected(frame.takenAtMs) };
      await readFrame(frame, thinning).finally(() => frame.release());
      await channel.room();
    }
    if (failure !== null) throw failure;
  }

  async function run(): Promise<void> {
    try {
      await (isLockstep ? readAll() : readNewest());
    } finally {
      await Promise.all([ir.close(), colour?.close()]);
      pairing.clear();
    }
    for (const report of tracker.endAll()) channel.report(report);
    await channel.drained();
  }

  return {
    done: run(),
    async stop() {
      await Promise.all([ir.close(), colour?.close()]);
      slot.close();
    },
    suspend(suspended) {
      if (suspended && !isSuspended) for (const report of tracker.endAll()) channel.report(report);
      isSuspended = suspended;
    },
    preview: (wish) => preview.set(wish),
    health() {
      // If the infra-red camera is down longer than `stallAfterS`, end its tracks; after a shorter gap tracking
      // continues.
      const irHealth = ir.health();
      const colourHealth = colour === null ? null : colour.health();
      const { state, lastFrameAtMs, framesUnusable } = irHealth;
      const framesDropped = slot.dropped + framesUnusable;
      const isDead = state !== 'running' && clock() - (lastFrameAtMs ?? 0) > stallAfterS * 1000;
      if (!isLockstep && busySinceMs === null && isDead) {
        for (const report of tracker.endAll()) channel.report(report);
      }
      return {
        head: head.id,
        ir: { ...irHealth, framesDropped },
        passedOver: passedOver(performance.now(), {
          frames: framesDropped,
          of: irHealth.framesTaken + framesUnusable,
        }),
        colour: colourHealth && { ...colourHealth, framesDropped: colourHealth.framesUnusable },
        ...figures.summary(),
        openTracks: tracker.openTracks,
        residentMiB: process.memoryUsage.rss() / 2 ** 20,
        quality: quality.latest,
        qualityWarning: quality.warning,
      };
    },
    get busyForMs() {
      return busySinceMs === null ? null : performance.now() - busySinceMs;
    },
    get lost() {
      const isHung = !isRecording(head.ir) && ir.heldMs > stallAfterS * 2000 + 10_000;
      return isHung ? "the infra-red camera's driver is stuck in a read" : null;
    },
    get isHeld() {
      return ir.heldMs > 0 || (colour?.heldMs ?? 0) > 0;
    },
    get framesRead() {
      return figures.framesRead;
    },
  };
}

async function pump(
  feed: { next(): Promise<Frame | null> },
  put: (frame: Frame) => void,
): Promise<void> {
  for (let frame = await feed.next(); frame !== null; frame = await feed.next()) put(frame);
}

async function greyOf(frame: Frame): Promise<Uint8Array> {
  if (frame.mat.channels === 1) return frame.mat.getDataAsync();
  const grey = await frame.mat.bgrToGrayAsync();
  try {
    return await grey.getDataAsync();
  } finally {
    grey.release();
  }
}
