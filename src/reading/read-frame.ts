import { systemClock } from '../platform/clock.ts';
import type { Config } from '../platform/config/schema.ts';
import { greedyClasses, textProbability } from './ctc.ts';
import { type DecodedPlate, decodePlate } from './decode-plate.ts';
import { candidatesOf, isCut, type PlatePlace, withoutRepeats } from './find-plates.ts';
import { boxAround, type Corners, type GreyPicture, sizeOf } from './grey-picture.ts';
import { letterbox, planLetterbox } from './letterbox.ts';
import type { Detector, RecognisedCrop, Recogniser } from './models.ts';
import { type PlateQuality, plateQuality } from './plate-quality.ts';
import type { FoundPlate, FrameReading, UnreadReason } from './plate-read.ts';
import { type Margins, rectify } from './rectify.ts';

/** A plate with fewer grey levels between dark and bright shows no characters. */
const LEAST_CONTRAST = 20;
/** A first crop less sure than this of its text is none of a plate, unless the detector says so. */
const LEAST_HOPE = 0.02;
/** Two crops that agree on a text with this confidence settle it. */
const SETTLED = 0.95;

/** Pictures shrunk more than this for the detector hide plates that could be read. */
const SMALL_SCALE = 0.4;
/** The closer look sees the picture at most this much larger: its time grows with the square. */
const MOST_DETAIL = 3;

/** Milliseconds of each step on one frame. */
export interface StageTimes {
  letterbox: number;
  detect: number;
  rectify: number;
  recognise: number;
  decode: number;
}

/** Reads frames, one step after the other; everything here runs in the reading worker. */
export interface FrameReader {
  /** Finds and reads every plate of a frame; `thorough` looks at a large one a second time, closer. */
  readFrame(
    frame: GreyPicture,
    thorough?: boolean,
  ): Promise<{ reading: FrameReading; stages: StageTimes }>;
  /** Reads a picture that is one plate and nothing else. */
  readPlate(picture: GreyPicture): Promise<FoundPlate>;
}

/**
 * The crops of one plate as changes to the model's own margin, in plate heights across and down: the
 * detector's edges are a pixel or two off and a character cut at the edge is lost, while each crop misses
 * differently. Heights, because a long European plate would get twice the room of an American one by its
 * width. Chosen on photographs of California and France (scripts/evaluate): the first is the best alone.
 */
const CROPS = [
  { across: 0.04, down: 0 },
  { across: -0.1, down: 0.11 },
  { across: -0.1, down: -0.07 },
  { across: 0.18, down: 0.07 },
] as const;

/** Margins of one crop of a plate; `usual` is the model's own margin as a share of a 2:1 plate. */
function marginsOf(
  crop: (typeof CROPS)[number],
  usual: number,
  size: { width: number; height: number },
): Margins {
  const across = (2 * usual + crop.across) * (size.height / Math.max(1, size.width));
  const down = usual + crop.down;
  return { left: across, right: across, top: down, bottom: down };
}

/** Puts detector and recogniser together. */
export function createFrameReader(
  detector: Detector,
  recogniser: Recogniser,
  config: Pick<Config['reading'], 'crops' | 'minPlateWidthPx' | 'readAt'>,
): FrameReader {
  const usual = recogniser.manifest.input.cropMargin;
  const { thresholds } = recogniser.manifest;
  const readAt = config.readAt ?? thresholds.readAt;
  const { sure } = detector.manifest.thresholds;
  const labels = recogniser.manifest.outputs.state?.labels ?? null;
  const cropSize = recogniser.width * recogniser.height;

  /** Some crops of some plates, rectified and recognised as one batch; plate by plate. */
  const recognise = async (
    picture: GreyPicture,
    places: readonly PlatePlace[],
    kinds: readonly (typeof CROPS)[number][],
    ms: { rectify: number; recognise: number },
  ): Promise<{ batch: Uint8Array; crops: RecognisedCrop[][] }> => {
    const begun = performance.now();
    const count = places.length * kinds.length;
    const batch = new Uint8Array(count * cropSize);
    places.forEach(({ corners }, plate) => {
      kinds.forEach((kind, crop) => {
        const at = (plate * kinds.length + crop) * cropSize;
        const margins = marginsOf(kind, usual, sizeOf(corners));
        rectify(picture, corners, margins, recogniser, batch.subarray(at, at + cropSize));
      });
    });
    const rectified = performance.now();
    const recognised = count > 0 ? await recogniser.run(batch, count) : [];
    ms.rectify += rectified - begun;
    ms.recognise += performance.now() - rectified;
    const ofPlate = (plate: number) =>
      recognised.slice(plate * kinds.length, (plate + 1) * kinds.length);
    return { batch, crops: places.map((_, plate) => ofPlate(plate)) };
  };

  const decode = (crops: readonly RecognisedCrop[]): DecodedPlate => {
    const values = averageOf(crops.map((crop) => crop.state));
    const state = labels && { labels, values, least: thresholds.stateAt };
    const characters = crops.map((crop) => crop.characters);
    return decodePlate(characters, recogniser.manifest.alphabet, state);
  };

  const readPlaces = async (
    picture: GreyPicture,
    places: readonly PlatePlace[],
    isWhole: (place: PlatePlace) => boolean,
  ) => {
    const stages = { rectify: 0, recognise: 0, decode: 0 };
    const first = await recognise(picture, places, CROPS.slice(0, 1), stages);
    const crops = new Map(places.map((place, index) => [place, first.crops[index] ?? []]));
    const addCrops = async (which: readonly PlatePlace[], kinds: (typeof CROPS)[number][]) => {
      const more = await recognise(picture, which, kinds, stages);
      which.forEach((place, index) => {
        crops.get(place)?.push(...(more.crops[index] ?? []));
      });
    };
    // A second crop for what may be a plate (most candidates of an empty street are none), the last two for
    // those that the first two leave open: a clear plate costs half.
    const isTooSmall = (place: PlatePlace) => sizeOf(place.corners).width < config.minPlateWidthPx;
    const hopeful = places.filter(
      (place) => !isTooSmall(place) && (place.score >= sure || crops.get(place)?.some(isHopeful)),
    );
    await addCrops(hopeful, CROPS.slice(1, Math.min(2, config.crops)));
    const open = hopeful.filter((place) => decode(crops.get(place) ?? []).confidence < SETTLED);
    await addCrops(open, CROPS.slice(2, config.crops));
    const begun = performance.now();
    const plates = places.map((place, index): FoundPlate => {
      const decoded = decode(crops.get(place) ?? []);
      const crop = first.batch.subarray(index * cropSize, (index + 1) * cropSize);
      const quality = plateQuality(crop, recogniser.width);
      return {
        read: { ...decoded, box: place.box, corners: place.corners },
        unread: reasonFor(isTooSmall(place), isWhole(place), quality, decoded, readAt),
        detectorScore: place.score,
        sure: place.score >= sure,
        sharpness: quality.sharpness,
      };
    });
    stages.decode = performance.now() - begun;
    return { plates, stages };
  };

  return {
    async readFrame(frame, thorough = false) {
      const begun = performance.now();
      const { input, thresholds } = detector.manifest;
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
      if (thorough && box.scaleX < SMALL_SCALE) {
        const closer = Math.min(MOST_DETAIL, 1 / box.scaleX);
        candidates.push(...(await look(closer)).candidates);
      }
      const places = withoutRepeats(candidates, thresholds.nmsIou);
      const found = performance.now();
      const foundAtMs = systemClock();
      const { plates, stages } = await readPlaces(
        frame,
        places,
        (place) => !isCut(place.box, frame),
      );
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

/** Whether the greedy text of a crop has any weight. */
function isHopeful({ characters }: RecognisedCrop): boolean {
  const text = greedyClasses(characters);
  return text.length > 0 && textProbability(characters, text) >= LEAST_HOPE;
}

function reasonFor(
  isTooSmall: boolean,
  isWhole: boolean,
  quality: PlateQuality,
  { plate, confidence }: DecodedPlate,
  readAt: number,
): UnreadReason | null {
  if (isTooSmall) return 'too_small';
  if (isWhole && plate !== '' && confidence >= readAt) return null;
  return quality.contrast < LEAST_CONTRAST ? 'no_contrast' : 'low_confidence';
}

function averageOf(rows: readonly (Float32Array | null)[]): Float32Array {
  const sum = new Float32Array(rows[0]?.length ?? 0);
  for (const row of rows) {
    row?.forEach((value, index) => {
      sum[index] = (sum[index] as number) + value / rows.length;
    });
  }
  return sum;
}
