import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDaemon } from '../../src/daemon.ts';
import { loadConfig } from '../../src/platform/config/load.ts';
import { createLog } from '../../src/platform/log.ts';
import { stuckParts } from '../../src/platform/progress-watch.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writeUnit } from './unit-under-test.ts';

test('a full disk ends no daemon: it alerts all the same, and a restart would find no room', async (context) => {
  const folder = temporaryFolder();
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dataDir], { stdio: 'pipe' });
  } catch {
    context.skip('no right to mount a small disk');
  }
  onTestFinished(() => void execFileSync('umount', ['-l', dataDir]));
  const extra = { heads: { list: [] }, position: { source: { kind: 'none' } } };
  const { config } = loadConfig({ file: writeUnit(folder, { extra }) });
  const daemon = createDaemon(config, createLog({ level: 'silent' }));
  onTestFinished(() => daemon[Symbol.asyncDispose]());
  await daemon.start();

  const filler = join(dataDir, 'filler');
  try {
    writeFileSync(filler, Buffer.alloc(16 << 20));
  } catch {
    // As full as it gets.
  }
  expect(() => writeFileSync(join(dataDir, 'more'), 'more')).toThrow(/ENOSPC/);
  expect(await stuckParts(daemon.watchedParts, 5000)).toEqual([]);
  rmSync(filler);
  expect(await stuckParts(daemon.watchedParts, 5000)).toEqual([]);
});
