import { describe, expect, test } from 'vitest';
import type { DecodedPlate } from '../../../src/vision/reading/decode-plate.ts';
import { rectify } from '../../../src/vision/reading/rectify.ts';
import {
  chooseRows,
  joinRows,
  rowMargins,
  splitOfPlate,
} from '../../../src/vision/reading/two-rows.ts';

/** A row of which each character is as sure as the whole. */
function row(plate: string, confidence: number, ...alternatives: [string, number][]): DecodedPlate {
  return {
    plate,
    confidence,
    characters: [...plate].map((char) => ({ char, p: confidence })),
    alternatives: alternatives.map(([text, p]) => ({ plate: text, p })),
    state: null,
  };
}

describe('a plate of two rows', () => {
  test('is read upper row first, each character and text with its own probability', () => {
    const joined = joinRows(row('21A', 0.9, ['2IA', 0.1]), row('456', 0.8, ['A56', 0.2]));
    expect(joined?.plate).toBe('21A456');
    expect(joined?.confidence).toBeCloseTo(0.72);
    expect(joined?.characters.map(({ char, p }) => char + p).join(' ')).toBe(
      '20.9 10.9 A0.9 40.8 50.8 60.8',
    );
    expect(joined?.alternatives).toEqual([
      { plate: '21AA56', p: 0.18 },
      { plate: '2IA456', p: 0.08 },
      { plate: '2IAA56', p: 0.02 },
    ]);
  });

  test('is none where a row holds nothing', () => {
    expect(joinRows(row('', 0.9), row('456', 0.8))).toBeNull();
    expect(chooseRows(row('456', 0.8), null, 0.9).plate).toBe('456');
  });

  test('is cut where its rows part, with its own margins outside', () => {
    // The upper two fifths dark, the rest bright, surroundings grey.
    const shade = (x: number, y: number) =>
      x < 50 || x >= 150 || y < 20 || y >= 120 ? 128 : y < 60 ? 10 : 240;
    const grey = Uint8Array.from({ length: 200 * 140 }, (_, i) =>
      shade(i % 200, Math.floor(i / 200)),
    );
    const margins = { left: 0, right: 0, top: 0.1, bottom: 0.05 };
    const split = splitOfPlate((0.4 + 0.1) / 1.15, margins);
    expect(split).toBeCloseTo(0.4);
    const shades = Object.fromEntries(
      Object.entries(rowMargins(margins, split)).map(([part, cut]) => {
        const flat = rectify(
          { grey, width: 200, height: 140 },
          [
            [50, 20],
            [150, 20],
            [150, 120],
            [50, 120],
          ],
          cut,
          { width: 100, height: 100 },
        );
        const shareOf = (shade: number) => flat.filter((value) => value === shade).length / 1e4;
        return [part, [128, 10, 240].map((value) => shareOf(value))];
      }),
    );
    const [marginOfUpper = 0, dark = 0, beyond = 1] = shades.upper ?? [];
    expect(marginOfUpper).toBeCloseTo(0.19, 1);
    expect(dark).toBeGreaterThan(0.7);
    expect(beyond).toBeLessThan(0.1);
    const [marginOfLower = 0, above = 1, bright = 0] = shades.lower ?? [];
    expect(marginOfLower).toBeCloseTo(0.07, 1);
    expect(above).toBeLessThan(0.1);
    expect(bright).toBeGreaterThan(0.8);
  });
});

describe('a plate that may have two rows', () => {
  const whole = { ...row('456', 0.6), state: { code: 'CA', p: 0.9 } };

  test('is read as two where that is likelier, the other way stays an alternative', () => {
    const read = chooseRows(whole, row('21A456', 0.8, ['21AA56', 0.1]), 0.9);
    expect(read.plate).toBe('21A456');
    expect(read.confidence).toBeCloseTo((0.8 * 0.72) / 0.78);
    expect(read.alternatives.map(({ plate }) => plate)).toEqual(['21AA56', '456']);
    expect(read.state).toEqual({ code: 'CA', p: 0.9 });
  });

  test('is read as one where its rows make no text', () => {
    const read = chooseRows(whole, row('LI7', 0.02), 0.6);
    expect(read.plate).toBe('456');
    expect(read.confidence).toBeGreaterThan(0.55);
  });

  test('stays unsure where its rows are: the whole read as one row does not make up for it', () => {
    expect(chooseRows(whole, row('21A456', 0.3), 0.99).confidence).toBeLessThan(0.3);
  });
});
