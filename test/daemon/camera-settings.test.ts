import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { createCameraSettings } from '../../src/daemon/camera-settings.ts';
import { createLog } from '../../src/platform/log.ts';
import type { CameraControl, CameraControlPort } from '../../src/vision/capture/v4l2-controls.ts';
import type { HeadStatus, HeadSupervisor } from '../../src/vision/head/supervisor.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

const device = '/dev/video7';
const config = configSchema.parse({
  heads: { list: [{ id: 'front', ir: { kind: 'v4l2', device }, colour: null }] },
});

/** A camera that has exposure and gain, and forgets them without power. */
function camera() {
  const values = new Map<string, number>();
  const told: string[] = [];
  const loseLower = () => {
    for (const [name, value] of Object.entries({ auto_exposure: 3, exposure: 250, gain: 0 }))
      values.set(name, value);
  };
  loseLower();
  const port: CameraControlPort = {
    list: async () =>
      [...values].map(
        ([name, value]): CameraControl => ({
          ...{ name, value, kind: 'number', min: 0, max: 500, step: 1, usual: 0 },
          ...{ isInactive: false, choices: [] },
        }),
      ),
    async set(_, name, value) {
      if (value > 500) throw new Error(`${name}: Numerical result out of range`);
      told.push(`${name}=${value}`);
      values.set(name, value);
    },
  };
  return { values, told, port, losePower: loseLower };
}

/** A head whose camera runs, opened anew so often. */
function headOpened(reopened: () => number) {
  const status = () =>
    ({
      pid: 1,
      health: { ir: { state: 'running', reopened: reopened() }, colour: null },
    }) as HeadStatus;
  return { head: () => ({ status }) as HeadSupervisor };
}

function settingsIn(dataDir: string, port: CameraControlPort, reopened = () => 0) {
  const settings = createCameraSettings({
    ...{ config, dataDir, port, log: createLog({ level: 'silent' }) },
    heads: () => headOpened(reopened),
  });
  onTestFinished(() => settings[Symbol.asyncDispose]());
  return settings;
}

test('what is set is kept: again after a restart and after the camera was opened anew, automatic ones first', async () => {
  const dataDir = temporaryFolder();
  const { values, told, port, losePower } = camera();
  const first = settingsIn(dataDir, port);
  await first.set('front', { camera: 'ir', control: 'exposure', value: 40 });
  const now = await first.set('front', { camera: 'ir', control: 'auto_exposure', value: 1 });
  expect(now.controls.find(({ name }) => name === 'exposure')?.value).toBe(40);

  losePower();
  told.length = 0;
  let reopened = 0;
  const second = settingsIn(dataDir, port, () => reopened);
  await second.start();
  await waitFor(() => values.get('exposure') === 40);
  expect(told).toEqual(['auto_exposure=1', 'exposure=40']);
  losePower();
  reopened = 1;
  await waitFor(() => values.get('exposure') === 40);
  expect(values.get('gain')).toBe(0);
});

test('what the camera does not take is refused with its words and not kept', async () => {
  const dataDir = temporaryFolder();
  const settings = settingsIn(dataDir, camera().port);
  const setting = { camera: 'ir' as const, control: 'gain', value: 600 };
  await expect(settings.set('front', setting)).rejects.toThrow(
    'The camera did not take it: gain: Numerical result out of range.',
  );
  await expect(settings.set('front', { ...setting, control: 'zoom' })).rejects.toThrow(
    'the camera has no zoom',
  );
  await expect(settings.set('front', { ...setting, camera: 'colour' })).rejects.toThrow(
    'cannot be set from here',
  );
  expect(() => readFileSync(join(dataDir, 'camera-settings.json'))).toThrow('ENOENT');
});

test('a damaged file of settings costs the settings alone', async () => {
  const dataDir = temporaryFolder();
  writeFileSync(join(dataDir, 'camera-settings.json'), '{"/dev/video7": {"gain": "hi');
  const { port, values } = camera();
  const settings = settingsIn(dataDir, port);
  expect((await settings.list('front'))[0]?.controls).toHaveLength(3);
  await settings.set('front', { camera: 'ir', control: 'gain', value: 7 });
  expect(values.get('gain')).toBe(7);
});
