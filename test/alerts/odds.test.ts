import { expect, test } from 'vitest';
import { oddsOf } from '../../src/alerts/odds.ts';
import { exampleConsensus, exampleHit, exampleMatch } from './sample-alerts.ts';

const near = (confidence: number, alternatives: { plate: string; p: number }[]) =>
  exampleHit({
    read: { ...exampleConsensus('2ABC123'), confidence, alternatives },
    match: exampleMatch({ tier: 'near' }),
  });

test('an alert tells what the reader gives the texts, the likeliest first', () => {
  expect(oddsOf(near(0.62, [{ plate: '7ABC123', p: 0.31 }]))).toBe(
    '62 % 2ABC123, 31 % 7ABC123 (listed)',
  );
  const many = ['2ABC12B', '7ABC123', '2ABC12E', '2ABC12F'].map((plate) => ({ plate, p: 0.004 }));
  expect(oddsOf(near(0.9, many))).toBe(
    '90 % 2ABC123, under 1 % 2ABC12B, under 1 % 7ABC123 (listed)',
  );
});

test('nothing is told of a match that is certain, or of a text that the reader gives nothing', () => {
  expect(oddsOf(exampleHit())).toBeNull();
  expect(oddsOf(near(0.62, []))).toBeNull();
});
