import { expect, test } from 'vitest';
import { midnightBefore } from '../../src/console/page/days.ts';
import { useZone } from '../../src/console/page/words.ts';

test.each([
  ['2026-11-01T20:00:00Z', '2026-11-01T07:00:00Z'],
  ['2026-11-01T07:00:00Z', '2026-11-01T07:00:00Z'],
  ['2026-03-08T19:00:00Z', '2026-03-08T08:00:00Z'],
  ['2026-11-29T13:00:00Z', '2026-11-29T08:00:00Z'],
])('the day of %s in Los Angeles begins at %s, also where its clock was set since', (at, begin) => {
  useZone('America/Los_Angeles');
  expect(new Date(midnightBefore(Date.parse(at))).toISOString()).toBe(begin.replace('Z', '.000Z'));
});
