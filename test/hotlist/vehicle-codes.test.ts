import { expect, test } from 'vitest';
import { colourInWords, makeInWords } from '../../src/hotlist/vehicle-codes.ts';

test.each([
  ['GRY', 'gray'],
  ['dbl', 'dark blue'],
  ['BLK/WHI', 'black and white'],
  ['Red', 'red'],
  ['Gray', 'Gray'],
  ['BLK/XYZ', 'BLK/XYZ'],
  ['two-tone', 'two-tone'],
])('the colour %s is %s', (code, words) => {
  expect(colourInWords(code)).toBe(words);
});

test.each([
  ['TOYT', 'Toyota'],
  ['hond', 'Honda'],
  ['MERZ', 'Mercedes-Benz'],
  ['LNDR', 'Land Rover'],
  ['Toyota', 'Toyota'],
  ['QQQQ', 'QQQQ'],
])('the make %s is %s', (code, words) => {
  expect(makeInWords(code)).toBe(words);
});
