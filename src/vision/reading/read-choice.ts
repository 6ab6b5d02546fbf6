import { overlap, type PlatePlace } from './find-plates.ts';
import { sizeOf } from './grey-picture.ts';

/** A plate that is in view already, where it is expected in the next frame. */
export interface ExpectedPlate {
  box: readonly [number, number, number, number];
  /** Frames since it was last read. */
  framesUnread: number;
  /** It is believed, and moves slowly: another read of it tells little. */
  isSettled: boolean;
}

/** What a machine that is too slow for all reads in a frame. */
export interface Thinning {
  /** Plates that can be read before the next frame comes. */
  fit: number;
  /** Most plates to read, at least 1. */
  most: number;
  expected: readonly ExpectedPlate[];
}

/** A place is that of an expected plate from this overlap on. */
const samePlace = 0.3;
/** What tells little is read in one of so many frames. */
const littleEvery = 5;

/**
 * Chooses the plates that a slow machine reads: all that fit before the next frame, else those that tell most. What is
 * settled, and what the detector is unsure of, is read in one frame of several, what is too small in none; of the others
 * at most `most`, the nearest first (the widest, which leaves the view soonest and is read best), each the more the
 * longer it was passed over, so that none is passed over for good.
 *
 * @param limits.sure detector score from which a find counts as a plate
 */
export function chooseToRead(
  places: readonly PlatePlace[],
  { fit, most, expected }: Thinning,
  limits: { sure: number; minWidthPx: number },
): ReadonlySet<PlatePlace> {
  if (places.length <= fit) return new Set(places);
  const ranked = places.map((place) => {
    const known = expected.find(({ box }) => overlap(box, place.box) >= samePlace);
    const framesUnread = known?.framesUnread ?? 0;
    const tellsLittle = known?.isSettled === true || place.score < limits.sure;
    const isDue = !tellsLittle || framesUnread >= littleEvery - 1;
    const isLarge = sizeOf(place.corners).width >= limits.minWidthPx;
    return {
      place,
      isWanted: isDue && isLarge,
      rank: place.box[2] * place.score * (framesUnread + 1),
    };
  });
  return new Set(
    ranked
      .filter(({ isWanted }) => isWanted)
      .sort((a, b) => b.rank - a.rank)
      .slice(0, most)
      .map(({ place }) => place),
  );
}
