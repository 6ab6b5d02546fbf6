import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unitMigrations } from '../../src/accountability/unit-database.ts';
import { loadConfig } from '../../src/config/load.ts';
import { schemaChecks } from '../../src/diagnostics/schema-checks.ts';
import { type Migration, openDatabase } from '../../src/platform/database.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const renaming = unitMigrations.findIndex(({ id }) => id === 'records-7-column-names');
const added = { id: 'test-added', sql: 'CREATE TABLE test_added (x TEXT) STRICT' };
const moved = { id: 'test-moved', sql: 'ALTER TABLE image RENAME TO picture' };

/** What doctor says of a `lookout.db` in which these steps have run. */
async function findingsOf(steps: readonly Migration[]) {
  const dataDir = temporaryFolder();
  openDatabase(join(dataDir, 'lookout.db'), steps).close();
  const { config } = loadConfig({ flags: [`unit.dataDir=${dataDir}`] });
  const findings = await Promise.all(schemaChecks(config).map((check) => check()));
  return findings.flat().map(({ result, says }) => `${result}: ${says}`);
}

test('nothing is said of databases that this version knows, nor of what a newer one has only added', async () => {
  expect(await findingsOf(unitMigrations)).toEqual([]);
  expect(await findingsOf([])).toEqual([]);
  expect(await findingsOf([...unitMigrations, added])).toEqual([]);
});

test('a database that this version would close to an older one is a warning', async () => {
  expect(await findingsOf(unitMigrations.slice(0, renaming))).toEqual([
    'warning: once this version has started, no older one can use it',
  ]);
});

test('a database that a newer version has closed to this one is a failure', async () => {
  expect(await findingsOf([...unitMigrations, moved])).toEqual([
    'failure: a newer Lookout has written it',
  ]);
});
