import { isCut } from '../reading/find-plates.ts';
import { sizeOf } from '../reading/grey-picture.ts';
import type { FoundPlate } from '../reading/plate-read.ts';
import type { TrackImages } from './track-report.ts';
import type { TrackedFrame } from './tracked-frame.ts';

/** The best pictures of one vehicle; holds only one set in memory. */
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

/** Encoding takes longer than reading: only a clearly better frame is encoded. */
const betterBy = 1.25;
/** If there is an overview already, a frame without one must be much better. */
const betterWithoutOverview = 4;

/** Factor for a plate that extends beyond the frame: used only if there is nothing better. */
const cut = 0.001;

/** Size × sharpness × confidence: how useful a picture is to the person who checks the read. */
function scoreOf({ read, sharpness, unread }: FoundPlate, frame: TrackedFrame): number {
  const { width, height } = sizeOf(read.corners);
  const sure = unread === null ? read.confidence : read.confidence * 0.5;
  const shown = isCut(read.corners, frame) ? cut : 1;
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
      if (best && offered < score * betterBy) return;
      const overview = frame.pictures.overview();
      const losesOverview = images.overview !== null && 'missing' in overview;
      if (losesOverview && offered < score * betterWithoutOverview) return;
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
