import type { Config } from '../../config/schema.ts';

/** A region whose serial formats are known. */
export type Region = Config['reading']['regions'][number];

/*
 * Serial formats: `9` a digit, `A` a letter. US ones are the states' passenger, commercial and taxi series, the others
 * what their countries issue now and issued before.
 */
const california = [
  // Passenger until 2026, from then on and earlier; commercial; trailers; motorcycles.
  ...['9AAA999', '999AAA9', '999AAA', 'AAA999', '9A99999', '99999A9', '99999AA', 'A99999A'],
  ...['9AA9999', '99A9999'],
];
/** Passenger now and before, commercial, hire cars (T123456C), yellow cabs (5K61B). */
const newYork = ['AAA9999', 'AAA999', '99999AA', 'A999999A', '9A99A'];
const otherStates = [
  ...['AAA9999', '9999AAA', 'AA99999', 'AA9A999', 'A99AAA', 'AAA99A', 'AAAA99', 'A999AA'],
  ...['9A99AA', '99AA99', '999A99', '99A999', '9AA999', 'AA9999', 'AA9A9A', 'AA999A', '999AA9'],
  ...['A9A999', '9A9999A', '99AAA9', 'AA9AA', '9999AA', 'AAAA999', 'AA99AA', '9A99A99', 'AAA999A'],
];

const formatsByRegion = {
  us: [...california, ...newYork, ...otherStates],
  'us-ca': california,
  'us-ny': newYork,
  // Passenger now and before, Mexico City, lorries.
  mx: ['AAA999A', 'AAA9999', '999AAA', 'A99AAA', 'AA99999'],
  // Since 2001; letter first (1983) and last (1963); Northern Ireland; before 1963.
  gb: [
    ...['AA99AAA', 'A9AAA', 'A99AAA', 'A999AAA', 'AAA9A', 'AAA99A', 'AAA999A', 'AAA9999'],
    ...['AAA999', '999AAA', 'AA9999', '9999AA'],
  ],
  // Since 2009; before, with the département at the end.
  fr: ['AA999AA', '9999AA99', '999AA99', '99AA99', '999AAA99', '99AAA99'],
  cz: ['9A99999', '9AA9999', 'AAA9999'],
  // Until 2018 and Mercosul.
  br: ['AAA9999', 'AAA9A99'],
  pk: ['AAA9999', 'AAA999', 'AAA99', 'AA9999', 'AA999'],
} as const satisfies Record<Region, readonly string[]>;

/**
 * Weight of a candidate with none of the regions' formats beside one that has one. Chosen on the choosing folds of the
 * real sets (models/README.md, "Formats of a region"): the one with most plates right by which no set lost any.
 */
export const oddWeight = 0.15;

/** The weight that a text has among the candidates of a read. */
export type TextWeight = (text: string) => number;

const shapeOf = (text: string): string => text.replace(/[0-9]/g, '9').replace(/[A-Z]/g, 'A');

/** Weights texts by the formats of some regions: 1 for one that fits, `odd` for any other. Null where none is named. */
export function formatWeight(regions: readonly Region[], odd = oddWeight): TextWeight | null {
  if (regions.length === 0) return null;
  const formats = new Set<string>(regions.flatMap((region) => formatsByRegion[region]));
  return (text) => (formats.has(shapeOf(text)) ? 1 : odd);
}

/** The candidates with weighted probabilities, whose sum stays as it is; in the order given. */
export function weighed<Candidate extends { plate: string; p: number }>(
  candidates: readonly Candidate[],
  weightOf: TextWeight | null,
): Candidate[] {
  if (weightOf === null) return [...candidates];
  const before = candidates.reduce((sum, { p }) => sum + p, 0);
  const after = candidates.reduce((sum, { plate, p }) => sum + p * weightOf(plate), 0);
  const scale = after > 0 ? before / after : 1;
  return candidates.map((each) => ({ ...each, p: each.p * weightOf(each.plate) * scale }));
}

// France, Germany, Spain, the United Kingdom, Italy; Brazil old and new.
const abroad = ['AA999AA', 'AA99AAA', 'AAA9A99', '9999AAA', 'AAA9AA', '9AAA99'];
const usualFormats = new Set([...california, ...otherStates, ...abroad]);

/** Whether a text has the shape of a usual serial: ranks candidates that were not the first choice. */
export function hasSerialFormat(text: string): boolean {
  return usualFormats.has(shapeOf(text));
}
