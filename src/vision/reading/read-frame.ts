import type { Config } from '../../config/schema.ts';
import { systemClock } from '../../platform/clock.ts';
import { candidatesOf, isCut, type PlatePlace, withoutRepeats } from './find-plates.ts';
import { boxAround, type Corners, type GreyPicture } from './grey-picture.ts';
import { letterbox, planLetterbox } from './letterbox.ts';
import type { Detector, Recogniser } from './models.ts';
import type { FoundPlate, FrameReading } from './plate-read.ts';
import { chooseToRead, type Thinning } from './read-choice.ts';
import { createPlaceReader, type PlateTimes } from './read-places.ts';

/** Pictures scaled down further than this for the detector can hide legible plates. */
const smallScale = 0.4;
/** The second look enlarges the picture at most this much: its time grows with the square. */
const maxDetail = 3;

/** Milliseconds of each step on one frame. */
export interface StageTimes extends PlateTimes {
  letterbox: number;
  detect: number;
}

/** Reads frames, one step after another, in the reading worker. */
export interface FrameReader {
  /**
   * Finds and reads every plate of a frame; `thorough` examines a large one a second time, enlarged; `thinning` reads
   * fewer than it finds.
   */
  readFrame(
    frame: GreyPicture,
    options?: { thorough?: boolean; thinning?: Thinning | null },
  ): Promise<{ reading: FrameReading; stages: StageTimes }>;
  /** Reads a picture of one plate alone. */
  readPlate(picture: GreyPicture): Promise<FoundPlate>;
}

/** Combines detector and recogniser. */
export function createFrameReader(
  detector: Detector,
  recogniser: Recogniser,
  config: Pick<Config['reading'], 'crops' | 'minPlateWidthPx' | 'readAt' | 'regions'>,
): FrameReader {
  const { input, thresholds } = detector.manifest;
  const readPlaces = createPlaceReader(recogniser, config, thresholds.sure);

  return {
    async readFrame(frame, { thorough = false, thinning = null } = {}) {
      const begun = performance.now();
      const ms = { letterbox: 0, detect: 0 };
      const look = async (detail: number) => {
        const start = performance.now();
        const box = planLetterbox(frame, input, detail);
        const picture = letterbox(frame, box, input.letterbox.pad);
        const boxed = performance.now();
        const output = await detector.run(picture, box.width, box.height);
        ms.letterbox += boxed - start;
        ms.detect += performance.now() - boxed;
        return { box, candidates: candidatesOf(output, box, frame, thresholds.score) };
      };
      const { box, candidates } = await look(1);
      if (thorough && box.scaleX < smallScale) {
        const closer = Math.min(maxDetail, 1 / box.scaleX);
        candidates.push(...(await look(closer)).candidates);
      }
      const places = withoutRepeats(candidates, thresholds.nmsIou);
      const found = performance.now();
      const foundAtMs = systemClock();
      const limits = { sure: thresholds.sure, minWidthPx: config.minPlateWidthPx };
      const chosen = thinning === null ? new Set(places) : chooseToRead(places, thinning, limits);
      const { plates, stages } = await readPlaces(
        frame,
        places.filter((place) => chosen.has(place)),
        (place) => !isCut(place.corners, frame),
      );
      for (const place of places) {
        if (!chosen.has(place)) plates.push(passedOver(place, place.score >= thresholds.sure));
      }
      const times = { detect: found - begun, recognise: performance.now() - found };
      return {
        reading: { plates, ms: times, foundAtMs, readAtMs: systemClock() },
        stages: { ...ms, ...stages },
      };
    },
    async readPlate(picture) {
      const { width, height } = picture;
      const whole: Corners = [
        [0, 0],
        [width, 0],
        [width, height],
        [0, height],
      ];
      const place = { score: 1, corners: whole, box: boxAround(whole) };
      const [plate] = (await readPlaces(picture, [place], () => true)).plates;
      if (!plate) throw new Error('one plate in, none out');
      return plate;
    },
  };
}

function passedOver({ score, corners, box }: PlatePlace, sure: boolean): FoundPlate {
  return {
    read: { plate: '', confidence: 0, characters: [], alternatives: [], state: null, box, corners },
    unread: 'low_confidence',
    detectorScore: score,
    sure,
    sharpness: 0,
    passedOver: true,
  };
}
