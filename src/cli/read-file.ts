import { extname } from 'node:path';
import type { Config } from '../config/schema.ts';
import { systemClock } from '../platform/clock.ts';
import { annotate } from '../vision/reading/annotate.ts';
import { type FileReport, reportedRead } from '../vision/reading/file-report.ts';
import { isPlate } from '../vision/reading/find-plates.ts';
import { loadPicture } from '../vision/reading/load-picture.ts';
import type { FoundPlate, UnreadReason } from '../vision/reading/plate-read.ts';
import type { Reader } from '../vision/reading/reader.ts';
import type { TrackImage, TrackReport } from '../vision/tracking/track-report.ts';
import type { FramePictures } from '../vision/tracking/tracked-frame.ts';

/** The result of one file. */
export interface FileReading {
  report: FileReport;
  /** For each read, why it does not count as one. */
  unread: (UnreadReason | null)[];
  /** For each read of a video, when its vehicle was in view. */
  spans: { fromS: number; toS: number; frames: number }[];
  /** Annotated JPEGs: one for a photo, one per vehicle for a video. */
  pictures: Uint8Array[];
  video: boolean;
  /** A fault of a file that could be read, or null. */
  warning: string | null;
}

const videos = new Set(
  '.mp4 .m4v .mov .mkv .webm .avi .mpg .mpeg .ts .mts .3gp .wmv .flv .ogv'.split(' '),
);

/** Whether a file's name is that of a video. */
export function isVideo(file: string): boolean {
  return videos.has(extname(file).toLowerCase());
}

/** Rounded to hundredths of a millisecond. */
const rounded = (ms: number) => Math.round(ms * 100) / 100;

function timesOf(begun: number, ms: { decode: number; detect: number; recognise: number }) {
  return {
    decode: rounded(ms.decode),
    detect: rounded(ms.detect),
    recognise: rounded(ms.recognise),
    total: rounded(performance.now() - begun),
  };
}

/** Reads a photo. Throws a Problem if it is not one. */
export async function readPhoto(
  file: string,
  reader: Reader,
  _config: Config,
  draw: boolean,
): Promise<FileReading> {
  const begun = performance.now();
  const picture = await loadPicture(file);
  const decode = performance.now() - begun;
  const { plates: found, ms } = await reader.read(picture, { thorough: true });
  const plates = found.filter(isPlate);
  const { width, height } = picture;
  const reads = plates.map(reportedRead);
  return {
    report: { file, width, height, reads, ms: timesOf(begun, { decode, ...ms }) },
    unread: plates.map(({ unread }) => unread),
    spans: [],
    pictures: draw ? [await annotate(file, plates)] : [],
    video: false,
    warning: null,
  };
}

/** Reads a video: every frame, and one read per vehicle by the tracker's vote. Throws a Problem if it is not one. */
export async function readVideo(
  file: string,
  reader: Reader,
  config: Config,
  draw: boolean,
): Promise<FileReading> {
  const { cv } = await import('../vision/capture/opencv.ts');
  const { openSource } = await import('../vision/capture/source.ts');
  const { createPlayback } = await import('../vision/capture/playback.ts');
  const { createTracker } = await import('../vision/tracking/tracker.ts');

  const begun = performance.now();
  const ms = { decode: 0, detect: 0, recognise: 0 };
  const source = await openSource(
    { kind: 'video', path: file, pace: 'fastest', loop: false, startAt: '1970-01-01T00:00:00Z' },
    {
      stallAfterS: 30,
      playback: createPlayback(systemClock),
      clock: systemClock,
      signal: new AbortController().signal,
    },
  );
  const inPlayFrom = config.hotlist.nearMinP;
  const tracker = createTracker({ head: 'file', config: config.tracking, inPlayFrom });
  const ended: TrackReport[] = [];
  const bestPlates = new WeakMap<TrackImage, FoundPlate>();
  let width = 0;
  let height = 0;
  try {
    for (;;) {
      const asked = performance.now();
      const frame = await source.next();
      if (frame === null) break;
      ({ width, height } = frame);
      const greyMat = frame.mat.cvtColor(cv.COLOR_BGR2GRAY);
      const grey = new Uint8Array(greyMat.getData());
      greyMat.release();
      ms.decode += performance.now() - asked;
      const reading = await reader.read({ grey, width, height });
      ms.detect += reading.ms.detect;
      ms.recognise += reading.ms.recognise;
      const { takenAtMs, capturedAtMs } = frame;
      const none: TrackImage = { jpeg: new Uint8Array(), width: 0, height: 0, takenAtMs };
      const pictures: FramePictures = {
        plate(plate) {
          const image = { ...none };
          bestPlates.set(image, plate);
          return image;
        },
        retain: () => void frame.retain(),
        release: () => frame.release(),
        overviewMissing: 'not_fitted',
        ir: () => (draw ? { ...none, jpeg: cv.imencode('.jpg', frame.mat), width, height } : none),
        overview: () => null,
      };
      const size = { width, height };
      ended.push(...tracker.add({ takenAtMs, capturedAtMs, ...size, reading, pictures }));
      frame.release();
    }
  } finally {
    source.close();
  }
  ended.push(...tracker.endAll());

  const vehicles = ended
    .filter(({ phase }) => phase === 'ended')
    .sort((a, b) => a.firstSeenMs - b.firstSeenMs)
    .flatMap((track) => {
      const best = track.images.plate && bestPlates.get(track.images.plate);
      return best ? [{ track, plate: votedPlate(track, best) }] : [];
    });
  const pictures: Uint8Array[] = [];
  for (const { track, plate } of vehicles) {
    const jpeg = track.images.ir?.jpeg;
    if (draw && jpeg) pictures.push(await annotate(Buffer.from(jpeg), [plate]));
  }
  const reads = vehicles.map(({ plate }) => reportedRead(plate));
  return {
    report: { file, width, height, reads, ms: timesOf(begun, ms) },
    unread: vehicles.map(({ plate }) => plate.unread),
    spans: vehicles.map(({ track }) => ({
      fromS: track.firstSeenMs / 1000,
      toS: track.lastSeenMs / 1000,
      frames: track.seenCount,
    })),
    pictures,
    video: true,
    warning: source.warning,
  };
}

/** The plate of a vehicle's best frame, with the result of the vote over all its frames. */
function votedPlate({ consensus, unread }: TrackReport, best: FoundPlate): FoundPlate {
  if (!consensus) return { ...best, unread: unread ?? 'low_confidence' };
  const { plate, confidence, characters, alternatives, state } = consensus;
  return {
    ...best,
    read: { ...best.read, plate, confidence, characters, alternatives, state },
    unread: null,
  };
}
