import { overlap } from '../../src/vision/reading/find-plates.ts';
import { type FoundPlate, withOAs0 } from '../../src/vision/reading/plate-read.ts';
import { type Box, clean, type Label, type Sample, type Yardstick } from './yardsticks.ts';

/** What became of one labelled plate. */
export interface PlateVerdict {
  label: Label;
  /** A box overlaps the label's by half (IoU 0.5). */
  found: boolean;
  /** A box holds the centre of the label. */
  covered: boolean;
  /** Some read of the picture is the text, however sure; the same with O as 0; among ten candidates. */
  exact: boolean;
  folded: boolean;
  topTen: boolean;
  /** The surest read of the picture, those that count as read before the others, is the text, O as 0. */
  best: boolean;
  /** The read of this very plate that counts as read, O as 0; null where none does. */
  given: 'right' | 'wrong' | null;
  /** The same against what the picture shows, where the label is known to be wrong. */
  givenSeen: 'right' | 'wrong' | null;
  /** The state reported for this plate; null if it is unknown or none is reported. */
  state: 'right' | 'wrong' | null;
}

/** What became of one picture. */
export interface PictureVerdict {
  sample: Sample;
  found: FoundPlate[];
  plates: PlateVerdict[];
  /** Texts that count as read and touch no label. */
  falseReads: number;
  ms: number;
}

/** Letter O and digit 0 taken as one. */
const folded = (text: string) => withOAs0(clean(text));

const isRead = ({ unread, read }: FoundPlate) => unread === null && read.plate !== '';

/** Whether a box holds the centre of a label. */
export function covers(box: Box, label: Box): boolean {
  const x = label[0] + label[2] / 2;
  const y = label[1] + label[3] / 2;
  return box[0] <= x && x <= box[0] + box[2] && box[1] <= y && y <= box[1] + box[3];
}

/** Compares what was found in a picture with what it shows. */
export function judge(
  sample: Sample,
  found: FoundPlate[],
  kind: Yardstick['kind'],
): Omit<PictureVerdict, 'ms'> {
  const surest = [...found].sort(
    (a, b) => Number(isRead(b)) - Number(isRead(a)) || b.read.confidence - a.read.confidence,
  )[0];
  const plates = sample.labels.map((label): PlateVerdict => {
    const text = label.text ?? '';
    const own = found.filter(({ read }) => kind !== 'scenes' || covers(read.box, label.box));
    const among = (candidates: readonly string[], truth = text) =>
      truth !== '' && candidates.some((candidate) => folded(candidate) === folded(truth));
    const given = own.filter(isRead).map(({ read }) => read.plate);
    const states = own.flatMap(({ read }) => read.state?.code ?? []);
    return {
      label,
      found: found.some(({ read }) => overlap(read.box, label.box) >= 0.5),
      covered: own.length > 0,
      exact: text !== '' && found.some(({ read }) => clean(read.plate) === text),
      folded: among(found.map(({ read }) => read.plate)),
      topTen: among(
        found.flatMap(({ read }) => [
          read.plate,
          ...read.alternatives.slice(0, 9).map(({ plate }) => plate),
        ]),
      ),
      best: surest !== undefined && among([surest.read.plate]),
      given: text === '' || given.length === 0 ? null : oneOf(among(given)),
      givenSeen: text === '' || given.length === 0 ? null : oneOf(among(given, label.seen ?? text)),
      state: !label.state || states.length === 0 ? null : oneOf(states.includes(label.state)),
    };
  });
  const falseReads = found.filter(
    (plate) =>
      (kind === 'scenes' || sample.labels.length === 0) &&
      isRead(plate) &&
      sample.labels.every(({ box }) => overlap(plate.read.box, box) === 0),
  ).length;
  return { sample, found, plates, falseReads };
}

const oneOf = (right: boolean) => (right ? 'right' : 'wrong');

/**
 * How bad a picture's outcome is, 0 where nothing is wrong: a sure wrong text is worst, then a text where none
 * is, then a plate not found, then one that was found and not read.
 */
export function badness({ plates, found, falseReads }: PictureVerdict): number {
  const sure = Math.max(0, ...found.filter(isRead).map(({ read }) => read.confidence));
  if (plates.some(({ given }) => given === 'wrong')) return 3 + sure;
  if (falseReads > 0) return 2 + sure;
  if (plates.some((plate) => !plate.covered)) return 1.5;
  const open = plates.filter((plate) => plate.label.text !== null && !plate.folded);
  return open.length > 0 ? 1 : 0;
}
