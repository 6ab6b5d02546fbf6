import { expect, test } from 'vitest';
import { colourInWords, makeInWords, modelInWords } from '../../src/hotlist/vehicle-codes.ts';

test.each([
  ['GRY', 'gray'],
  ['dbl', 'dark blue'],
  ['BLK/WHI', 'black and white'],
  ['Red', 'red'],
  ['Gray', 'Gray'],
  ['BLUE', 'blue'],
  ['GREY/BLACK', 'gray and black'],
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
  ['LAND ROVER', 'Land Rover'],
  ['QQQQ', 'QQQQ'],
])('the make %s is %s', (code, words) => {
  expect(makeInWords(code)).toBe(words);
});

test.each([
  ['Honda', 'ACC', 'Accord'],
  ['Toyota', 'cam', 'Camry'],
  ['Chevrolet', 'CAM', 'CAM'],
  ['Honda', 'Accord', 'Accord'],
])('the model %s %s is %s', (make, code, words) => {
  expect(modelInWords(make, code)).toBe(words);
});
