import { isCut } from '../reading/find-plates.ts';
import { sizeOf } from '../reading/grey-picture.ts';
import type { FoundPlate } from '../reading/plate-read.ts';
import type { TrackImages } from './track-report.ts';
import type { FramePictures, TrackedFrame } from './tracked-frame.ts';

/** The best pictures of one vehicle; holds one set in memory. */
export interface BestPictures {
  /** Takes the frame's pictures if they are clearly better; the vehicle must have been seen in it. */
  consider(frame: TrackedFrame, plate: FoundPlate): void;
  /** Takes over the other set of the same vehicle if it is better, else lets go of it. */
  addAll(other: BestPictures): void;
  /** Encodes the pictures if they are not yet, and lets go of the pixels. */
  encode(): TrackImages;
  /** Whether pixels are held. */
  readonly isHeld: boolean;
  /** Lets go of the pixels without a picture. */
  drop(): void;
  /** The best so far; what `addAll` takes over. */
  take(): Best | null;
  /** Of the best frame. */
  readonly box: [number, number, number, number];
  readonly frameSize: [number, number];
  /** The plate as found in the best frame. */
  readonly plate: FoundPlate | null;
}

/** The best frame of a vehicle. */
interface Best {
  plate: FoundPlate;
  frameSize: [number, number];
  score: number;
  overviewMissing: TrackImages['overviewMissing'];
  /** Held until the pictures are encoded. */
  pictures: FramePictures | null;
  images: TrackImages;
}

/** Only a clearly better frame replaces one that may be encoded already. */
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

const noImages: TrackImages = { plate: null, ir: null, overview: null, overviewMissing: null };

/** Starts with no picture. */
export function createBestPictures(): BestPictures {
  let best: Best | null = null;
  const drop = () => {
    best?.pictures?.release();
    if (best !== null) best.pictures = null;
  };
  return {
    consider(frame, plate) {
      const offered = scoreOf(plate, frame);
      if (best !== null && offered < best.score * betterBy) return;
      const { pictures } = frame;
      const losesOverview =
        best !== null && best.overviewMissing === null && pictures.overviewMissing !== null;
      if (best !== null && losesOverview && offered < best.score * betterWithoutOverview) return;
      pictures.retain();
      drop();
      const { overviewMissing } = pictures;
      const frameSize: Best['frameSize'] = [frame.width, frame.height];
      best = { plate, frameSize, score: offered, overviewMissing, pictures, images: noImages };
    },
    addAll(other) {
      const theirs = other.take();
      if (theirs === null) return;
      if (best !== null && theirs.score <= best.score) {
        theirs.pictures?.release();
        return;
      }
      drop();
      best = theirs;
    },
    encode() {
      if (best === null) return noImages;
      const { pictures, plate, overviewMissing } = best;
      if (pictures !== null) {
        best.images = {
          plate: pictures.plate(plate),
          ir: pictures.ir(),
          overview: pictures.overview(),
          overviewMissing,
        };
        drop();
      }
      return best.images;
    },
    get isHeld() {
      return best !== null && best.pictures !== null;
    },
    drop,
    take() {
      const taken = best;
      best = null;
      return taken;
    },
    get box() {
      return best?.plate.read.box ?? [0, 0, 0, 0];
    },
    get frameSize() {
      return best?.frameSize ?? [0, 0];
    },
    get plate() {
      return best?.plate ?? null;
    },
  };
}
