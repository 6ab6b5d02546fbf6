import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRequirements, requirementsMarkdown } from '../scripts/generate/requirements-table.ts';

const root = join(import.meta.dirname, '..');

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
