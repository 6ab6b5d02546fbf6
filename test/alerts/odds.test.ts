import { describe, expect, test } from 'vitest';
import { isListedAsRead, namedInLine, namedPlate, oddsOf } from '../../src/alerts/odds.ts';
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
  const onlyO = exampleHit({
    read: exampleConsensus('7ABC12O'),
    match: exampleMatch({ tier: 'near', entry: { plate: '7ABC120' } }),
  });
  expect(oddsOf(onlyO)).toBeNull();
});

test('of a plate that is not read the listed text may be the likeliest', () => {
  const unread = { ...near(0.4, []), read: exampleConsensus('7ABC123', { confidence: 0.4 }) };
  expect(oddsOf({ ...unread, unread: true })).toBe('40 % 7ABC123 (listed)');
});

describe('of a listed part of a plate', () => {
  const match = exampleMatch({ tier: 'partial', entry: { plate: '7AB*' } });
  const alternatives = [
    { plate: '7ABC123', p: 0.2 },
    { plate: '7A8C123', p: 0.1 },
    { plate: '7ABC128', p: 0.05 },
  ];
  const of = (plate: string) =>
    exampleHit({ match, read: exampleConsensus(plate, { confidence: 0.6, alternatives }) });

  test('the texts that it covers are told, unless it covers what was read', () => {
    expect(oddsOf(of('2ABC123'))).toBe(
      '60 % 2ABC123, 20 % 7ABC123 (listed), 10 % 7A8C123, 5 % 7ABC128 (listed)',
    );
    expect(oddsOf(of('7ABC124'))).toBeNull();
  });

  test('only a text that counts as read is the listed one', () => {
    expect(isListedAsRead(of('7ABC124'))).toBe(true);
    expect(isListedAsRead({ ...of('7ABC124'), unread: true })).toBe(false);
    expect(isListedAsRead(of('2ABC123'))).toBe(false);
  });
});

test('a hit is named as read, and by the listed plate, marked, where nothing counts as read', () => {
  expect(namedPlate(near(0.62, []))).toBe('2ABC123');
  expect(namedInLine(near(0.62, []))).toBe('2ABC123');
  const unread = { ...near(0.62, []), unread: true } as const;
  expect(namedPlate(unread)).toBe('7ABC123');
  expect(namedInLine(unread)).toBe('≈ 7ABC123');
});
