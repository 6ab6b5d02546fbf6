import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
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
  expect(again.code).toBe(1);
  expect(again.stderr).toContain('This unit was wiped');
}, 120_000);
