import {
  characterProbabilities,
  greedyClasses,
  likelyTexts,
  type StepProbabilities,
  textProbability,
} from './ctc.ts';
import type { Alternative, PlateRead } from './plate-read.ts';
import { hasSerialFormat, type TextWeight, weighed } from './region-formats.ts';

/** Beam width: texts followed in each crop. */
const beamWidth = 12;
const maxAlternatives = 10;
/** Alternatives less probable than this are noise (PRA-1). */
const minAlternative = 0.001;
/** A candidate without a usual serial format is ranked as if half as probable. */
const oddFormat = 0.5;

/** The combined result of the crops of one plate. */
export type DecodedPlate = Pick<
  PlateRead,
  'plate' | 'confidence' | 'characters' | 'alternatives' | 'state'
>;

/** The issuing state of one plate: a probability for each label, averaged over its crops. */
export interface StateProbabilities {
  labels: readonly string[];
  values: ArrayLike<number>;
  /** Minimum probability at which the state is reported. */
  least: number;
}

/**
 * Reads one plate from several crops of it. The score of a text is the mean over the crops of the square roots of its
 * exact CTC probabilities, squared: a text that every crop finds possible ranks before one that only one crop finds
 * probable. Its probability is its share among all candidates; the most probable is the read, and its probability is
 * the confidence. (Crops kept out of training, and others, are read as well as with the plain mean, and the confidence
 * is more useful: at equal precision 2 to 7 in 100 more plates are reported.) The other candidates follow by
 * probability, usual serial formats first among near equals: that only ranks, it never changes the read (rule 4).
 *
 * @param weightOf weights the candidates by the formats of the configured regions before the most probable is chosen:
 *   only among texts that the crops themselves make possible, so nothing is rewritten
 */
export function decodePlate(
  crops: readonly StepProbabilities[],
  alphabet: string,
  state: StateProbabilities | null,
  weightOf: TextWeight | null = null,
): DecodedPlate {
  const spell = (classes: readonly number[]) => classes.map((k) => alphabet[k - 1]).join('');
  const candidates = new Map<string, readonly number[]>();
  for (const crop of crops) {
    for (const text of [greedyClasses(crop), ...likelyTexts(crop, beamWidth)]) {
      candidates.set(spell(text), text);
    }
  }
  const scored = [...candidates].map(([plate, classes]) => ({
    plate,
    classes,
    score: mean(crops.map((crop) => Math.sqrt(textProbability(crop, classes)))) ** 2,
  }));
  const total = scored.reduce((sum, { score }) => sum + score, 0);
  const shares = scored.map(({ score, ...text }) => ({
    ...text,
    p: total > 0 ? score / total : 0,
  }));
  const ranked = weighed(shares, weightOf).sort((a, b) => b.p - a.p);
  const [best, ...others] = ranked;
  if (!best) return { plate: '', confidence: 0, characters: [], alternatives: [], state: null };
  const sure = crops.map((crop) => characterProbabilities(crop, best.classes));
  return {
    plate: best.plate,
    confidence: probability(best.p),
    characters: [...best.plate].map((char, index) => ({
      char,
      p: probability(mean(sure.map((crop) => crop[index] ?? 0))),
    })),
    alternatives: rankAlternatives(others, weightOf !== null),
    state: state && likeliestState(state),
  };
}

/** `isWeighed`: formats are in the probabilities already. */
function rankAlternatives(candidates: Alternative[], isWeighed: boolean): Alternative[] {
  const rank = ({ plate, p }: Alternative) =>
    isWeighed || hasSerialFormat(plate) ? p : p * oddFormat;
  return candidates
    .filter(({ plate, p }) => plate !== '' && p >= minAlternative)
    .sort((a, b) => rank(b) - rank(a))
    .slice(0, maxAlternatives)
    .map(({ plate, p }) => ({ plate, p: probability(p) }));
}

/** The most probable label; null if that is improbable, or if it means that the state is unknown. */
function likeliestState({ labels, values, least }: StateProbabilities): PlateRead['state'] {
  let best = 0;
  for (let i = 1; i < labels.length; i++) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  const code = labels[best];
  const p = probability(values[best] ?? 0);
  return code === undefined || code === 'unknown' || p < least ? null : { code, p };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Rounding in float32 can give slightly more than 1. */
function probability(p: number): number {
  return Math.round(Math.min(1, Math.max(0, p)) * 10_000) / 10_000;
}
