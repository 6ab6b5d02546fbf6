import { describe, expect, it } from 'vitest';
import {
  canonicalKey,
  confusablesOf,
  normaliseListedPlate,
  normalisePlate,
} from '../../src/hotlist/plate-text.ts';
import { normaliseState } from '../../src/hotlist/state-code.ts';

describe('one form for reads and lists', () => {
  it.each([
    ['EN 167', 'EN167'],
    ['EN-167', 'EN167'],
    ['- en 167', 'EN167'],
    ['en.167', 'EN167'],
    ['ＥＮ１６７', 'EN167'],
    ['7ABC120', '7ABC120'],
    ['7ABC12O', '7ABC12O'],
    ['·—', ''],
  ])('%s is %s', (text, plate) => {
    expect(normalisePlate(text)).toBe(plate);
    expect(normalisePlate(plate)).toBe(plate);
  });

  it.each([
    ['', 'is empty'],
    [' - ', 'is empty'],
    ['ÑAB123', 'letter other than'],
    ['АВ123', 'letter other than'],
    ['ABCDEFGHIJK', 'longer than 10'],
    ['A??', 'fewer than 2 known'],
    ['*', 'fewer than 2 known'],
    ['*A*B*', 'more than two *'],
    ['7ABC%', 'a character that no plate has'],
    ['7ABC#3', 'a character that no plate has'],
    ['7AB_123', 'a mark for characters that were not read'],
    ['ABß123', 'letter other than'],
  ])('refuses "%s" on a list: %s', (text, reason) => {
    expect(normaliseListedPlate(text)).toEqual({ unusable: expect.stringContaining(reason) });
  });

  it.each([
    ['7ab-1?3', '7AB1?3'],
    ['7AB**', '7AB*'],
    ['*ab 12*', '*AB12*'],
  ])('keeps the wildcards of %s', (text, plate) => {
    expect(normaliseListedPlate(text)).toEqual({ plate });
  });
});

describe('confusable characters', () => {
  it('share a key within their class and with nothing else', () => {
    const classes = ['0ODQ', '1I', '2Z', '5S', '8B', '6G'];
    const all = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    for (const a of all) {
      for (const b of all) {
        const alike = a === b || classes.some((each) => each.includes(a) && each.includes(b));
        expect(canonicalKey(`7${a}X`) === canonicalKey(`7${b}X`), `${a} and ${b}`).toBe(alike);
        expect(confusablesOf(a).includes(b), `${a} for ${b}`).toBe(alike && a !== b);
      }
    }
  });
});

describe('states', () => {
  it.each([
    ['ca', 'CA'],
    ['California', 'CA'],
    [' new york ', 'NY'],
    ['US-NV', 'NV'],
    ['District of Columbia', 'DC'],
    ['ON', 'ON'],
    ['US', 'US'],
    ['', null],
  ])('%s is %s', (text, code) => expect(normaliseState(text)).toBe(code));
});
