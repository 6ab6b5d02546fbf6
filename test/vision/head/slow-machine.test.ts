import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programRoot } from '../../../src/config/load.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { cv } from '../../../src/vision/capture/opencv.ts';
import { createReadingPace } from '../../../src/vision/head/reading-pace.ts';
import type { GreyPicture } from '../../../src/vision/reading/grey-picture.ts';
import type { FrameReading } from '../../../src/vision/reading/plate-read.ts';
import { createReader } from '../../../src/vision/reading/reader.ts';
import type { TrackImage, TrackReport } from '../../../src/vision/tracking/track-report.ts';
import type { TrackedFrame } from '../../../src/vision/tracking/tracked-frame.ts';
import { createTracker } from '../../../src/vision/tracking/tracker.ts';

const config = configSchema.parse({ reading: { modelsDir: join(programRoot, 'models') } });
const { nearMinP } = config.hotlist;
const intervalMs = 1000 / 15;
/** Of the drive: a second before the listed vehicle comes into view, until it is gone. */
const [firstFrame, lastFrame] = [590, 640];
const listed = '5KRT41B';
/** What a frame and a plate take on the machine of the README's figures, and the pictures of a report. */
const [frameMs, plateMs, picturesMs] = [9.9, 4.1, 13];
const image: TrackImage = { jpeg: new Uint8Array(), width: 1, height: 1, takenAtMs: 0 };

/** The frames of the drive's infra-red camera from `firstFrame` on. */
async function framesOfDrive(): Promise<GreyPicture[]> {
  const capture = new cv.VideoCapture(join(programRoot, 'fixtures/drive/ir.mp4'), cv.CAP_FFMPEG);
  const frames: GreyPicture[] = [];
  for (let at = 0; at < lastFrame; at += 1) {
    const mat = await capture.readAsync();
    if (at >= firstFrame) {
      const grey = await mat.bgrToGrayAsync();
      frames.push({ grey: await grey.getDataAsync(), width: mat.cols, height: mat.rows });
      grey.release();
    }
    mat.release();
  }
  capture.release();
  return frames;
}

/** Pictures that cost nothing. */
const picturesFor = (encoded: () => void): TrackedFrame['pictures'] => ({
  retain: () => {},
  release: () => {},
  overviewMissing: null,
  plate: () => image,
  ir: () => {
    encoded();
    return image;
  },
  overview: () => image,
});

/** Whether a report has the listed vehicle's text, or one that is near enough. */
function isAlerted({ consensus }: TrackReport): boolean {
  if (consensus === null) return false;
  const texts = [{ plate: consensus.plate, p: 1 }, ...consensus.alternatives];
  return texts.some(({ plate, p }) => plate === listed && p >= nearMinP);
}

/**
 * Plays the frames to a machine that is `times` slower, whose time is reckoned, and that begins `lateMs` into the first.
 * Returns whether the vehicle's text, or one that is near enough, was reported, and the share of frames passed over.
 */
async function drivePast(
  frames: readonly GreyPicture[],
  reader: Awaited<ReturnType<typeof createReader>>,
  { times, lateMs }: { times: number; lateMs: number },
): Promise<{ isReported: boolean; passedOver: number }> {
  const tracker = createTracker({ head: 'slow', config: config.tracking, inPlayFrom: nearMinP });
  const pace = createReadingPace();
  let nowMs = lateMs;
  let read = 0;
  let isReported = false;
  for (let at = 0; at < frames.length; at = Math.max(at + 1, Math.floor(nowMs / intervalMs))) {
    const takenAtMs = at * intervalMs;
    nowMs = Math.max(nowMs, takenAtMs);
    read += 1;
    const { width, height } = frames[at] as GreyPicture;
    pace.frame({ sequence: at, takenAtMs });
    const thinning = { ...pace.plates(), expected: tracker.expected(takenAtMs) };
    const reading = await reader.read(frames[at] as GreyPicture, { thinning });
    let encoded = 0;
    const pictures = picturesFor(() => {
      encoded += 1;
    });
    const seen = { takenAtMs, capturedAtMs: takenAtMs, width, height, reading, pictures };
    for (const report of tracker.add(seen)) isReported ||= isAlerted(report);
    const plates = reading.plates.filter(({ passedOver }) => !passedOver).length;
    const recogniseMs = plates * plateMs * times;
    const othersMs = (frameMs + encoded * picturesMs) * times;
    pace.took({ plates, recogniseMs, othersMs });
    nowMs += recogniseMs + othersMs;
  }
  return { isReported, passedOver: 1 - read / frames.length };
}

test('a machine that is five times too slow still alerts for the listed vehicle that is in view for a second (ALT-3)', async () => {
  const frames = await framesOfDrive();
  await using reader = await createReader(config.reading);
  const runs = [];
  for (const lateMs of [0, 15, 30, 45, 60]) {
    runs.push(await drivePast(frames, reader, { times: 5, lateMs }));
  }
  expect(runs.map(({ isReported }) => isReported)).toEqual(runs.map(() => true));
  expect(Math.min(...runs.map(({ passedOver }) => passedOver))).toBeGreaterThan(0);
});

test('of a vehicle whose reads split between two texts, every second or third frame is enough in most passes (PRA-11)', async () => {
  const frames = await framesOfDrive();
  await using reader = await createReader(config.reading);
  const readings: FrameReading[] = [];
  for (const frame of frames) readings.push(await reader.read(frame));
  const passes = [1, 2, 3].flatMap((every) =>
    Array.from({ length: every }, (_, start) => {
      const tracker = createTracker({
        head: 'slow',
        config: config.tracking,
        inPlayFrom: nearMinP,
      });
      return readings.some((reading, at) => {
        if (at % every !== start) return false;
        const takenAtMs = at * intervalMs;
        const { width, height } = frames[at] as GreyPicture;
        const pictures = picturesFor(() => {});
        const seen = { takenAtMs, capturedAtMs: takenAtMs, width, height, reading, pictures };
        return tracker.add(seen).some(isAlerted);
      });
    }),
  );
  expect(passes).toHaveLength(6);
  expect(passes.filter((isReported) => isReported).length).toBeGreaterThanOrEqual(4);
});
