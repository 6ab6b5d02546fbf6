import { describe, expect, test } from 'vitest';
import {
  characterProbabilities,
  greedyClasses,
  likelyTexts,
  type StepProbabilities,
  textProbability,
} from '../../../src/vision/reading/ctc.ts';

/** Steps given row by row; class 0 is the blank. */
function steps(...rows: number[][]): StepProbabilities {
  return {
    values: Float32Array.from(rows.flat()),
    steps: rows.length,
    classes: rows[0]?.length ?? 0,
  };
}

/** Every path spelt out: merge repeats, drop blanks, add up. The slow truth that the quick one must equal. */
function allTexts({ values, steps: count, classes }: StepProbabilities): Map<string, number> {
  const sums = new Map<string, number>();
  const walk = (step: number, text: number[], last: number, p: number) => {
    if (step === count) {
      sums.set(text.join(), (sums.get(text.join()) ?? 0) + p);
      return;
    }
    for (let k = 0; k < classes; k++) {
      const spelt = k === 0 || k === last ? text : [...text, k];
      walk(step + 1, spelt, k, p * (values[step * classes + k] as number));
    }
  };
  walk(0, [], 0, 1);
  return sums;
}

const muddle = steps(
  [0.3, 0.5, 0.2],
  [0.4, 0.35, 0.25],
  [0.2, 0.2, 0.6],
  [0.5, 0.3, 0.2],
  [0.1, 0.45, 0.45],
);

describe('texts from step probabilities', () => {
  test('the greedy text merges repeats and keeps doubles that a blank separates', () => {
    const sure = (k: number) => [0, 1, 2].map((c) => (c === k ? 0.9 : 0.05));
    expect(greedyClasses(steps(...[1, 1, 0, 1, 2, 2, 0].map(sure)))).toEqual([1, 1, 2]);
  });

  test('a text has the sum of the probabilities of all its spellings', () => {
    for (const [text, p] of allTexts(muddle)) {
      const classes = text === '' ? [] : text.split(',').map(Number);
      expect(textProbability(muddle, classes), text).toBeCloseTo(p, 6);
    }
  });

  test('a text that does not fit into the steps is impossible', () => {
    expect(textProbability(muddle, [1, 1, 1, 1])).toBe(0);
  });

  test('the beam finds the likeliest texts in their order', () => {
    const truth = [...allTexts(muddle)].sort(([, a], [, b]) => b - a).map(([text]) => text);
    expect(
      likelyTexts(muddle, 100)
        .map((text) => text.join())
        .slice(0, 5),
    ).toEqual(truth.slice(0, 5));
  });

  test('the likeliest text may differ from the greedy one', () => {
    // Step by step the blank leads, yet most of the probability spells a single 1.
    const blanks = steps([0.6, 0.4], [0.6, 0.4]);
    expect(greedyClasses(blanks)).toEqual([]);
    expect(likelyTexts(blanks, 4)[0]).toEqual([1]);
    expect(textProbability(blanks, [1])).toBeCloseTo(0.64);
  });

  test('each character has its own best probability', () => {
    const word = steps([0.1, 0.9, 0], [0.8, 0.2, 0], [0.3, 0.1, 0.6], [0.7, 0, 0.3]);
    const [first, second] = characterProbabilities(word, [1, 2]);
    expect(first).toBeCloseTo(0.9);
    expect(second).toBeCloseTo(0.6);
  });
});
