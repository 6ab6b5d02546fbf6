import { expect, test } from 'vitest';
import { auditCategories } from '../../../src/accountability/audit/audit-record.ts';
import { categoriesOf, deedKinds } from '../../../src/accountability/audit/deed-kinds.ts';
import { deeds, deedWords } from '../../../src/accountability/audit/deeds.ts';

test('every deed has words of its own, in which no name of the program is left', () => {
  const words = Object.values(deeds);
  expect(new Set(words).size).toBe(words.length);
  for (const each of words) {
    expect(each).toMatch(/^[A-Z][^._]+$/);
    expect(each).not.toMatch(/hit|disposition|canvass|detection|hotlist/i);
  }
  expect(deedWords('detections.search')).toBe('Search the plates that were read');
  // A record of a release whose operation is gone is still shown, and nothing of the language passes for a deed.
  expect(deedWords('plates.fax')).toBe('plates.fax');
  expect(deedWords('toString')).toBe('toString');
});

test('every category is of exactly one kind', () => {
  expect(deedKinds.flatMap(categoriesOf).sort()).toEqual([...auditCategories].sort());
});
