import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { programRoot } from '../../src/config/load.ts';

// Takes the pictures of every screen that src/console/page/SCREENS.md shows, as the tests that try them all go through.
const folder = join(programRoot, '.readme/screens');
rmSync(folder, { recursive: true, force: true });
const tests = [
  'test/console/every-screen.test.ts',
  'test/console/aim.test.ts',
  'test/headquarters/board.test.ts',
  'test/headquarters/clones.test.ts',
];
const { status } = spawnSync(
  process.execPath,
  [join(programRoot, 'node_modules/vitest/vitest.mjs'), 'run', ...tests],
  { cwd: programRoot, stdio: 'inherit', env: { ...process.env, LOOKOUT_PICTURES: folder } },
);
process.exitCode = status ?? 1;
