import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import type { AimFigures, AimFrame, AimLine } from '../../src/console/aim-line.ts';
import { createDaemon } from '../../src/daemon/daemon.ts';
import { createLog } from '../../src/platform/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeTestAccounts, testPassword } from '../support/test-accounts.ts';
import { waitFor } from '../support/wait-for.ts';
import { listedPlate, writeUnit } from './unit-under-test.ts';

const patient = { timeoutMs: 120_000 };

test('CAP-17: a technician sees what a running unit reads; a plate held for a test makes no record meanwhile', {
  timeout: 300_000,
}, async () => {
  const folder = temporaryFolder();
  const file = writeUnit(folder, { loop: true, extra: { policy: { profile: 'vallejo' } } });
  const accounts = await makeTestAccounts(folder, file);
  await accounts.join('tess', 'maintenance');
  const { config } = loadConfig({ file });
  await using daemon = await createDaemon(config, createLog({ level: 'silent' }));
  await daemon.start();
  const login = { username: 'tess', password: testPassword, noticeAcknowledged: true };
  const { token } = await daemon.accountability.people.login(login, 'page 127.0.0.1');
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const post = (path: string, input: object = {}) =>
    fetch(`${daemon.console?.url}api/cameras/front/${path}`, {
      method: 'POST',
      headers: {
        cookie: `lookout-car-1=${token}`,
        ...{ 'x-lookout': 'page', 'content-type': 'application/json' },
      },
      body: JSON.stringify({ input }),
      signal: leaving.signal,
    });

  let frame: AimFrame | null = null;
  let figures: AimFigures | null = null;
  const answer = await post('aim');
  expect(answer.status).toBe(200);
  const listening = (async () => {
    let text = '';
    for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const parts = (text + part).split('\n');
      text = parts.pop() ?? '';
      for (const line of parts.map((each) => JSON.parse(each) as AimLine)) {
        if (line.type === 'frame' && line.plates.length > 0) frame = line;
        if (line.type === 'figures') figures = line;
      }
    }
  })().catch(() => undefined);
  const passed = () => figures?.plates.widthsPx.length ?? 0;
  await waitFor(() => frame !== null && passed() > 1, patient);
  expect(frame).toMatchObject({ isClear: false, skewMs: 0, width: 640, height: 360 });
  expect(figures).toMatchObject({
    state: 'running',
    maxSkewMs: 80,
    camera: { width: 640, leastFps: 5 },
    position: { source: 'replay', quality: 'fix-3d' },
    uplink: null,
    test: null,
  });

  const db = new SQLite(join(folder, 'data/lookout.db'), { readonly: true });
  onTestFinished(() => void db.close());
  const recorded = () => db.prepare('SELECT count(*) FROM detection').pluck().get() as number;
  expect((await post('test', { plate: listedPlate })).status).toBe(200);
  // One that was in view before the test is recorded to its end.
  const atBegin = passed();
  await waitFor(() => passed() > atBegin, patient);
  const before = recorded();
  const passedThen = passed();
  await waitFor(() => passed() > passedThen + 1 && (figures?.test?.right ?? 0) > 3, patient);
  expect(recorded()).toBe(before);
  expect((await post('end-test')).status).toBe(200);
  await waitFor(() => recorded() > before, patient);
  leaving.abort();
  await listening;
});
