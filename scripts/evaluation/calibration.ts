import type { RecognisedCrop, Recogniser } from '../../src/vision/reading/models.ts';
import { withOAs0 } from '../../src/vision/reading/plate-read.ts';
import type { PictureVerdict } from './judge.ts';

/** A stated probability, and whether what it was stated of is right. */
export interface Claim {
  p: number;
  right: boolean;
}

/** The claims whose probability falls into one of ten equal parts. */
export interface Bin {
  n: number;
  /** Mean stated probability and share that is right; 0 where n is. */
  stated: number;
  right: number;
}

const binCount = 10;

/** Claims by their probability, in tenths. */
export function reliability(claims: readonly Claim[]): Bin[] {
  return Array.from({ length: binCount }, (_, i) => {
    const own = claims.filter(({ p }) => Math.min(binCount - 1, Math.floor(p * binCount)) === i);
    const n = own.length;
    const mean = (of: (claim: Claim) => number) =>
      n === 0 ? 0 : own.reduce((sum, claim) => sum + of(claim), 0) / n;
    return { n, stated: mean(({ p }) => p), right: mean(({ right }) => Number(right)) };
  });
}

/** Expected calibration error: the mean gap between stated and right over the bins, weighted by their claims. */
export function calibrationError(bins: readonly Bin[]): number {
  const total = bins.reduce((sum, { n }) => sum + n, 0);
  return bins.reduce(
    (sum, { n, stated, right }) => sum + (n / total) * Math.abs(stated - right),
    0,
  );
}

/**
 * Which characters of a read are right: those that the cheapest alignment with the truth (Levenshtein) pairs with
 * the same character, O as 0. What the read lacks says nothing of the characters that it has.
 */
export function rightCharacters(read: string, truth: string): boolean[] {
  const [a, b] = [withOAs0(read), withOAs0(truth)];
  const costs = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const cost = (i: number, j: number) => costs[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const paired = cost(i - 1, j - 1) + Number(a[i - 1] !== b[j - 1]);
      const row = costs[i];
      if (row) row[j] = Math.min(paired, cost(i - 1, j) + 1, cost(i, j - 1) + 1);
    }
  }
  const right = new Array<boolean>(a.length).fill(false);
  let [i, j] = [a.length, b.length];
  while (i > 0 && j > 0) {
    const same = a[i - 1] === b[j - 1];
    if (cost(i, j) === cost(i - 1, j - 1) + Number(!same)) {
      right[i - 1] = same;
      i -= 1;
      j -= 1;
    } else if (cost(i, j) === cost(i - 1, j) + 1) i -= 1;
    else j -= 1;
  }
  return right;
}

/** What the reads of crop sets claim of their characters and of whole plates. */
export function claimsOf(verdicts: readonly PictureVerdict[]): {
  characters: Claim[];
  plates: Claim[];
} {
  const characters: Claim[] = [];
  const plates: Claim[] = [];
  for (const { found, plates: labelled } of verdicts) {
    const [truth, read] = [labelled[0]?.label.text, found[0]?.read];
    if (!truth || !read || read.plate === '') continue;
    const right = rightCharacters(read.plate, truth);
    read.characters.forEach(({ p }, i) => {
      characters.push({ p, right: right[i] ?? false });
    });
    plates.push({ p: read.confidence, right: withOAs0(read.plate) === withOAs0(truth) });
  }
  return { characters, plates };
}

/**
 * The recogniser as if its graph had the temperature 1: with `t` inside, probabilities are those of logits / t, so
 * that their t-th powers, made to sum to 1, are those of the logits.
 */
export function withoutTemperature(recogniser: Recogniser): Recogniser {
  const { temperature } = recogniser.manifest;
  const undo = ({ characters, ...rest }: RecognisedCrop): RecognisedCrop => {
    const { classes, steps } = characters;
    const values = characters.values.map((p) => p ** temperature);
    for (let step = 0; step < steps; step++) {
      const row = values.subarray(step * classes, (step + 1) * classes);
      const sum = row.reduce((total, p) => total + p, 0);
      row.forEach((p, k) => {
        row[k] = p / sum;
      });
    }
    return { ...rest, characters: { ...characters, values } };
  };
  return {
    ...recogniser,
    run: async (plates, count) => (await recogniser.run(plates, count)).map(undo),
  };
}
