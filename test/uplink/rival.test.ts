import { expect, test } from 'vitest';
import { createRivalWatch } from '../../src/uplink/rival.ts';

const short = { by: 'broker', reason: null, isOwing: false, lastedMs: 2000 } as const;

test('three short connections in a row that the broker ended while idle show another client', () => {
  const rival = createRivalWatch('unit-7');
  rival.ended(short);
  rival.ended(short);
  expect(rival.problem()).toBeNull();
  rival.ended(short);
  expect(rival.problem()).toMatch(/probably taken over by another client .*unit-7/);
});

test.each([
  ['a long connection', { ...short, lastedMs: 60_000 }],
  ['an end by the network', { ...short, by: 'network' } as const],
  ['an end while the broker had something to answer', { ...short, isOwing: true }],
])('%s between them shows that there is none', (_what, end) => {
  const rival = createRivalWatch('unit-7');
  for (const each of [short, short, end, short, short]) rival.ended(each);
  expect(rival.problem()).toBeNull();
});

test('a broker that could not be reached between them shows that there is none', () => {
  const rival = createRivalWatch('unit-7');
  for (const each of [short, short]) rival.ended(each);
  rival.failed();
  rival.ended(short);
  expect(rival.problem()).toBeNull();
});

test('a broker that says so needs to say it once', () => {
  const rival = createRivalWatch('unit-7');
  rival.ended({ ...short, reason: 0x8e, lastedMs: 3_600_000 });
  expect(rival.problem()).toMatch(/^session taken over by another client .*unit\.id of its own\.$/);
});
