import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRequirements, requirementsMarkdown } from '../scripts/generate/requirements-table.ts';

const root = join(import.meta.dirname, '..');

test('requirements.md is up to date (node scripts/generate/requirements.ts writes it)', () => {
  expect(readFileSync(join(root, 'test/requirements.md'), 'utf8')).toBe(requirementsMarkdown());
});

test('every requirement is shown by a test that names it', () => {
  const unshown = readRequirements().filter(({ shownBy }) => shownBy.length === 0);
  expect(unshown.map(({ id }) => id)).toEqual([]);
});

test('every requirement is built in a place that exists', () => {
  const nowhere = readRequirements().filter(
    ({ built }) => !built.every((path) => existsSync(join(root, path))),
  );
  expect(nowhere.map(({ id }) => id)).toEqual([]);
});
