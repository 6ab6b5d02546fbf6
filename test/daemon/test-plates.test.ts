import { expect, test } from 'vitest';
import { createTestPlates } from '../../src/daemon/test-plates.ts';
import { exampleConsensus } from '../alerts/sample-alerts.ts';

const heads = () => ({ head: () => undefined });
const report = (id: string, plate: string, sequence = 1) => ({
  ...{ id, sequence, head: 'front', consensus: exampleConsensus(plate) },
});

test('the vehicle of a test plate makes no record, to its end; others do, and so does a listed one', () => {
  let nowMs = 0;
  const tests = createTestPlates(heads, () => nowMs);
  expect(tests.covers(report('a', '7ABC120'), false)).toBe(false);
  tests.begin('front', '7ABC120');
  expect(tests.of('front')).toMatchObject({ leftS: 120, found: 0, right: 0 });
  // It was recorded before the test began.
  expect(tests.covers(report('a', '7ABC120', 2), false)).toBe(false);
  expect(tests.covers(report('b', '7ABC12O'), false)).toBe(true);
  expect(tests.covers(report('c', '5XYZ999'), false)).toBe(false);
  expect(tests.covers({ ...report('d', '7ABC120'), head: 'rear' }, false)).toBe(false);
  // No test hides a wanted vehicle.
  expect(tests.covers(report('e', '7ABC120'), true)).toBe(false);
  nowMs = 121_000;
  expect(tests.of('front')).toMatchObject({ leftS: 0 });
  expect(tests.covers(report('b', '7ABC120', 2), false)).toBe(true);
  expect(tests.covers(report('f', '7ABC120'), false)).toBe(false);
});

test('a vehicle that turns out to be another one is recorded', () => {
  const tests = createTestPlates(heads, () => 0);
  tests.begin('front', '7ABC120');
  expect(tests.covers(report('b', '7ABC120'), false)).toBe(true);
  expect(tests.covers(report('b', '7ABC128', 2), false)).toBe(false);
  expect(tests.covers({ ...report('b', '7ABC120', 3), consensus: null }, false)).toBe(false);
});

test('who ends a test ends what it covers', () => {
  const tests = createTestPlates(heads, () => 0);
  tests.begin('front', '7ABC120');
  tests.end('front');
  expect(tests.of('front')).toMatchObject({ leftS: 0 });
  expect(tests.covers(report('b', '7ABC120'), false)).toBe(false);
});
