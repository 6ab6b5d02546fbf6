import { describe, expect, test } from 'vitest';
import type { AlertCase } from '../../scripts/evaluation/alerts/alert-cases.ts';
import { listedClaims } from '../../scripts/evaluation/alerts/alert-cases.ts';
import { chosenMinP } from '../../scripts/evaluation/alerts/alert-part.ts';
import {
  type CandidateRead,
  candidatesFrom,
  oneConfusable,
} from '../../scripts/evaluation/alerts/alert-rules.ts';
import { alertFigures } from '../../scripts/evaluation/alerts/alert-table.ts';
import {
  entriesWith,
  listEntries,
  serialMixes,
} from '../../scripts/evaluation/alerts/list-density.ts';

const read = (
  plate: string,
  confidence: number,
  others: Record<string, number> = {},
  unread: string | null = null,
): CandidateRead => ({
  plate,
  confidence,
  characters: [...plate].map((char) => ({ char, p: confidence })),
  alternatives: Object.entries(others).map(([text, p]) => ({ plate: text, p })),
  state: null,
  unread,
});

const vehicle = (plate: string, ...reads: CandidateRead[]): AlertCase => ({
  set: 'drawn',
  isUs: true,
  plate,
  reads,
  mix: serialMixes.us,
});

describe('the table of alerts', () => {
  test('expects entries by the size of their format, the letter O being the digit', () => {
    expect(entriesWith('ABC1234', [['AAA9999', 1]])).toBeCloseTo(listEntries / (26 ** 3 * 10 ** 4));
    expect(entriesWith('OBC123O', [['AAA9999', 1]])).toBe(entriesWith('0BC1230', [['AAA9999', 1]]));
    expect(entriesWith('ABCD234', [['AAA9999', 1]])).toBe(0);
    for (const mix of Object.values(serialMixes)) {
      expect(mix.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1);
    }
  });

  test('counts an unread plate whose candidate is listed, and O and 0 as one', () => {
    const unread = vehicle('7ABC120', read('7A8C12O', 0.4, { '7ABC12O': 0.2 }, 'low_confidence'));
    expect(alertFigures([unread], oneConfusable).recalled).toBe(0);
    expect(alertFigures([unread], candidatesFrom(0.2)).recalled).toBe(1);
    expect(alertFigures([unread], candidatesFrom(0.3)).recalled).toBe(0);
  });

  test('counts as false what is expected of other vehicles, of 10,000', () => {
    const sure = vehicle('7ABC123', read('7ABC123', 0.99));
    const split = vehicle('7ABC123', read('7ABC123', 0.6, { '2ABC123': 0.4 }));
    expect(alertFigures([sure], candidatesFrom(0.1)).falseAlerts).toBe(0);
    expect(alertFigures([sure, split], candidatesFrom(0.1)).falseAlerts).toBeCloseTo(
      5000 * entriesWith('2ABC123', serialMixes.us),
    );
  });

  test('chooses the least threshold whose false alerts are few', () => {
    const split = vehicle('7ABC123', read('7ABC123', 0.6, { '2ABC123': 0.12, '1ABC123': 0.025 }));
    // 300,000 entries give each text 6.5 false alerts in 10,000 vehicles.
    const sure = Array.from({ length: 9 }, () => vehicle('7ABC123', read('7ABC123', 0.99)));
    expect(chosenMinP([...sure, split])).toBe(0.03);
    expect(chosenMinP([split])).toBe(0.15);
  });

  test('claims of each candidate that it is the listed one', () => {
    const split = vehicle('7ABC120', read('7ABC12O', 0.5, { '7ABC120': 0.3, '2ABC123': 0.1 }));
    expect(listedClaims([split], 0.05)).toEqual([
      { p: 0.8, right: true },
      { p: 0.1, right: false },
    ]);
  });
});
