import { withOAs0 } from '../../../src/vision/reading/plate-read.ts';

/** Formats of serials (`9` a digit, `A` a letter) with the share of a list's entries that have them. */
export type SerialMix = readonly (readonly [format: string, share: number])[];

/** Entries of the list that the table speaks of. */
export const listEntries = 300_000;

/**
 * What a list of a set's country is made of. United States: half of the entries Californian, the rest as the formats of
 * other states' passenger plates are shared.
 */
export const serialMixes = {
  us: [
    ['9AAA999', 0.38],
    ['9A99999', 0.06],
    ['99999A9', 0.06],
    ['AAA9999', 0.22],
    ['AAA999', 0.1],
    ['AA99999', 0.03],
    ['AA9A999', 0.02],
    ['9AA999', 0.02],
    ['999AAA', 0.03],
    ['A99AAA', 0.02],
    ['AA9999', 0.01],
    ['AAA99A', 0.02],
    ['999A99', 0.01],
    ['AAAA99', 0.02],
  ],
  br: [['AAA9999', 1]],
  cz: [
    ['9A99999', 0.9],
    ['9AA9999', 0.1],
  ],
  fr: [['AA999AA', 1]],
  gb: [
    ['AA99AAA', 0.8],
    ['A999AAA', 0.2],
  ],
  pk: [
    ['AAA999', 0.3],
    ['AAA9999', 0.3],
    ['AA9999', 0.4],
  ],
} as const satisfies Record<string, SerialMix>;

/**
 * How many of the list's entries are expected to have a text, the letter O being the digit 0: the list is drawn at
 * random from its formats, so that no figure depends on one list's luck.
 */
export function entriesWith(text: string, mix: SerialMix): number {
  const folded = withOAs0(text);
  return mix.reduce(
    (sum, [format, share]) =>
      fits(folded, format) ? sum + (listEntries * share) / sizeOf(format) : sum,
    0,
  );
}

/** Whether a format spells a text in which letters O stand as 0. */
function fits(folded: string, format: string): boolean {
  return (
    folded.length === format.length &&
    [...format].every((kind, i) => (kind === '9' ? /\d/ : /[A-Z0]/).test(folded.charAt(i)))
  );
}

/** How many texts a format spells. */
const sizeOf = (format: string) =>
  [...format].reduce((size, kind) => size * (kind === '9' ? 10 : 26), 1);
