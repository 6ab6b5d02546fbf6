import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { DaemonStatus } from '../../src/daemon/daemon-status.ts';
import { freePort } from '../support/free-port.ts';
import { lookout, lookoutAs, startLookout, untilReady } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeTestAccounts } from '../support/test-accounts.ts';
import { waitFor } from '../support/wait-for.ts';
import { writeUnit } from './unit-under-test.ts';

const patient = { timeoutMs: 90_000 };

test('CAP-13: nothing is read in a zone; a court order lets the unit read, until it ends', {
  timeout: 180_000,
}, async () => {
  const folder = temporaryFolder();
  const metricsPort = await freePort();
  const zones = [{ name: 'Clinic', hours: { from: '00:00', to: '24:00' } }];
  const file = writeUnit(folder, {
    metricsPort,
    loop: true,
    extra: { suspension: { zones }, policy: { profile: 'vallejo' } },
  });
  const { administrator } = await makeTestAccounts(folder, file);
  const unit = startLookout(['run', '--config', file]);
  await untilReady(unit);
  const status = async (): Promise<DaemonStatus> => {
    const response = await fetch(`http://127.0.0.1:${metricsPort}/status`);
    return (await response.json()) as DaemonStatus;
  };
  const framesTaken = async () => (await status()).heads[0]?.health?.ir.framesTaken ?? 0;

  // The drive has 90 frames: its vehicle has passed more than once.
  await waitFor(async () => (await framesTaken()) > 250, patient);
  const suspended = await status();
  expect(suspended.capture.suspended?.zone).toBe('Clinic');
  expect(suspended.counts).toMatchObject({ reports: 0, reads: 0 });
  expect(suspended.heads[0]).toMatchObject({ state: 'running', problem: null });
  const shown = await lookout('status', '--config', file);
  expect(shown.stdout).toContain('Capture is suspended: Clinic');
  expect(shown.stdout).toMatch(
    /Clock: nothing confirms it now; a GPS fix or an answer of headquarters does\./,
  );
  const db = new SQLite(join(folder, 'data/lookout.db'), { readonly: true });
  const stored = () => db.prepare('SELECT count(*) FROM detection').pluck().get();
  expect(stored()).toBe(0);

  const entered = await lookoutAs(
    administrator,
    ...['capture', 'order', '--config', file, '--number', 'SW 26-118', '--court', 'Superior Court'],
    ...['--zone', 'Clinic', '--until', '2099-01-01', '--purpose', 'investigation'],
    ...['--case', '26-0042', '--reason', 'search warrant'],
  );
  expect(entered.stderr).toContain('60 days');
  const inAWeek = new Date(Date.now() + 7 * 86_400_000).toISOString();
  const again = await lookoutAs(
    administrator,
    ...['capture', 'order', '--config', file, '--number', 'SW 26-118', '--court', 'Superior Court'],
    ...['--zone', 'Clinic', '--until', inAWeek, '--purpose', 'investigation', '--json'],
    ...['--case', '26-0042', '--reason', 'search warrant'],
  );
  expect(again.stderr).toBe('');
  await waitFor(async () => (await status()).counts.reads > 0, patient);
  expect((await status()).capture).toMatchObject({ suspended: null, underOrder: 'SW 26-118' });

  const { id } = JSON.parse(again.stdout) as { id: string };
  const ended = await lookoutAs(administrator, 'capture', 'end-order', id, '--config', file);
  expect(ended.stderr).toBe('');
  await waitFor(async () => (await status()).capture.suspended !== null, patient);
  db.close();
});
