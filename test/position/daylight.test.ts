import { expect, test } from 'vitest';
import { daylightAt } from '../../src/position/daylight.ts';

const vallejo = { latitude: 38.104, longitude: -122.256 };
const at = (time: string) => daylightAt(vallejo, Date.parse(time));

test('it is day, dusk or night by the sun where the unit is, not by its clock', () => {
  expect(at('2026-06-21T13:00:00-07:00')).toBe('day');
  expect(at('2026-06-21T20:45:00-07:00')).toBe('dusk');
  expect(at('2026-06-21T23:00:00-07:00')).toBe('night');
  // The same hour in December is dark.
  expect(at('2026-12-21T20:45:00-08:00')).toBe('night');
  expect(at('2026-12-21T17:00:00-08:00')).toBe('dusk');
  const tromso = { latitude: 69.65, longitude: 18.96 };
  expect(daylightAt(tromso, Date.parse('2026-06-21T00:30:00+02:00'))).not.toBe('night');
});

test('without a place nothing is said', () => {
  expect(daylightAt({ latitude: null, longitude: null }, Date.now())).toBeNull();
});
