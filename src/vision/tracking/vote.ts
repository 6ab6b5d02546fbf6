import { type Corners, sizeOf } from '../reading/grey-picture.ts';
import type { Alternative, FoundPlate } from '../reading/plate-read.ts';
import { type TextWeight, weighed } from '../reading/region-formats.ts';
import { longestPlate } from '../reading/text-length.ts';
import type { Consensus } from './track-report.ts';

/**
 * The running vote over the reads of one vehicle (PRA-1): length first, then for each position the sum of
 * log-probabilities, weighted by plate height, sharpness and confidence. It ranks the texts that were read; it never
 * creates a text that no frame gave (rule 4).
 */
export interface Vote {
  add(plate: FoundPlate): void;
  /** Adds the votes of another track of the same vehicle. */
  addAll(other: Vote): void;
  /** The best text so far; null if no frame gave one. */
  consensus(maxAlternatives: number): Consensus | null;
  /**
   * Whether there are enough reads of this text to believe it: `agreeingReads` that count as read, or one as sure as
   * `strongReadAt`. Reads that split between texts agree too, if one that counts as read has this text, and the surest of
   * them find it more probable than not, or agree as probably as reads do that only just count and have one text; then
   * the vote has chosen between their texts.
   */
  believes(text: string, rule: { agreeingReads: number; strongReadAt: number }): boolean;
  readonly tallies: Tallies;
}

interface LengthTally {
  /** Weight of the reads for this length. */
  weight: number;
  /** Weighted log-probabilities, position × character. */
  logs: Float64Array;
}

interface TextTally {
  weight: number;
  /** Frames in which this was the most probable text. */
  firstChoices: number;
  /** Those of them that count as read. */
  accepted: number;
  /** The best confidence among those that count as read. */
  strongest: number;
  /** Probabilities that the surest reads give it, first choice or not, largest first; half of them unless they count as read. */
  supports: number[];
}

interface Tallies {
  reads: number;
  lengths: Map<number, LengthTally>;
  texts: Map<string, TextTally>;
  states: Map<string, number>;
  stateWeight: number;
}

const characters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Most texts kept for ranking; the least supported are dropped first. */
const maxTexts = 64;
/** Reads that can agree on a text with their probabilities. */
const maxSupports = 8;
/** With this share from each of the agreeing reads, in the geometric mean, no other text is as probable to them all. */
const agreeOnThisAt = 0.5;
/** The share that reads which only just count give their text (the recogniser's `readAt`). */
const agreeOnAnyAt = 0.66;
/** A length with a smaller share of a read's probability is left out of that read's vote. */
const minLengthShare = 0.05;
/** A state that the reads together make less probable than this is not reported. */
const minState = 0.3;
/** PRA-1: alternatives with at least this probability are kept. */
const minAlternative = 0.01;

/** Whether a plate found in a frame has a text to vote with. */
export function hasVote({ read, unread }: FoundPlate): boolean {
  return read.plate !== '' && unread !== 'too_small' && unread !== 'no_contrast';
}

/** Weight of one read: larger, sharper and more certain plates count for more. */
function weightOf({ read, sharpness }: FoundPlate): number {
  const height = sizeOf(read.corners satisfies Corners).height;
  const byHeight = Math.min(2, Math.max(0.2, height / 25));
  const bySharpness = Math.min(1.5, Math.max(0.2, Math.sqrt(Math.max(0, sharpness)) / 50));
  return byHeight * bySharpness * Math.max(0.05, read.confidence);
}

/** Frames of one vehicle resemble each other: many reads count as a few independent ones. */
function independentReads(reads: number): number {
  return Math.min(3, 1 + Math.log2(Math.max(1, reads)) / 2);
}

/**
 * Starts an empty vote. `regionWeight`: how the reads weight texts by the formats of the configured regions. The vote takes
 * that back out of each read and applies it once, since what a region's plates look like is known once, however many
 * frames there are.
 */
export function createVote(regionWeight: TextWeight | null = null): Vote {
  const tallies: Tallies = {
    reads: 0,
    lengths: new Map(),
    texts: new Map(),
    states: new Map(),
    stateWeight: 0,
  };
  const { lengths, texts, states } = tallies;
  const unweighed = regionWeight && ((text: string) => 1 / regionWeight(text));

  const addLogs = (candidates: Alternative[], length: number, weight: number, doubt: number) => {
    const mass = candidates.reduce((sum, { p }) => sum + p, 0);
    const tally = lengthTally(lengths, length);
    tally.weight += weight * mass;
    for (let i = 0; i < length; i++) {
      const p = new Float64Array(characters.length).fill(doubt / characters.length);
      for (const { plate, p: share } of candidates) {
        const k = characters.indexOf(plate[i] as string);
        if (k >= 0) p[k] = (p[k] as number) + ((1 - doubt) * share) / mass;
      }
      for (let k = 0; k < p.length; k++) {
        const at = i * characters.length + k;
        tally.logs[at] = (tally.logs[at] as number) + weight * mass * Math.log(p[k] as number);
      }
    }
  };

  /** Posterior of each character at each position of a text of a known length. */
  const positions = (text: string): number[] | null => {
    const tally = lengths.get(text.length);
    if (!tally || tally.weight === 0) return null;
    const power = independentReads(tallies.reads) / tally.weight;
    return [...text].map((char, i) => {
      const row = tally.logs.subarray(i * characters.length, (i + 1) * characters.length);
      const top = row.reduce((a, b) => Math.max(a, b));
      const sum = row.reduce((total, value) => total + Math.exp((value - top) * power), 0);
      const own = row[characters.indexOf(char)] ?? Number.NEGATIVE_INFINITY;
      return Math.exp((own - top) * power) / sum;
    });
  };

  return {
    tallies,
    add(plate) {
      if (!hasVote(plate) || plate.read.plate.length > longestPlate) return;
      const { read, unread, isWeighed } = plate;
      const weight = weightOf(plate);
      const stated = [{ plate: read.plate, p: read.confidence }, ...read.alternatives].filter(
        (candidate) => candidate.p > 0 && candidate.plate.length <= longestPlate,
      );
      const candidates = weighed(stated, isWeighed ? unweighed : null);
      const known = candidates.reduce((sum, { p }) => sum + p, 0);
      const doubt = Math.min(0.5, Math.max(0.02, 1 - known));
      tallies.reads += 1;
      for (const length of new Set(candidates.map((candidate) => candidate.plate.length))) {
        const sameLength = candidates.filter((candidate) => candidate.plate.length === length);
        const share = sameLength.reduce((sum, { p }) => sum + p, 0) / Math.max(known, 1e-9);
        if (length === read.plate.length || share >= minLengthShare) {
          addLogs(sameLength, length, weight, doubt);
        }
      }
      for (const { plate: text, p } of candidates) textTally(texts, text).weight += weight * p;
      for (const { plate: text, p } of stated) {
        addSupports(textTally(texts, text), [unread === null ? p : p / 2]);
      }
      const own = textTally(texts, read.plate);
      own.firstChoices += 1;
      // Without the formats another text may have been the first: the vote may prefer it again.
      const bare = candidates.reduce((best, each) => (each.p > best.p ? each : best));
      if (bare.plate !== read.plate) textTally(texts, bare.plate).firstChoices += 1;
      if (unread === null) {
        own.accepted += 1;
        own.strongest = Math.max(own.strongest, read.confidence);
      }
      if (read.state) {
        const { code, p } = read.state;
        states.set(code, (states.get(code) ?? 0) + weight * p);
      }
      tallies.stateWeight += weight;
      forgetWeakest(texts);
    },
    addAll({ tallies: other }) {
      tallies.reads += other.reads;
      tallies.stateWeight += other.stateWeight;
      for (const [length, { weight, logs }] of other.lengths) {
        const tally = lengthTally(lengths, length);
        tally.weight += weight;
        logs.forEach((value, i) => {
          tally.logs[i] = (tally.logs[i] as number) + value;
        });
      }
      for (const [text, more] of other.texts) {
        const tally = textTally(texts, text);
        tally.weight += more.weight;
        tally.firstChoices += more.firstChoices;
        tally.accepted += more.accepted;
        tally.strongest = Math.max(tally.strongest, more.strongest);
        addSupports(tally, more.supports);
      }
      for (const [code, weight] of other.states) {
        states.set(code, (states.get(code) ?? 0) + weight);
      }
      forgetWeakest(texts);
    },
    consensus(maxAlternatives) {
      const total = [...lengths.values()].reduce((sum, { weight }) => sum + weight, 0);
      const possible = [...texts].map(([plate, tally]) => {
        const sure = positions(plate) ?? [];
        const lengthShare = (lengths.get(plate.length)?.weight ?? 0) / Math.max(total, 1e-9);
        const p = sure.length > 0 ? sure.reduce((product, x) => product * x, lengthShare) : 0;
        return { plate, tally, sure, p };
      });
      const ranked = weighed(possible, regionWeight).sort(
        (a, b) => b.p - a.p || b.tally.weight - a.tally.weight,
      );
      const best = ranked.find(({ tally }) => tally.firstChoices > 0);
      if (!best) return null;
      return {
        plate: best.plate,
        confidence: clamp(best.p),
        characters: [...best.plate].map((char, i) => ({ char, p: clamp(best.sure[i] ?? 0) })),
        alternatives: ranked
          .filter((other) => other !== best && other.p >= minAlternative)
          .slice(0, maxAlternatives)
          .map(({ plate, p }) => ({ plate, p: clamp(p) })),
        state: likeliestState(tallies),
        readCount: tallies.reads,
        agreeCount: best.tally.accepted,
      };
    },
    believes(text, { agreeingReads, strongReadAt }) {
      const tally = texts.get(text);
      if (tally === undefined || tally.accepted === 0) return false;
      if (tally.accepted >= agreeingReads || tally.strongest >= strongReadAt) return true;
      if (agreement(tally, agreeingReads) >= agreeOnThisAt ** agreeingReads) return true;
      const onAny = [...texts.values()].reduce((sum, t) => sum + agreement(t, agreeingReads), 0);
      return onAny >= agreeOnAnyAt ** agreeingReads;
    },
  };
}

function lengthTally(lengths: Map<number, LengthTally>, length: number): LengthTally {
  let tally = lengths.get(length);
  if (!tally) {
    tally = { weight: 0, logs: new Float64Array(length * characters.length) };
    lengths.set(length, tally);
  }
  return tally;
}

function textTally(texts: Map<string, TextTally>, text: string): TextTally {
  let tally = texts.get(text);
  if (!tally) {
    tally = { weight: 0, firstChoices: 0, accepted: 0, strongest: 0, supports: [] };
    texts.set(text, tally);
  }
  return tally;
}

/** Probability that so many of the surest reads of a text, each by itself, show it; 0 if fewer give it. */
function agreement({ supports }: TextTally, reads: number): number {
  if (supports.length < reads) return 0;
  return supports.slice(0, reads).reduce((product, p) => product * p, 1);
}

function addSupports(tally: TextTally, more: readonly number[]): void {
  tally.supports = [...tally.supports, ...more].sort((a, b) => b - a).slice(0, maxSupports);
}

function forgetWeakest(texts: Map<string, TextTally>): void {
  if (texts.size <= maxTexts) return;
  const byWeight = [...texts].sort(([, a], [, b]) => a.weight - b.weight);
  for (const [text] of byWeight.slice(0, texts.size - maxTexts)) texts.delete(text);
}

function likeliestState({ states, stateWeight }: Tallies): Consensus['state'] {
  const [best] = [...states].sort(([, a], [, b]) => b - a);
  if (!best || best[1] / stateWeight < minState) return null;
  return { code: best[0], p: clamp(best[1] / stateWeight) };
}

function clamp(p: number): number {
  return Math.round(Math.min(1, Math.max(0, p)) * 10_000) / 10_000;
}
