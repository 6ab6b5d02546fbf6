import { munkres } from 'munkres';
import { overlap } from '../reading/find-plates.ts';
import type { FoundPlate } from '../reading/plate-read.ts';
import { textLikeness } from './text-likeness.ts';
import { contradicts, type Track } from './track.ts';

/** Cost of a pair that must not be. */
const NEVER = 1000;
/** How far a plate may be from where it was expected, in plate widths, and how much more each second unseen. */
const REACH = { atOnce: 1.5, perS: 1.5 };
/** The same for a track seen once or twice, whose motion is not known. */
const REACH_OF_NEW_TRACK = { atOnce: 2.5, perS: 4 };
/** The same text may be this much further away. */
const REACH_OF_SAME_TEXT = 4;
const SAME_TEXT = 0.8;
/** Unseen for longer, only the same text or the very same place says that it is the same plate. */
const LONG_GAP_S = 0.7;
const SAME_PLACE = 0.3;
/** How much a plate may grow or shrink at once, and after some time. */
const WIDTH_RATIO = { atOnce: 1.4, perS: 3, most: 2.2 };

/**
 * Which plate of a frame belongs to which track: overlap with where the track was expected, distance and the
 * texts, all pairs weighed against each other (assignment by Kuhn and Munkres). Returns for each plate the
 * index of its track, or null.
 */
export function associate(
  tracks: readonly Track[],
  plates: readonly FoundPlate[],
  takenAtMs: number,
): (number | null)[] {
  if (tracks.length === 0 || plates.length === 0) return plates.map(() => null);
  const costs = plates.map((plate) => tracks.map((track) => costOf(track, plate, takenAtMs)));
  const owners: (number | null)[] = plates.map(() => null);
  for (const [plate, track] of munkres(costs)) {
    if ((costs[plate]?.[track] ?? NEVER) < NEVER) owners[plate] = track;
  }
  return owners;
}

function costOf(track: Track, plate: FoundPlate, takenAtMs: number): number {
  if (contradicts(plate, track)) return NEVER;
  const expected = track.path.predict(takenAtMs);
  const { box } = plate.read;
  const ratio = Math.max(box[2] / expected[2], expected[2] / box[2]);
  const aheadS = Math.max(0, takenAtMs - track.lastSeenMs) / 1000;
  const growth = Math.min(WIDTH_RATIO.most, WIDTH_RATIO.atOnce + WIDTH_RATIO.perS * aheadS);
  if (ratio > growth) return NEVER;
  const away =
    Math.hypot(
      box[0] + box[2] / 2 - expected[0] - expected[2] / 2,
      box[1] + box[3] / 2 - expected[1] - expected[3] / 2,
    ) / Math.max(box[2], expected[2]);
  const { atOnce, perS } = track.seenCount < 3 ? REACH_OF_NEW_TRACK : REACH;
  const reach = atOnce + perS * aheadS;
  const likeness = textLikeness(plate.read.plate, track.leaning);
  const sure = Math.min(plate.read.confidence, track.leaningConfidence);
  const sameText = likeness >= SAME_TEXT && sure >= 0.3;
  if (away > reach * (sameText ? REACH_OF_SAME_TEXT : 1)) return NEVER;
  const isLongGone = aheadS > LONG_GAP_S && overlap(track.path.lastBox, box) < SAME_PLACE;
  if (isLongGone && !sameText) return NEVER;
  const place = 0.5 * overlap(expected, box) + 0.3 * Math.max(0, 1 - away / reach);
  return 1 - place - sure * (likeness - 0.5);
}
