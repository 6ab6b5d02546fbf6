import { munkres } from 'munkres';
import { overlap } from '../reading/find-plates.ts';
import type { FoundPlate } from '../reading/plate-read.ts';
import { textLikeness } from './text-likeness.ts';
import { contradicts, type Track } from './track.ts';

/** Cost of an impossible pair. */
const never = 1000;
/** How far a plate may be from its predicted place, in plate widths, and how much more per second unseen. */
const reachOfTrack = { atOnce: 1.5, perS: 1.5 };
/** The same for a track seen once or twice, whose motion is unknown. */
const reachOfNewTrack = { atOnce: 2.5, perS: 4 };
/** The same text may be this much further away. */
const reachOfSameText = 4;
const sameTextFrom = 0.8;
/** After a longer gap, only the same text or exactly the same place identifies the plate. */
const longGapS = 0.7;
const samePlace = 0.3;
/** How much a plate may grow or shrink at once, and over time. */
const widthRatio = { atOnce: 1.4, perS: 3, most: 2.2 };

/**
 * Assigns the plates of a frame to tracks, by overlap with the predicted place, distance and text; all pairs are
 * weighed together (assignment by Kuhn and Munkres). Returns for each plate the index of its track, or null.
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
    if ((costs[plate]?.[track] ?? never) < never) owners[plate] = track;
  }
  return owners;
}

function costOf(track: Track, plate: FoundPlate, takenAtMs: number): number {
  if (contradicts(plate, track)) return never;
  const expected = track.path.predict(takenAtMs);
  const { box } = plate.read;
  const ratio = Math.max(box[2] / expected[2], expected[2] / box[2]);
  const aheadS = Math.max(0, takenAtMs - track.lastSeenMs) / 1000;
  const growth = Math.min(widthRatio.most, widthRatio.atOnce + widthRatio.perS * aheadS);
  if (ratio > growth) return never;
  const away =
    Math.hypot(
      box[0] + box[2] / 2 - expected[0] - expected[2] / 2,
      box[1] + box[3] / 2 - expected[1] - expected[3] / 2,
    ) / Math.max(box[2], expected[2]);
  const { atOnce, perS } = track.seenCount < 3 ? reachOfNewTrack : reachOfTrack;
  const reach = atOnce + perS * aheadS;
  const likeness = textLikeness(plate.read.plate, track.leaning?.plate ?? '');
  const sure = Math.min(plate.read.confidence, track.leaning?.confidence ?? 0);
  const sameText = likeness >= sameTextFrom && sure >= 0.3;
  if (away > reach * (sameText ? reachOfSameText : 1)) return never;
  const isLongGone = aheadS > longGapS && overlap(track.path.lastBox, box) < samePlace;
  if (isLongGone && !sameText) return never;
  const place = 0.5 * overlap(expected, box) + 0.3 * Math.max(0, 1 - away / reach);
  return 1 - place - sure * (likeness - 0.5);
}
