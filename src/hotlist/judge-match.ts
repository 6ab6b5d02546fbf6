import { withOAs0 } from '../vision/reading/plate-read.ts';
import type { HitMatch, MatchQuery } from './hit-match.ts';
import { canonicalKey, normalisePlate } from './plate-text.ts';
import { hasStacked, stackedVariants } from './stacked-characters.ts';
import { normaliseState } from './state-code.ts';

type Difference = HitMatch['differences'][number];

/** A query in the same form as the lists. */
export interface Read {
  plate: string;
  /** The reader's probability of each character; null if it does not fit the plate. */
  characterPs: readonly number[] | null;
  /** Other texts, of any length. */
  others: readonly { plate: string; p: number }[];
  /** The same, those that differ by O and 0 alone summed; by the text with O as 0. */
  possible: ReadonlyMap<string, number>;
  state: { code: string; p: number } | null;
}

/** Converts a query to the form of the lists. */
export function readOf(query: MatchQuery): Read {
  const plate = normalisePlate(query.plate);
  const fits = query.characters.length === plate.length && plate === query.plate;
  const code = query.state === null ? null : normaliseState(query.state.code);
  const others = query.alternatives.map((each) => ({
    plate: normalisePlate(each.plate),
    p: each.p,
  }));
  return {
    plate,
    characterPs: fits ? query.characters.map(({ p }) => p) : null,
    others,
    possible: sumOfTexts(others),
    state: query.state === null || code === null ? null : { code, p: query.state.p },
  };
}

function sumOfTexts(texts: readonly { plate: string; p: number }[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { plate, p } of texts) {
    const text = withOAs0(plate);
    if (text !== '') sums.set(text, Math.min(1, (sums.get(text) ?? 0) + p));
  }
  return sums;
}

/** The keys of all listed plates that `judgePlate` may match: of the read, and of what else the reader holds possible. */
export function candidateKeys({ plate, possible }: Read, nearMinP: number): string[] {
  const likely = [...possible].filter(([, p]) => p >= nearMinP).map(([text]) => text);
  return [...new Set([plate, ...likely].filter((text) => text !== '').map(canonicalKey))];
}

/**
 * Whether a read matches a listed plate (PRA-2): exactly; nearly, where the reader holds the listed text as probable as
 * `nearMinP` (the sum over its candidates, O and 0 as one), or by one confusable character that it considers possible,
 * or by O and 0 alone, which no reader can distinguish on most plates; or not (null). `oIsZero`: the list writes the
 * letter O as zero, so that it treats O and 0 as one letter.
 */
export function judgePlate(
  read: Read,
  listed: string,
  { nearMinP, oIsZero }: { nearMinP: number; oIsZero: boolean },
): { tier: 'exact' | 'near'; differences: Difference[] } | null {
  if (read.plate === listed) return { tier: 'exact', differences: [] };
  if (withOAs0(read.plate) === withOAs0(listed)) {
    return oIsZero
      ? { tier: 'exact', differences: [] }
      : { tier: 'near', differences: differencesOf(read, listed) };
  }
  const p = read.possible.get(withOAs0(listed)) ?? 0;
  if (p >= nearMinP && p > 0) return { tier: 'near', differences: differencesOf(read, listed) };
  return judgeConfusable(read, listed, nearMinP);
}

/** Whether one confusable character that the reader considers possible is all that differs. */
export function judgeConfusable(
  read: Read,
  listed: string,
  nearMinP: number,
): { tier: 'near'; differences: Difference[] } | null {
  if (canonicalKey(read.plate) !== canonicalKey(listed)) return null;
  const positions = [...listed].flatMap((char, at) => (read.plate[at] === char ? [] : [at]));
  const position = positions[0];
  if (position === undefined || positions.length > 1 || read.plate.length !== listed.length) {
    return null;
  }
  const p = possibility(read, position, listed.charAt(position));
  if (p === null || p < nearMinP) return null;
  const difference = {
    position,
    read: read.plate.charAt(position),
    listed: listed.charAt(position),
    p,
  };
  return { tier: 'near', differences: [difference] };
}

/**
 * Whether a listed part of a plate covers a read (PRA-2): the text itself, or texts that the reader together holds as
 * probable as `nearMinP`; null: the text itself only.
 */
export function judgePartial(
  { plate, others }: Read,
  pattern: RegExp,
  nearMinP: number | null,
): JudgedPlate | null {
  const isCovered = plate !== '' && pattern.test(plate);
  if (!isCovered) {
    if (nearMinP === null) return null;
    const p = others.reduce((sum, each) => sum + (pattern.test(each.plate) ? each.p : 0), 0);
    if (p === 0 || p < nearMinP) return null;
  }
  return { tier: 'partial', differences: [] };
}

/** What of a match the characters decide. */
export type JudgedPlate = Pick<HitMatch, 'tier' | 'differences' | 'stacked'>;

/** A read in the texts that it has with and without small stacked characters, by canonical key. */
export type StackedReads = ReadonlyMap<
  string,
  readonly ReturnType<typeof stackedVariants>[number][]
>;

/** The state of a read, if it is certain. */
function certainState(read: Read, certainAt: number): string | null {
  return read.state !== null && read.state.p >= certainAt ? read.state.code : null;
}

/** See `stackedVariants`; a listed plate can match one of them only if it has its key. */
export function stackedReads(read: Read, certainAt: number): StackedReads {
  const variants = stackedVariants(read.plate, certainState(read, certainAt));
  return Map.groupBy(variants, ({ plate }) => canonicalKey(plate));
}

/**
 * Whether a listed plate is the read with or without small stacked characters that plates of its state have: near, and
 * which characters. Null if it is not, or if the states differ. O and 0 are one here.
 */
export function judgeStacked(
  read: Read,
  reads: StackedReads,
  listed: { plate: string; state: string | null },
  certainAt: number,
): JudgedPlate | null {
  if (judgeState(read, listed.state, certainAt) === 'differs') return null;
  const state = listed.state ?? certainState(read, certainAt);
  const found = reads
    .get(canonicalKey(listed.plate))
    ?.find(
      ({ plate, text }) => withOAs0(plate) === withOAs0(listed.plate) && hasStacked(state, text),
    );
  if (found === undefined) return null;
  return { tier: 'near', differences: [], stacked: { text: found.text, in: found.in } };
}

/**
 * Where two plates of the same length differ, with the reader's probability for the listed character; 0 if it has none.
 * None for plates of different lengths: their characters do not stand at the same places.
 */
function differencesOf(read: Read, listed: string): Difference[] {
  if (read.plate.length !== listed.length) return [];
  return [...listed].flatMap((char, position) => {
    const seen = read.plate.charAt(position);
    if (seen === char) return [];
    return [{ position, read: seen, listed: char, p: possibility(read, position, char) ?? 0 }];
  });
}

/**
 * The reader's probability of `char` at `position`: the sum over its alternatives that have it there. If its
 * alternatives do not differ at that position, the probability that it left open there, because the confusable is the
 * most probable other character. Null if they have other characters only, or if there is no figure: a doubt that the
 * reader did not have is not invented.
 */
function possibility(read: Read, position: number, char: string): number | null {
  let sum = 0;
  let spoken = false;
  for (const { plate, p } of read.others) {
    if (plate.length !== read.plate.length || plate === read.plate) continue;
    if (plate[position] === char) sum += p;
    else if (plate[position] === read.plate[position]) continue;
    spoken = true;
  }
  if (spoken) return sum > 0 ? Math.min(1, sum) : null;
  const p = read.characterPs?.[position];
  return p === undefined ? null : Math.min(1, Math.max(0, 1 - p));
}

/** PRA-3: returns "agrees" or "differs" only if both states are known and the read one is certain. */
export function judgeState(
  read: Read,
  listedState: string | null,
  certainAt: number,
): HitMatch['stateAgreement'] {
  if (listedState === null || read.state === null || read.state.p < certainAt) return 'unconfirmed';
  return read.state.code === listedState ? 'agrees' : 'differs';
}

const tiers: readonly HitMatch['tier'][] = ['exact', 'near', 'partial'];
const agreements: readonly HitMatch['stateAgreement'][] = ['agrees', 'unconfirmed', 'differs'];

/** Best first: tier, then state, then how probable the reader holds a near match, then the list's priority. */
export function bestFirst(
  matches: readonly HitMatch[],
  { possible }: Pick<Read, 'possible'>,
): HitMatch[] {
  const p = ({ tier, entry }: HitMatch) =>
    tier === 'near' ? (possible.get(withOAs0(entry.plate)) ?? 0) : 0;
  return [...matches].sort(
    (a, b) =>
      tiers.indexOf(a.tier) - tiers.indexOf(b.tier) ||
      agreements.indexOf(a.stateAgreement) - agreements.indexOf(b.stateAgreement) ||
      p(b) - p(a) ||
      a.list.priority - b.list.priority,
  );
}

/** A regular expression for a listed plate with `?` and `*`, for whole plates. */
export function wildcardPattern(plate: string): RegExp {
  return new RegExp(`^${plate.replaceAll('?', '[A-Z0-9]').replaceAll('*', '[A-Z0-9]*')}$`);
}
