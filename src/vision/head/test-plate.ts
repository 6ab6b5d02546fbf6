import { createRecent } from '../../platform/quantiles.ts';
import { overlap } from '../reading/find-plates.ts';
import { sizeOf } from '../reading/grey-picture.ts';
import { type FoundPlate, withOAs0 } from '../reading/plate-read.ts';
import { textLikeness } from '../tracking/text-likeness.ts';

/** A plate that somebody holds before a camera, to see how well it is read. */
export interface TestPlate {
  /** Of this test: the same plate may be tried twice. */
  id: string;
  /** 0-9A-Z. */
  plate: string;
}

/** How well a test plate was read so far. */
export interface TestVerdict {
  id: string;
  /** Frames in which it was found. */
  found: number;
  /** Those in which it counted as read, and as what was typed (O as 0). */
  right: number;
  /** Of those that were right: probability that the whole plate is, 0 to 1; null without any. */
  medianConfidence: number | null;
  /** Of all in which it was found, px; null without any. */
  medianWidthPx: number | null;
}

/** Counts the frames of one test. */
export interface TestCount {
  add(plates: readonly FoundPlate[]): void;
  verdict(): TestVerdict;
}

/** A text as similar as this is a read of the test plate, however wrong. */
const sameText = 0.5;
/** Else it is the plate that covers so much of where the test plate was last. */
const samePlace = 0.3;
const kept = 600;

export function createTestCount({ id, plate }: TestPlate): TestCount {
  const confidences = createRecent(kept);
  const widths = createRecent(kept);
  let found = 0;
  let right = 0;
  let lastBox: FoundPlate['read']['box'] | null = null;

  /** Which of the plates in a frame is held there; undefined where none is. */
  const heldAmong = (plates: readonly FoundPlate[]): FoundPlate | undefined => {
    const alike = plates
      .map((each) => ({ each, likeness: textLikeness(each.read.plate, plate) }))
      .filter(({ likeness }) => likeness >= sameText)
      .sort((a, b) => b.likeness - a.likeness);
    return (
      alike[0]?.each ??
      plates.find(({ read }) => lastBox !== null && overlap(read.box, lastBox) >= samePlace)
    );
  };

  return {
    add(plates) {
      const held = heldAmong(plates.filter(({ passedOver }) => passedOver !== true));
      if (held === undefined) return;
      lastBox = held.read.box;
      found += 1;
      widths.add(sizeOf(held.read.corners).width);
      if (held.unread !== null || withOAs0(held.read.plate) !== withOAs0(plate)) return;
      right += 1;
      confidences.add(held.read.confidence);
    },
    verdict: () => ({
      id,
      found,
      right,
      medianConfidence: confidences.quantile(0.5),
      medianWidthPx: widths.quantile(0.5),
    }),
  };
}
