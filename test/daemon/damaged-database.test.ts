import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DaemonStatus } from '../../src/daemon/daemon-status.ts';
import { freePort } from '../support/free-port.ts';
import { lookout, lookoutAs, startLookout, untilReady } from '../support/lookout-process.ts';
import { looseDisk } from '../support/small-disk.ts';
import { type Pages, spoil } from '../support/spoil.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeTestAccounts } from '../support/test-accounts.ts';
import { waitFor } from '../support/wait-for.ts';
import { demoList, listedPlate, writeUnit } from './unit-under-test.ts';

/** A unit past whose camera the same listed vehicle drives again and again. */
async function openUnit(folder = temporaryFolder()) {
  const metricsPort = await freePort();
  const file = writeUnit(folder, { loop: true, metricsPort });
  const accounts = await makeTestAccounts(folder, file);
  const given = ['demo', demoList, '--config', file, '--as-of', new Date().toISOString()];
  const imported = await lookoutAs(accounts.administrator, 'hotlist', 'import', ...given);
  expect(imported.stderr).toBe('');
  const dataDir = join(folder, 'data');
  const start = async () => {
    const unit = startLookout(['run', '--config', file]);
    await untilReady(unit);
    return unit;
  };
  const status = async (): Promise<DaemonStatus> => {
    const answer = await fetch(`http://127.0.0.1:${metricsPort}/status`);
    return (await answer.json()) as DaemonStatus;
  };
  const alerts = async (count: number, what: string) =>
    waitFor(async () => ((await status()).counts?.hits ?? 0) >= count, {
      timeoutMs: 60_000,
      what,
    });
  const ask = (...command: string[]) =>
    lookoutAs(accounts.administrator, ...command, '--config', file);
  return { dataDir, file, start, status, alerts, ask };
}

const search = ['search', '--plate', listedPlate, '--purpose', 'training', '--reason', 'a test'];

describe.each<Pages | { root: string }>([
  0,
  { root: 'image' },
  { root: 'detection' },
  'all but the first',
])('lookout.db with page %o overwritten', (pages) => {
  test('hits alert and are stored, before and after a restart; the old file is kept', async () => {
    const { dataDir, start, status, alerts } = await openUnit();
    const first = await start();
    await alerts(1, 'an alert');
    spoil(join(dataDir, 'lookout.db'), pages);
    const seen = (await status()).counts.hits;
    await alerts(seen + 2, 'alerts after the damage');
    expect(first.child.exitCode).toBe(null);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    // What SQLite had in memory may have hidden the damage from the first run.
    if (!readdirSync(dataDir).some((name) => name.startsWith('lookout.db.damaged'))) {
      spoil(join(dataDir, 'lookout.db'), pages);
    }

    const second = await start();
    await alerts(2, 'alerts after the restart');
    const found = await status();
    expect(found.storage.setAside.map(({ database }) => database)).toContain('lookout.db');
    expect(found.problems.join('\n')).toMatch(/storage: lookout\.db was damaged and set aside at/);
    await expect.poll(async () => (await status()).records.hits).toBeGreaterThan(0);
    expect(existsSync(join(dataDir, found.storage.setAside[0]?.file ?? ''))).toBe(true);
    expect(first.output.stderr + second.output.stderr).not.toMatch(/\n\s+at |malformed/);
    expect(first.output.stderr + second.output.stderr).not.toContain(listedPlate);
  }, 180_000);
});

test('a disk that is pulled out: alerts go on, and the status says so', async (context) => {
  const folder = temporaryFolder();
  const disk = looseDisk(context, join(folder, 'data'), 200);
  const { start, status, alerts } = await openUnit(folder);
  const unit = await start();
  await alerts(1, 'an alert');
  disk.pull();
  const { counts } = await status();
  await alerts(counts.hits + 2, 'alerts without a disk');
  // Which of both it finds depends on what of the files is in memory.
  await expect
    .poll(async () => (await status()).problems.join('\n'))
    .toMatch(
      /storage: the data folder cannot be read: nothing is stored|records: The disk does not answer in time: hits that were told and are not stored/,
    );
  unit.child.kill('SIGTERM');
  await unit.ended;
  expect(unit.output.stderr).not.toMatch(/\n\s+at /);
  expect(unit.output.stderr).not.toContain(listedPlate);
}, 180_000);

describe.each<Pages>([0, 'all but the first'])('with page %s overwritten', (pages) => {
  test('people.db: nobody logs in, alerts go on, and the message says what to do', async () => {
    const { dataDir, file, start, status, alerts, ask } = await openUnit();
    spoil(join(dataDir, 'people.db'), pages);
    const unit = await start();
    await alerts(2, 'alerts');
    expect((await status()).problems.join('\n')).toMatch(
      /accounts: .*people\.db: the file is damaged/,
    );
    expect(unit.output.stdout).not.toContain('One-time code');
    const refused = await ask(...search);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^lookout: .*people\.db: the file is damaged .*\n$/);
    const doctor = await lookout('doctor', '--config', file);
    expect(doctor.stdout).toMatch(/FAILED +database .*people\.db/);
    expect(doctor.stdout + doctor.stderr + unit.output.stderr).not.toMatch(/^\s+at /m);
  }, 180_000);

  test('audit.db: no look is answered, alerts go on, and the message says what to do', async () => {
    const { dataDir, start, status, alerts, ask } = await openUnit();
    spoil(join(dataDir, 'audit.db'), pages);
    const unit = await start();
    await alerts(2, 'alerts');
    await expect
      .poll(async () => (await status()).problems.join('\n'))
      .toMatch(/audit log: .*audit\.db: the file is damaged/);
    const refused = await ask(...search);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).not.toMatch(/^\s+at /m);
    expect(unit.output.stderr).not.toMatch(/\\n\s+at /);
  }, 180_000);
});
