import { isCut } from '../reading/find-plates.ts';
import { sizeOf } from '../reading/grey-picture.ts';
import type { FoundPlate } from '../reading/plate-read.ts';
import type { TrackImages } from './track-report.ts';
import type { TrackedFrame } from './tracked-frame.ts';

/** The best pictures of one vehicle; memory holds one set and no more. */
export interface BestPictures {
  /** Takes the frame's pictures if they are clearly better; the vehicle must have been seen in it. */
  consider(frame: TrackedFrame, plate: FoundPlate): void;
  /** Keeps the better of two sets of the same vehicle. */
  addAll(other: BestPictures): void;
  readonly images: TrackImages;
  /** Of the best frame. */
  readonly box: [number, number, number, number];
  readonly frameSize: [number, number];
  readonly score: number;
  /** The plate as found in the best frame. */
  readonly plate: FoundPlate | null;
}

/** Encoding takes longer than reading: only a clearly better frame is worth it. */
const BETTER = 1.25;
/** With an overview already there, a frame without one must be much better. */
const BETTER_WITHOUT_OVERVIEW = 4;

/** A plate that runs out of the frame is shown where there is nothing better. */
const CUT = 0.001;

/** Size × sharpness × confidence: what makes a picture useful to the person who checks the read. */
function scoreOf({ read, sharpness, unread }: FoundPlate, frame: TrackedFrame): number {
  const { width, height } = sizeOf(read.corners);
  const sure = unread === null ? read.confidence : read.confidence * 0.5;
  const shown = isCut(read.corners, frame) ? CUT : 1;
  return width * height * Math.sqrt(Math.max(1, sharpness)) * Math.max(0.05, sure) * shown;
}

/** Starts with no picture. */
export function createBestPictures(): BestPictures {
  let images: TrackImages = { plate: null, ir: null, overview: null, overviewMissing: null };
  let box: BestPictures['box'] = [0, 0, 0, 0];
  let frameSize: BestPictures['frameSize'] = [0, 0];
  let score = 0;
  let best: FoundPlate | null = null;
  return {
    consider(frame, plate) {
      const offered = scoreOf(plate, frame);
      if (best && offered < score * BETTER) return;
      const overview = frame.pictures.overview();
      const losesOverview = images.overview !== null && 'missing' in overview;
      if (losesOverview && offered < score * BETTER_WITHOUT_OVERVIEW) return;
      images = {
        plate: frame.pictures.plate(plate),
        ir: frame.pictures.ir(),
        overview: 'image' in overview ? overview.image : null,
        overviewMissing: 'missing' in overview ? overview.missing : null,
      };
      box = plate.read.box;
      frameSize = [frame.width, frame.height];
      score = offered;
      best = plate;
    },
    addAll(other) {
      if (other.score <= score) return;
      ({ images, box, frameSize, score } = other);
      best = other.plate;
    },
    get images() {
      return images;
    },
    get box() {
      return box;
    },
    get frameSize() {
      return frameSize;
    },
    get score() {
      return score;
    },
    get plate() {
      return best;
    },
  };
}
