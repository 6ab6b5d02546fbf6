import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepPartFiles } from '../../src/platform/sweep-part-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const id = '019d0000-0000-7000-8000-000000000001';
const startedAtMs = Date.now();
const dayMs = 86_400_000;

/** A data folder with one file of this age. */
function folderWith(name: string, ageMs: number) {
  const dataDir = temporaryFolder();
  const path = join(dataDir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'part');
  const at = new Date(startedAtMs - ageMs);
  utimesSync(path, at, at);
  utimesSync(dirname(path), at, at);
  return { dataDir, isThere: () => existsSync(path) };
}

test.each([
  [`.${id}.part`, 1000],
  ['audit.anchor.part', 1000],
  [`hotlist-refresh/.${id}.part`, 1000],
  [`sounds/.${id}.part`, 1000],
  [`evidence/.part-${id}/records.json`, dayMs + 1000],
])('%s, left by a write that broke off, is removed', (name, ageMs) => {
  const { dataDir, isThere } = folderWith(name, ageMs);
  expect(sweepPartFiles(dataDir, startedAtMs)).toBe(1);
  expect(isThere()).toBe(false);
});

test.each([
  ['a file that is being written', `.${id}.part`, -1000],
  ['a package that a command is making', `evidence/.part-${id}/records.json`, 3_600_000],
  ['a hot list that arrives in parts', `hotlist-refresh/svs-${'0'.repeat(64)}.part`, 1000],
  ['a whole file', 'lookout.db', 1000],
  ['a whole package', `evidence/${id}/records.json`, 2 * dayMs],
])('%s stays', (_, name, ageMs) => {
  const { dataDir, isThere } = folderWith(name, ageMs);
  expect(sweepPartFiles(dataDir, startedAtMs)).toBe(0);
  expect(isThere()).toBe(true);
});
