import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programRoot } from '../../../src/config/load.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('reading leaves no record of its use for the maker of the runtime', () => {
  const home = temporaryFolder();
  const { ORT_DISABLE_TELEMETRY: _, XDG_CACHE_HOME: __, ...environment } = process.env;
  const models = JSON.stringify(join(programRoot, 'src/vision/reading/models.ts'));
  const folder = JSON.stringify(join(programRoot, 'models'));
  const program = `
    import { openDetector } from ${models};
    await openDetector(${folder}, 'detector', 1);
  `;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program],
    { env: { ...environment, HOME: home }, encoding: 'utf8', timeout: 60_000 },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readdirSync(home, { recursive: true })).toEqual([]);
});
