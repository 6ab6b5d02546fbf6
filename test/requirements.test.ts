import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readRequirements, requirementsMarkdown } from '../scripts/generate/requirements-table.ts';

const root = join(import.meta.dirname, '..');

/** Section, need, requirements, tests, and where there are none, why. */
const journey = z.union([
  z.tuple([z.string(), z.string(), z.string(), z.string().min(1)]),
  z.tuple([z.string(), z.string(), z.string(), z.literal(''), z.string().min(1)]),
]);
const journeys = z
  .array(z.strictObject({ title: z.string(), rows: z.array(journey) }))
  .parse(parse(readFileSync(join(root, 'test/journeys.yaml'), 'utf8')))
  .flatMap(({ title, rows }) =>
    rows.map(([section, need, requirements, tests]) => ({
      name: `${title}, ${section}: ${need}`,
      requirements: requirements.split(', ').filter((id) => id !== ''),
      tests: tests
        .split(', ')
        .filter((path) => path !== '')
        .map((path) => `test/${path}.test.ts`),
    })),
  );

test('requirements.md is up to date (node scripts/generate/requirements.ts writes it)', () => {
  expect(readFileSync(join(root, 'test/requirements.md'), 'utf8')).toBe(requirementsMarkdown());
});

test('every requirement is tested by a test that names it', () => {
  const untested = readRequirements().filter(({ testedBy }) => testedBy.length === 0);
  expect(untested.map(({ id }) => id)).toEqual([]);
});

test('every requirement is implemented in a place that exists', () => {
  const nowhere = readRequirements().filter(
    ({ implementedIn }) => !implementedIn.every((path) => existsSync(join(root, path))),
  );
  expect(nowhere.map(({ id }) => id)).toEqual([]);
});

/** How many requirements each family has by the policies; a family may grow, and none may shrink. */
const families = {
  CAP: 13,
  ALT: 7,
  VER: 12,
  DSP: 5,
  HOT: 16,
  USR: 12,
  AUD: 11,
  SRC: 3,
  RET: 10,
  REL: 7,
  BRE: 1,
} as const;

test('every requirement of the policies has its row', () => {
  const ids = new Set(readRequirements().map(({ id }) => id));
  const wanted = Object.entries(families).flatMap(([family, count]) =>
    Array.from({ length: count }, (_, index) => `${family}-${index + 1}`),
  );
  expect(wanted.filter((id) => !ids.has(id))).toEqual([]);
});

test('the numbers of a family have no gap, and none is used twice', () => {
  const ids = readRequirements().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const family of new Set(ids.map((id) => id.slice(0, 3)))) {
    const numbers = ids.filter((id) => id.startsWith(family)).map((id) => Number(id.slice(4)));
    expect(
      numbers.toSorted((a, b) => a - b),
      family,
    ).toEqual(numbers.map((_, index) => index + 1));
  }
});

test('every journey of the policies is walked by tests that there are, for a requirement that they name', () => {
  const testedBy = new Map(readRequirements().map((row) => [row.id, row.testedBy]));
  const unknown = journeys.flatMap(({ requirements, tests }) => [
    ...requirements.filter((id) => !testedBy.has(id)),
    ...tests.filter((path) => !existsSync(join(root, path))),
  ]);
  expect(unknown).toEqual([]);
  const unnamed = journeys.filter(
    ({ requirements, tests }) =>
      requirements.length > 0 &&
      tests.length > 0 &&
      !requirements.some((id) => tests.some((path) => testedBy.get(id)?.includes(path))),
  );
  expect(unnamed.map(({ name }) => name)).toEqual([]);
});
