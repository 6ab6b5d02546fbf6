import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lookout-python-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the check of the Python in the test's folder. */
function lint(...options: string[]) {
  const program = join(import.meta.dirname, '../../scripts/lint-python.ts');
  const args = ['--disable-warning=ExperimentalWarning', program, ...options, folder];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

test.each([
  ['an unused import', 'import os\n', ':1:8 F401'],
  ['an undefined name', 'print(missing)\n', ':1:7 F821'],
  ['an unsorted import', 'import sys\nimport os\n\nprint(os, sys)\n', ':1:1 I001'],
  ['what is no Python', 'def f(:\n', ':1:7 invalid-syntax'],
  ['another format', 'print( 1 )\n', ':1:1 format'],
])('%s is found', (_, source, find) => {
  mkdirSync(join(folder, 'deep'));
  writeFileSync(join(folder, 'deep', 'file.py'), source);
  const { status, stderr } = lint();
  expect(stderr).toContain(`file.py${find}`);
  expect(status).toBe(1);
});

test('a program without an ending is looked at, what is not ours and not Python is not', () => {
  writeFileSync(join(folder, 'program'), '#!/usr/bin/python3\nimport os\n');
  writeFileSync(join(folder, 'shell'), '#!/bin/sh\nimport os\n');
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'node_modules', 'theirs.py'), 'import os\n');
  const { status, stdout, stderr } = lint();
  expect(stderr).toMatch(/^.*\/program:2:8 F401 .*\n$/);
  expect(stdout).toBe('1 Python files checked, 1 finds\n');
  expect(status).toBe(1);
});

test('--write formats, and what is well passes', () => {
  const file = join(folder, 'file.py');
  writeFileSync(file, 'print( "a" )\n');
  expect(lint('--write').status).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe("print('a')\n");
  expect(lint().status).toBe(0);
});
