import type { DecodedPlate } from './decode-plate.ts';
import type { Alternative } from './plate-read.ts';
import type { Margins } from './rectify.ts';

/** Each row is cut out with this share of the crop's height of the other row, so that no character is cut. */
const beyondTheSplit = 0.03;
const maxAlternatives = 10;
/** As for the texts of one row: less probable ones are noise (PRA-1). */
const minAlternative = 0.001;

/** Converts where the rows divide from a share of the crop's height to one of the plate's height, both from the top. */
export function splitOfPlate(split: number, { top, bottom }: Margins): number {
  return split * (1 + top + bottom) - top;
}

/** The margins for the upper and the lower row of a crop with `margins`; `split` as a share of the plate. */
export function rowMargins(margins: Margins, split: number): { upper: Margins; lower: Margins } {
  const beyond = beyondTheSplit * (1 + margins.top + margins.bottom);
  return {
    upper: { ...margins, bottom: split + beyond - 1 },
    lower: { ...margins, top: beyond - split },
  };
}

/**
 * Joins two separately read rows to one text, upper first: characters keep their probabilities, a text has the product
 * of those of its rows. Null if a row is empty. The state comes from the whole plate.
 */
export function joinRows(upper: DecodedPlate, lower: DecodedPlate): DecodedPlate | null {
  if (upper.plate === '' || lower.plate === '') return null;
  const texts = ({ plate, confidence, alternatives }: DecodedPlate): Alternative[] => [
    { plate, p: confidence },
    ...alternatives,
  ];
  const joined = texts(upper).flatMap((above) =>
    texts(lower).map((below) => ({ plate: above.plate + below.plate, p: above.p * below.p })),
  );
  return {
    plate: upper.plate + lower.plate,
    confidence: upper.confidence * lower.confidence,
    characters: [...upper.characters, ...lower.characters],
    alternatives: ranked(joined.slice(1)),
    state: null,
  };
}

/**
 * Decides how to read a plate that has two rows with probability `p`: the two rows separately, or the whole as one row.
 * The weight of each way is its probability times the confidence of its text; the heavier is the read, and its texts
 * keep the share of their way. The other way's text is kept among the alternatives.
 */
export function chooseRows(one: DecodedPlate, two: DecodedPlate | null, p: number): DecodedPlate {
  if (!two) return one;
  const [weightOfOne, weightOfTwo] = [(1 - p) * one.confidence, p * two.confidence];
  const total = weightOfOne + weightOfTwo;
  const shareOfTwo = total > 0 ? weightOfTwo / total : p;
  const [taken, left, share] =
    shareOfTwo >= 0.5 ? [two, one, shareOfTwo] : [one, two, 1 - shareOfTwo];
  const others = new Map<string, number>();
  const add = (plate: string, weight: number) => {
    if (plate !== '' && plate !== taken.plate) {
      others.set(plate, (others.get(plate) ?? 0) + weight);
    }
  };
  for (const { plate, p: own } of taken.alternatives) add(plate, own * share);
  add(left.plate, left.confidence * (1 - share));
  return {
    ...taken,
    confidence: taken.confidence * share,
    alternatives: ranked([...others].map(([plate, weight]) => ({ plate, p: weight }))),
    state: one.state,
  };
}

function ranked(texts: readonly Alternative[]): Alternative[] {
  return texts
    .map(({ plate, p }) => ({ plate, p: Math.round(p * 10_000) / 10_000 }))
    .filter(({ p }) => p >= minAlternative)
    .sort((a, b) => b.p - a.p)
    .slice(0, maxAlternatives);
}
