import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createEmbeddedBroker } from '../../scripts/reference-headquarters/embedded-broker.ts';
import { createHeadquarters } from '../../scripts/reference-headquarters/headquarters.ts';
import { programRoot } from '../../src/config/load.ts';
import { lookout, startLookout, untilReady } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writeUnit } from './unit-under-test.ts';

test('a unit that headquarters wipes stops, is erased, and does not start again (BRE-1)', async () => {
  const folder = temporaryFolder();
  const broker = await createEmbeddedBroker({});
  onTestFinished(() => broker[Symbol.asyncDispose]());
  const headquarters = createHeadquarters({ broker: broker.url, folder: join(folder, 'hq') });
  onTestFinished(() => headquarters[Symbol.asyncDispose]());
  headquarters.start();
  const file = writeUnit(folder, { broker: broker.url, loop: true });
  const unit = startLookout(['run', '--config', file]);
  await untilReady(unit);

  const ordered = spawn(join(programRoot, 'scripts/headquarters'), [
    ...['command', 'car-1', 'wipe', '--agency', 'test-pd', '--broker', broker.url],
    ...['--by', 'Watch commander', '--reason', 'Unit stolen'],
  ]);
  expect((await once(ordered, 'close'))[0]).toBe(0);
  expect(await unit.ended).toBe(0);
  expect(readdirSync(join(folder, 'data'))).toEqual(['breach.json']);

  const again = await lookout('run', '--config', file);
  const service = readFileSync(join(programRoot, 'systemd/lookout.service'), 'utf8');
  const staysOff = /^RestartPreventExitStatus=(\d+)$/m.exec(service)?.[1];
  expect(again.code).toBe(Number(staysOff));
  expect(again.stderr).toContain('This unit was wiped');

  const status = await lookout('status', '--config', file, '--set', 'metrics.port=9');
  expect(status.code).toBe(1);
  expect(status.stderr).toMatch(
    /no running lookout answers .* This unit was wiped: ordered .* by Watch commander \(Unit stolen\)\. .*INSTALL\.md/,
  );
}, 120_000);
