import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createAudioOutputs } from '../../src/alerts/audio-outputs.ts';
import { createSoundControl, type SoundControl } from '../../src/alerts/sound-control.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createLog } from '../../src/platform/log.ts';
import { noAlsaDevice } from '../alerts/alsa-sink.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { runConsole } from './running-console.ts';
import { askAsPage } from './screen.ts';

/** A console whose unit has no sound device: each sound goes to a file, whose name tells its class. */
async function soundConsole() {
  const folder = temporaryFolder();
  noAlsaDevice(folder);
  const { alerts } = configSchema.parse({});
  const log = createLog({ level: 'silent' });
  const outputs = createAudioOutputs({ config: alerts, dataDir: folder, log });
  onTestFinished(async () => {
    for (const output of outputs) await output[Symbol.asyncDispose]();
  });
  let control: SoundControl | null = null;
  const console = await runConsole({
    status: () => ({ sound: control?.status() }),
    sound: (people) => {
      control = createSoundControl({ outputs, isHeld: people.isHeld });
      return control;
    },
  });
  const ask = (method: string, path: string, body?: unknown, cookie = console.cookie) =>
    askAsPage(console.url, { method, path, cookie, body });
  const files = () =>
    readdirSync(join(folder, 'sounds')).map((name) => /-([a-z]+)\.wav$/.exec(name)?.[1]);
  return { console, ask, files };
}

test('PRA-8: a test plays the tone of each class, by whom is on record, and the answer says that nobody hears it', async () => {
  const { console, ask, files } = await soundConsole();
  const { status, body } = await ask('POST', 'api/sound/test', {});
  expect([status, body.state]).toEqual([200, 'fallback']);
  expect(body.problem).toMatch(
    /The sound device 'default' does not play|The program that plays sounds cannot/,
  );
  await waitFor(() => files().length === 4);
  expect(files().sort()).toEqual(['informational', 'near', 'standard', 'urgent']);
  const told = console.unit.records.slice(-2);
  expect(told.map(({ operation, outcome, who }) => [operation, outcome, who.username])).toEqual([
    ['sound.test', 'started', 'ada'],
    ['sound.test', 'done', 'ada'],
  ]);
});

test('PRA-8: a mute is in the status of every page until its person logs out; longer than 15 min is refused', async () => {
  const { console, ask } = await soundConsole();
  expect((await ask('POST', 'api/sound/mute', { input: { minutes: 16 } })).status).toBe(400);
  expect((await ask('POST', 'api/sound/mute', { input: { minutes: 5 } })).status).toBe(200);
  expect(console.unit.records.at(-1)).toMatchObject({
    operation: 'sound.mute',
    query: { minutes: 5 },
    outcome: 'done',
  });
  const { token } = await console.unit.login(
    'ada',
    'four wet herons at noon',
    undefined,
    'page 127.0.0.1',
  );
  const other = `lookout-unit-1=${token}`;
  const soundThere = async () => (await ask('GET', 'api/status', undefined, other)).body.sound;
  expect(await soundThere()).toMatchObject({ by: 'Ada Cole (ada)' });
  expect((await soundThere()).mutedUntilMs).toBeGreaterThan(Date.now());
  expect((await ask('DELETE', 'api/session')).status).toBe(204);
  expect(await soundThere()).toMatchObject({ by: null, mutedUntilMs: null });

  await ask('POST', 'api/sound/mute', {}, other);
  expect(await soundThere()).toMatchObject({ by: 'Ada Cole (ada)' });
  await ask('POST', 'api/sound/unmute', {}, other);
  expect(await soundThere()).toMatchObject({ by: null, mutedUntilMs: null });
});

test('ALT-9: who rides with somebody holds the voice back, on record, until their session is over', async () => {
  const { console, ask } = await soundConsole();
  const sound = async () => (await ask('GET', 'api/status')).body.sound;
  expect((await ask('POST', 'api/sound/hush', {})).body.discreet).toBe(true);
  expect((await sound()).discreet).toBe(true);
  expect(console.unit.records.at(-1)).toMatchObject({ operation: 'sound.hush', outcome: 'done' });
  expect((await ask('POST', 'api/sound/unhush', {})).body.discreet).toBe(false);
  expect((await sound()).discreet).toBe(false);
});
