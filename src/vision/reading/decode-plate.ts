import {
  characterProbabilities,
  greedyClasses,
  likelyTexts,
  type StepProbabilities,
  textProbability,
} from './ctc.ts';
import type { Alternative, PlateRead } from './plate-read.ts';
import { hasSerialFormat } from './serial-formats.ts';

/** Texts followed in each crop. */
const BEAM_WIDTH = 12;
const MAX_ALTERNATIVES = 10;
/** Alternatives less likely than this are noise (PRA-1). */
const LEAST_ALTERNATIVE = 0.001;
/** A candidate without a usual serial format ranks as if it were half as likely. */
const ODD_FORMAT = 0.5;

/** What the crops of one plate say together. */
export type DecodedPlate = Pick<
  PlateRead,
  'plate' | 'confidence' | 'characters' | 'alternatives' | 'state'
>;

/** The issuing state of one plate: a probability for each label, averaged over its crops. */
export interface StateProbabilities {
  labels: readonly string[];
  values: ArrayLike<number>;
  /** The least probability to tell it at. */
  least: number;
}

/**
 * Reads one plate from several crops of it. What speaks for a text is the mean over the crops of the roots of its
 * exact CTC probabilities, squared: a text that every crop finds possible stands before one that a single crop is
 * sure of. Its probability is its share among all candidates; the likeliest is what was read, and its
 * probability is the confidence. (Crops kept out of training, and others, are read as well as by the plain mean, and
 * the confidence says more: at equal precision 2 to 7 in 100 more plates are given.) The other candidates follow
 * in the order of their probability, usual serial formats first among near equals: that ranks, it never changes
 * what was read (rule 4).
 */
export function decodePlate(
  crops: readonly StepProbabilities[],
  alphabet: string,
  state: StateProbabilities | null,
): DecodedPlate {
  const spell = (classes: readonly number[]) => classes.map((k) => alphabet[k - 1]).join('');
  const candidates = new Map<string, readonly number[]>();
  for (const crop of crops) {
    for (const text of [greedyClasses(crop), ...likelyTexts(crop, BEAM_WIDTH)]) {
      candidates.set(spell(text), text);
    }
  }
  const weighed = [...candidates].map(([plate, classes]) => ({
    plate,
    classes,
    weight: mean(crops.map((crop) => Math.sqrt(textProbability(crop, classes)))) ** 2,
  }));
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const ranked = weighed
    .map(({ weight, ...text }) => ({ ...text, p: total > 0 ? weight / total : 0 }))
    .sort((a, b) => b.p - a.p);
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
    alternatives: rankAlternatives(others),
    state: state && likeliestState(state),
  };
}

function rankAlternatives(candidates: Alternative[]): Alternative[] {
  const rank = ({ plate, p }: Alternative) => p * (hasSerialFormat(plate) ? 1 : ODD_FORMAT);
  return candidates
    .filter(({ plate, p }) => plate !== '' && p >= LEAST_ALTERNATIVE)
    .sort((a, b) => rank(b) - rank(a))
    .slice(0, MAX_ALTERNATIVES)
    .map(({ plate, p }) => ({ plate, p: probability(p) }));
}

/** The likeliest label; null when that is unlikely, or that the state cannot be told. */
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

/** Rounding in float32 can end a hair above 1. */
function probability(p: number): number {
  return Math.round(Math.min(1, Math.max(0, p)) * 10_000) / 10_000;
}
