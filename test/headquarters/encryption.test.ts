import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { standingFindings } from '../../src/diagnostics/standing-checks.ts';
import { isOnEncryptedVolume } from '../../src/platform/encrypted-volume.ts';
import { lookout } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const open =
  'the data folder is not on an encrypted volume: who has the disk reads it without a login';

test('AUD-10: headquarters does not start on a disk that is not encrypted where the policy requires it, and doctor says so as the policy does', async (context) => {
  const folder = temporaryFolder();
  if (await isOnEncryptedVolume(folder)) context.skip('the disk of this machine is encrypted');
  const dataDir = join(folder, 'data');
  const file = join(folder, 'headquarters.yaml');
  const written = (encryption: string | null) => {
    const policy = { overrides: encryption === null ? {} : { storage: { encryption } } };
    const unit = { agency: 'test-pd', id: 'headquarters', mode: 'headquarters', dataDir };
    writeFileSync(file, JSON.stringify({ unit, policy }));
  };
  const said = async () => {
    const witnesses = { satellitesOffsetMs: null, headquartersOffsetMs: null };
    const findings = await standingFindings(loadConfig({ file }), witnesses);
    return findings.find(({ check }) => check === 'encryption');
  };
  written(null);
  mkdirSync(dataDir);
  expect(await said()).toMatchObject({ result: 'warning', says: open });
  written('required');
  expect(await said()).toMatchObject({ result: 'failure', says: open });
  const refused = await lookout('headquarters', 'run', '--config', file);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    `${dataDir}: is not on an encrypted volume, which the policy requires`,
  );
  expect(refused.stderr).toContain('policy.overrides.storage.encryption: recommended');
}, 120_000);
