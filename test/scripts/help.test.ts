import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programRoot } from '../../src/config/load.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test.each([
  ['setup', /scripts\/setup demo/],
  ['demo', /--keep/],
  ['test', /scripts\/test test\/hotlist/],
  ['install', /--rollback/],
])('scripts/%s --help says how it is called, and does nothing else', (script, usage) => {
  // In an empty folder there is nothing that it could set up, test or install.
  const folder = temporaryFolder();
  cpSync(join(programRoot, 'scripts', script), join(folder, 'scripts', script));
  for (const flag of ['--help', '-h']) {
    const { status, stdout, stderr } = spawnSync(join(folder, 'scripts', script), [flag], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(usage);
    expect(stdout).not.toMatch(/^#|^set |^!/m);
  }
});

test("set-up leaves another checkout's packages alone", () => {
  const folder = temporaryFolder();
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'kept'), '');
  const here = join(folder, 'here');
  for (const path of ['scripts/setup', 'package.json', 'package-lock.json', '.node-version']) {
    cpSync(join(programRoot, path), join(here, path));
  }
  symlinkSync(other, join(here, 'node_modules'));
  const { status, stderr } = spawnSync(join(here, 'scripts/setup'), { encoding: 'utf8' });
  expect(stderr).toContain('node_modules is a link to another checkout');
  expect(status).toBe(1);
  expect(readdirSync(other)).toEqual(['kept']);
});
