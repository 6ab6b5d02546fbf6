import { extname } from 'node:path';
import type { Config } from '../config/schema.ts';
import { leastNearMinP } from '../hotlist/near-min-p.ts';
import { systemClock } from '../platform/clock.ts';
import { Problem } from '../platform/problem.ts';
import { annotate } from '../vision/reading/annotate.ts';
import { type FileReport, reportedRead } from '../vision/reading/file-report.ts';
import { isPlate } from '../vision/reading/find-plates.ts';
import { notAPicture, openPicture, type PictureFile } from '../vision/reading/load-picture.ts';
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

/** Of a file with such a name, what is wrong with it as a video is worth telling. */
const videoEndings = new Set(
  (
    '.mp4 .m4v .mov .mkv .webm .avi .mpg .mpeg .m1v .m2v .vob .ts .mts .m2ts .3gp .wmv .asf .flv .ogv .mxf ' +
    '.h264 .264 .h265 .265 .hevc .dav'
  ).split(' '),
);
/** A raw sequence of JPEGs begins as one JPEG does: only its name tells it. */
const jpegSequences = new Set(['.mjpeg', '.mjpg']);

/**
 * Reads a file: each picture in it, or its video. What it is, its content says. Throws a Problem that names the file if it
 * is neither, or damaged.
 */
export async function* readFile(
  file: string,
  reader: Reader,
  config: Config,
  draw: boolean,
): AsyncGenerator<FileReading> {
  const isSequence = jpegSequences.has(extname(file).toLowerCase());
  const picture = isSequence ? null : await openPicture(file);
  if (picture !== null) {
    for (let page = 0; page < picture.pages; page += 1) {
      yield await readPage(file, picture, { page, reader, draw });
    }
    return;
  }
  const video = readVideo(file, reader, config, draw);
  const isNamedVideo = isSequence || videoEndings.has(extname(file).toLowerCase());
  yield await video.catch((error: unknown) => {
    throw error instanceof Problem && !isNamedVideo ? notAPicture(file) : error;
  });
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

async function readPage(
  file: string,
  { pages, grey, png }: PictureFile,
  { page, reader, draw }: { page: number; reader: Reader; draw: boolean },
): Promise<FileReading> {
  const begun = performance.now();
  const picture = await grey(page);
  const decode = performance.now() - begun;
  const { plates: found, ms } = await reader.read(picture, { thorough: true });
  const plates = found.filter(isPlate);
  const { width, height } = picture;
  const reads = plates.map(reportedRead);
  return {
    report: {
      file,
      ...(pages > 1 && { page: page + 1, pages }),
      width,
      height,
      reads,
      ms: timesOf(begun, { decode, ...ms }),
    },
    unread: plates.map(({ unread }) => unread),
    spans: [],
    pictures: draw ? [await annotate(await png(page), plates)] : [],
    video: false,
    warning: null,
  };
}

/** Reads a video: every frame, and one read per vehicle by the tracker's vote. Throws a Problem if it is not one. */
async function readVideo(
  file: string,
  reader: Reader,
  config: Config,
  draw: boolean,
): Promise<FileReading> {
  const { cv } = await import('../vision/capture/opencv.ts');
  const { takeOneField } = await import('../vision/capture/one-field.ts');
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
  const inPlayFrom = leastNearMinP(config.hotlist, config.hotlist.lists);
  const { regions } = config.reading;
  const tracker = createTracker({ head: 'file', config: config.tracking, inPlayFrom, regions });
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
      takeOneField({ grey, width, height });
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
