import type { Frame } from '../capture/frame.ts';
import { measureQuality } from '../capture/image-quality.ts';
import { cv, type Mat } from '../capture/opencv.ts';
import { isPlate } from '../reading/find-plates.ts';
import { boxAround, type GreyPicture, sizeOf } from '../reading/grey-picture.ts';
import type { FoundPlate } from '../reading/plate-read.ts';
import { coverPlates } from './cover-plates.ts';
import type { PreviewFrame, PreviewPlate, PreviewWish } from './preview-frame.ts';
import { createTestCount, type TestCount } from './test-plate.ts';

/** What is known of a frame when it has been read. */
export interface PreviewSource {
  takenAtMs: number;
  picture: GreyPicture;
  /** Everything that the detector found in it, plates or not. */
  plates: readonly FoundPlate[];
  /** Where plates that were seen before are now, found or not. */
  expected: () => readonly Box[];
  skewMs: number | null;
  /** The colour frame nearest in time; null if there is none. */
  colour: Frame | null;
}

/** Small pictures of frames that were read, while somebody looks. */
export interface Preview {
  /** What is wanted from now on; null: nothing. */
  set(wish: PreviewWish | null): void;
  /**
   * A frame that was read. Where a picture of it is wanted it is made on other threads and sent; the caller goes on at
   * once.
   */
  saw(source: PreviewSource): void;
}

type Box = readonly [number, number, number, number];

/** Four pictures a second: enough to turn a lens by, and some 20 kB each. */
const everyMs = 240;
const mostWidth = 640;
const colourEveryMs = 1000;
const colourWidth = { clear: 320, covered: 32 };
const jpegQuality = 70;

/**
 * The preview of one head. It takes frames that were read anyway, never more than one at a time: while one is being made,
 * the next ones are passed over. Resizing and encoding run in the pool's threads, so the reading does not wait for them.
 */
export function createPreview(
  { head, minPlateWidthPx }: { head: string; minPlateWidthPx: number },
  send: (frame: PreviewFrame) => void,
): Preview {
  let wish: PreviewWish | null = null;
  let count: TestCount | null = null;
  let isBusy = false;
  let lastMs = Number.NEGATIVE_INFINITY;
  let lastColourMs = Number.NEGATIVE_INFINITY;

  async function make(
    { picture, plates, ...source }: Omit<PreviewSource, 'expected'> & { expected: readonly Box[] },
    wanted: PreviewWish,
  ): Promise<PreviewFrame> {
    const { takenAtMs, skewMs, expected, colour } = source;
    const { width, height } = picture;
    let clear: Uint8Array | null = null;
    let covered: Uint8Array | null = null;
    if (wanted.clear || wanted.covered) {
      const small = await shrink(picture);
      if (wanted.clear) clear = await encode(small);
      if (wanted.covered) {
        coverPlates(small, [...placesOf(plates), ...expected], small.width / width);
        covered = await encode(small);
      }
    }
    return {
      ...{ head, takenAtMs, width, height, covered, clear, skewMs },
      plates: plates.filter(isPlate).map((plate) => previewPlate(plate, minPlateWidthPx)),
      quality: measureQuality(picture),
      colour: colour && (await colourPictures(colour, wanted)),
      test: count?.verdict() ?? null,
    };
  }

  return {
    set(next) {
      if (next?.test?.id !== wish?.test?.id) {
        count = next?.test ? createTestCount(next.test) : null;
      }
      wish = next;
    },
    saw({ expected, colour, ...source }) {
      count?.add(source.plates);
      if (wish === null || isBusy || performance.now() - lastMs < everyMs) return;
      isBusy = true;
      lastMs = performance.now();
      const isColourDue = lastMs - lastColourMs >= colourEveryMs;
      if (isColourDue) lastColourMs = lastMs;
      const held = isColourDue ? (colour?.retain() ?? null) : null;
      void make({ ...source, expected: expected(), colour: held }, wish)
        // Nobody looks any more.
        .then((frame) => (wish === null ? undefined : send(frame)))
        // A picture that cannot be made is none; the reading goes on.
        .catch(() => undefined)
        .finally(() => {
          held?.release();
          isBusy = false;
        });
    },
  };
}

/** Everything in a frame that may be a plate, whether the detector is sure or not. */
const placesOf = (plates: readonly FoundPlate[]): Box[] =>
  plates.flatMap(({ read }) => [read.box, boxAround(read.corners)]);

function previewPlate(
  { read, unread, passedOver }: FoundPlate,
  minPlateWidthPx: number,
): PreviewPlate {
  const [topLeft, topRight] = read.corners;
  const tilt = Math.atan2(topRight[1] - topLeft[1], topRight[0] - topLeft[0]);
  const widthPx = sizeOf(read.corners).width;
  // A slow machine passes over what is too small to be read anyway.
  const isTooSmall = widthPx < minPlateWidthPx;
  return {
    box: read.box,
    widthPx,
    tiltDeg: (tilt * 180) / Math.PI,
    unread: isTooSmall ? 'too_small' : passedOver === true ? 'passed_over' : unread,
  };
}

/** A copy of a picture for OpenCV, whose constructor makes it: a second one would cost the reading thread as much again. */
function matOf({ grey, width, height }: GreyPicture): Mat {
  const bytes = Buffer.from(grey.buffer, grey.byteOffset, grey.byteLength);
  return new cv.Mat(bytes, height, width, cv.CV_8UC1);
}

async function shrink({ grey, width, height }: GreyPicture): Promise<GreyPicture> {
  const scale = Math.min(1, mostWidth / width);
  const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
  const whole = matOf({ grey, width, height });
  try {
    const small = await whole.resizeAsync(size.height, size.width, 0, 0, cv.INTER_AREA);
    try {
      return { grey: await small.getDataAsync(), ...size };
    } finally {
      small.release();
    }
  } finally {
    whole.release();
  }
}

async function encode(picture: GreyPicture): Promise<Uint8Array> {
  const mat = matOf(picture);
  try {
    return await cv.imencodeAsync('.jpg', mat, [cv.IMWRITE_JPEG_QUALITY, jpegQuality]);
  } finally {
    mat.release();
  }
}

async function colourPictures(
  { mat, width, height }: Frame,
  wanted: PreviewWish,
): Promise<NonNullable<PreviewFrame['colour']>> {
  const picture = async (most: number): Promise<Uint8Array> => {
    const across = Math.min(width, most);
    const down = Math.max(1, Math.round((height * across) / width));
    const small = await mat.resizeAsync(down, across, 0, 0, cv.INTER_AREA);
    try {
      return await cv.imencodeAsync('.jpg', small, [cv.IMWRITE_JPEG_QUALITY, jpegQuality]);
    } finally {
      small.release();
    }
  };
  return {
    covered: wanted.covered ? await picture(colourWidth.covered) : null,
    clear: wanted.clear ? await picture(colourWidth.clear) : null,
  };
}
