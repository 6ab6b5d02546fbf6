import { expect, test } from 'vitest';
import { explainPlate } from '../../src/console/page/plate-search-words.ts';

const wordsOf = (text: string) => explainPlate(text, false)?.words;

test.each([
  ['8lv*', 'Starts with 8LV, any end.'],
  ['*362', 'Ends with 362, any start.'],
  ['*vn3*', 'VN3 anywhere in it.'],
  ['8?VN3*', 'One after the other: 8, one character, VN3, any end.'],
  ['8LV??62', 'One after the other: 8LV, 2 characters, 62.'],
  ['8*2', 'One after the other: 8, any characters or none, 2.'],
  ['8LVN 362', 'The whole plate is 8LVN362.'],
])('a search for %s says what it finds', (text, words) => {
  expect(wordsOf(text)).toContain(words);
});

test('a short plate without wildcards is a whole plate, and it is said how to search for a part', () => {
  expect(wordsOf('8LV')).toBe('The whole plate is 8LV. For plates that start with it type 8LV*.');
  expect(wordsOf('8LVN362')).toBe('The whole plate is 8LVN362.');
});

test('so little that nearly every plate matches is warned of, and nothing at all is a fault', () => {
  expect(explainPlate('*3*', false)).toMatchObject({ isWide: true, isFault: false });
  expect(explainPlate('*', false)).toMatchObject({ isWide: true, isFault: true });
  expect(explainPlate('8LV%', false)).toMatchObject({ isFault: true });
  expect(explainPlate('-', false)).toMatchObject({ isFault: true });
  expect(explainPlate('*36*', false)).toMatchObject({ isWide: false, isFault: false });
  expect(explainPlate('', true)).toBeNull();
});

test('look-alikes are told where they are searched for', () => {
  expect(explainPlate('8LV*', true)?.words).toContain('Look-alikes too');
});
