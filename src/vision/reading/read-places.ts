import type { Config } from '../../config/schema.ts';
import { greedyClasses, textProbability } from './ctc.ts';
import { type DecodedPlate, decodePlate } from './decode-plate.ts';
import type { PlatePlace } from './find-plates.ts';
import { type GreyPicture, sizeOf } from './grey-picture.ts';
import type { RecognisedCrop, Recogniser } from './models.ts';
import { type PlateQuality, plateQuality } from './plate-quality.ts';
import { type FoundPlate, sureness, type UnreadReason } from './plate-read.ts';
import { type Margins, rectify } from './rectify.ts';
import { formatWeight } from './region-formats.ts';
import { isTooLong } from './text-length.ts';
import { chooseRows, joinRows, rowMargins, splitOfPlate } from './two-rows.ts';

/** A plate with less difference between dark and bright shows no characters. */
const minContrast = 20;
/** A first crop with a lower confidence is not a plate, unless the detector is sure. */
const minHope = 0.02;
/**
 * A reading confirms a find that the detector is unsure of if it has three characters with a digit among them. Letters
 * alone also appear on signs and badges: STOP or TOYOTA is read with as much confidence as a plate.
 */
const minConfirming = 3;
const confirms = (text: string): boolean => text.length >= minConfirming && /[0-9]/.test(text);
/** If two crops agree on a text with this confidence, no more are needed. */
const settled = 0.95;

/**
 * The crops of one plate as changes to the model's own margin, in plate heights horizontally and vertically: the
 * detector's edges are a pixel or two off and a character cut at the edge is lost, while each crop misses differently.
 * In heights, because a share of the width would give a long European plate twice the margin of an American one. Chosen
 * on photographs of California and France (scripts/evaluate): the first is the best alone.
 */
const cropKinds = [
  { across: 0.04, down: 0 },
  { across: -0.1, down: 0.11 },
  { across: -0.1, down: -0.07 },
  { across: 0.18, down: 0.07 },
] as const;
type CropKind = (typeof cropKinds)[number];

/** Milliseconds spent on some plates. */
export interface PlateTimes {
  rectify: number;
  recognise: number;
  decode: number;
}

/** Reads plates at known places of a picture. */
export type PlaceReader = (
  picture: GreyPicture,
  places: readonly PlatePlace[],
  /** Whether the picture contains all of a plate; a part of one counts as unread. */
  isWhole: (place: PlatePlace) => boolean,
) => Promise<{ plates: FoundPlate[]; stages: PlateTimes }>;

/** One plate during reading: the result of each crop, by the part that the crop shows. */
interface Reading {
  place: PlatePlace;
  whole: RecognisedCrop[];
  upper: RecognisedCrop[];
  lower: RecognisedCrop[];
  /** Where the rows divide, as a share of the plate's height; null for a plate of one row. */
  split: number | null;
  quality: PlateQuality;
  /** The combined result of the crops; null if one was added since. */
  decoded: DecodedPlate | null;
}

/** A crop that is still to be read. */
interface WantedCrop {
  reading: Reading;
  part: 'whole' | 'upper' | 'lower';
  margins: Margins;
}

/** Margins of one crop of a plate; `usual` is the model's own margin as a share of a 2:1 plate. */
function marginsOf(crop: CropKind, usual: number, { corners }: PlatePlace): Margins {
  const { width, height } = sizeOf(corners);
  const across = (2 * usual + crop.across) * (height / Math.max(1, width));
  const down = usual + crop.down;
  return { left: across, right: across, top: down, bottom: down };
}

/** Reads plates with several crops each. `sure`: detector score from which an unread find counts as a plate. */
export function createPlaceReader(
  recogniser: Recogniser,
  config: Pick<Config['reading'], 'crops' | 'minPlateWidthPx' | 'readAt' | 'regions'>,
  sure: number,
): PlaceReader {
  const { alphabet, input, outputs, thresholds } = recogniser.manifest;
  const readAt = config.readAt ?? thresholds.readAt;
  const labels = outputs.state?.labels ?? null;
  const regionWeight = formatWeight(config.regions);
  const cropSize = recogniser.width * recogniser.height;

  const wholeOf = (reading: Reading, kind: CropKind): WantedCrop => {
    const margins = marginsOf(kind, input.cropMargin, reading.place);
    return { reading, part: 'whole', margins };
  };
  /** The separate rows of a plate with two. */
  const rowsOf = (reading: Reading, kind: CropKind): WantedCrop[] => {
    if (reading.split === null) return [];
    const margins = marginsOf(kind, input.cropMargin, reading.place);
    const { upper, lower } = rowMargins(margins, reading.split);
    return [
      { reading, part: 'upper', margins: upper },
      { reading, part: 'lower', margins: lower },
    ];
  };
  const allOf = (reading: Reading, kinds: readonly CropKind[]): WantedCrop[] =>
    kinds.flatMap((kind) => [wholeOf(reading, kind), ...rowsOf(reading, kind)]);

  /** Rectifies and recognises some crops as one batch; returns the pixels of all, one crop after another. */
  const addCrops = async (
    picture: GreyPicture,
    wanted: readonly WantedCrop[],
    stages: PlateTimes,
  ): Promise<Uint8Array> => {
    const begun = performance.now();
    const batch = new Uint8Array(wanted.length * cropSize);
    wanted.forEach(({ reading, margins }, i) => {
      const out = batch.subarray(i * cropSize, (i + 1) * cropSize);
      rectify(picture, reading.place.corners, margins, recogniser, out);
    });
    const rectified = performance.now();
    const recognised = wanted.length > 0 ? await recogniser.run(batch, wanted.length) : [];
    wanted.forEach(({ reading, part }, i) => {
      const crop = recognised[i];
      if (!crop) return;
      reading[part].push(crop);
      reading.decoded = null;
    });
    stages.rectify += rectified - begun;
    stages.recognise += performance.now() - rectified;
    return batch;
  };

  const decode = (reading: Reading): DecodedPlate => {
    reading.decoded ??= decodeCrops(reading);
    return reading.decoded;
  };
  const decodeCrops = ({ whole, upper, lower, split }: Reading): DecodedPlate => {
    const values = averageOf(whole.map((crop) => crop.state));
    const state = labels && { labels, values, least: thresholds.stateAt };
    const read = (crops: readonly RecognisedCrop[], from: typeof state) =>
      decodePlate(
        crops.map((crop) => crop.characters),
        alphabet,
        from,
        split === null ? regionWeight : null,
      );
    const one = read(whole, state);
    if (split === null || upper.length === 0) return one;
    const likely = mean(whole.map(({ rows }) => rows?.p ?? 0));
    return chooseRows(one, joinRows(read(upper, null), read(lower, null)), likely);
  };

  return async (picture, places, isWhole) => {
    const stages = { rectify: 0, recognise: 0, decode: 0 };
    const readings = places.map((place): Reading => {
      const quality = { sharpness: 0, contrast: 0 };
      return { place, whole: [], upper: [], lower: [], split: null, quality, decoded: null };
    });
    const [usual] = cropKinds;
    const first = await addCrops(
      picture,
      readings.map((reading) => wholeOf(reading, usual)),
      stages,
    );
    const isTooSmall = ({ place }: Reading) => sizeOf(place.corners).width < config.minPlateWidthPx;
    readings.forEach((reading, i) => {
      const crop = first.subarray(i * cropSize, (i + 1) * cropSize);
      reading.quality = plateQuality(crop, recogniser.width);
      const rows = reading.whole[0]?.rows;
      if (rows && rows.p >= thresholds.rowsAt && !isTooSmall(reading)) {
        const margins = marginsOf(usual, input.cropMargin, reading.place);
        reading.split = splitOfPlate(rows.split, margins);
      }
    });
    // A second crop (and the rows, if there are two) for possible plates: most candidates of an empty street are none.
    // The last two crops only for those still unclear, so a clear plate costs half.
    const hopeful = readings.filter(
      (reading) =>
        !isTooSmall(reading) &&
        (reading.place.score >= sure || reading.split !== null || reading.whole.some(isHopeful)),
    );
    const second = cropKinds.slice(1, Math.min(2, config.crops));
    await addCrops(
      picture,
      hopeful.flatMap((reading) => [...rowsOf(reading, usual), ...allOf(reading, second)]),
      stages,
    );
    const begun = performance.now();
    const open = hopeful.filter((reading) => decode(reading).confidence < settled);
    stages.decode += performance.now() - begun;
    const last = cropKinds.slice(2, config.crops);
    await addCrops(
      picture,
      open.flatMap((reading) => allOf(reading, last)),
      stages,
    );
    const decoding = performance.now();
    const plates = readings.map((reading): FoundPlate => {
      const { place, quality } = reading;
      const decoded = decode(reading);
      const isLong = isTooLong(decoded.plate);
      // A long text that is itself doubtful may be a plate misread: unread (CAP-8).
      const isSign = isLong && decoded.confidence >= readAt / 2;
      const isSure = place.score >= sure && !isSign;
      const isConfirmed = isSure || confirms(decoded.plate);
      const isBelievable = isWhole(place) && isConfirmed && !isLong;
      return {
        read: { ...decoded, box: place.box, corners: place.corners },
        unread: reasonFor(isTooSmall(reading), isBelievable, quality, decoded, readAt),
        detectorScore: place.score,
        sure: isSure,
        sharpness: quality.sharpness,
        // A row alone has no serial's format: plates of two are weighted by the vote alone.
        ...(regionWeight !== null && reading.split === null && { isWeighed: true as const }),
      };
    });
    stages.decode += performance.now() - decoding;
    return { plates, stages };
  };
}

/** Whether the greedy text of a crop is probable enough to continue. */
function isHopeful({ characters }: RecognisedCrop): boolean {
  const text = greedyClasses(characters);
  return text.length > 0 && textProbability(characters, text) >= minHope;
}

function reasonFor(
  isTooSmall: boolean,
  isBelievable: boolean,
  quality: PlateQuality,
  decoded: DecodedPlate,
  readAt: number,
): UnreadReason | null {
  if (isTooSmall) return 'too_small';
  if (isBelievable && decoded.plate !== '' && sureness(decoded) >= readAt) return null;
  return quality.contrast < minContrast ? 'no_contrast' : 'low_confidence';
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
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
