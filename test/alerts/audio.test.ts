import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Alert, AlertOutput } from '../../src/alerts/alert.ts';
import { createAudioOutputs } from '../../src/alerts/audio-outputs.ts';
import { renderTone } from '../../src/alerts/tone.ts';
import { durationMsOf } from '../../src/alerts/wav.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createLog } from '../../src/platform/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { type AlsaSink, alsaSink, hasAplay, noAlsaDevice } from './alsa-sink.ts';
import { listen } from './listen.ts';
import { exampleAlert, exampleHit, exampleMatch } from './sample-alerts.ts';

const hasVoice = spawnSync('espeak-ng', ['--version']).status === 0;

/** Sound and voice outputs on a device, disposed with the test. */
function outputsOn(
  device: string,
  dataDir: string,
  voice = false,
  hasPassenger: () => boolean = () => false,
) {
  const { alerts } = configSchema.parse({
    alerts: { sound: { device }, voice: { enabled: voice } },
  });
  const outputs = createAudioOutputs({
    config: alerts,
    dataDir,
    log: createLog({ level: 'silent' }),
    hasPassenger,
  });
  onTestFinished(async () => {
    for (const output of outputs) await output[Symbol.asyncDispose]();
  });
  const named = (name: AlertOutput['name']): AlertOutput => {
    const output = outputs.find((one) => one.name === name);
    if (output === undefined) throw new Error(`no ${name} output`);
    return output;
  };
  return { sound: named('sound'), speech: named('voice') };
}

const alertOf = (over: Parameters<typeof exampleMatch>[0], detectionId = 'one'): Alert =>
  exampleAlert(exampleHit({ detectionId, match: exampleMatch(over) }));
const urgent = alertOf({ entry: { category: 'amber' } }, 'urgent');
const standard = alertOf({}, 'standard');
const near = alertOf({ tier: 'near' }, 'near');
const informational = alertOf({ list: { type: 'specific' } }, 'informational');

/** The sounds kept in a folder, oldest first. */
const wavsIn = (path: string) =>
  readdirSync(path)
    .filter((name) => name.endsWith('.wav'))
    .sort();

/** Pitches of a rendered tone, without a sound device. */
const pcmOf = (name: Parameters<typeof renderTone>[0]) => {
  const wav = renderTone(name);
  return new Int16Array(wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + wav.byteLength));
};

describe('the tones', () => {
  test('are 16-bit WAV files at 48 kHz whose lengths are true', () => {
    const wav = renderTone('urgent');
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
    expect(wav.readUInt32LE(4)).toBe(wav.byteLength - 8);
    expect(wav.readUInt16LE(22)).toBe(1);
    expect(wav.readUInt32LE(24)).toBe(48_000);
    expect(wav.readUInt16LE(34)).toBe(16);
    expect(wav.readUInt32LE(40)).toBe(wav.byteLength - 44);
  });

  test('differ by class in melody, length and loudness', () => {
    const heard = {
      urgent: listen(pcmOf('urgent')),
      standard: listen(pcmOf('standard')),
      near: listen(pcmOf('near')),
      informational: listen(pcmOf('informational')),
    };
    expect(heard.urgent.notes).toHaveLength(15);
    expect(heard.standard.notes).toHaveLength(4);
    expect(heard.near.notes).toHaveLength(2);
    expect(heard.informational.notes).toHaveLength(1);
    expect(heard.urgent.durationMs).toBeGreaterThan(1.5 * heard.standard.durationMs);
    expect(heard.standard.durationMs).toBeGreaterThan(1.5 * heard.near.durationMs);
    expect(heard.urgent.peak).toBeGreaterThan(heard.standard.peak);
    expect(heard.standard.peak).toBeGreaterThan(2 * heard.near.peak);
    expect(heard.near.peak).toBeGreaterThan(1.4 * heard.informational.peak);
  });

  test('rise for an alert and for verified, and fall for withdrawn', () => {
    const pitches = (name: Parameters<typeof renderTone>[0]) =>
      listen(pcmOf(name)).notes.map(({ hz }) => hz);
    const sorted = (hz: number[]) => hz.toSorted((a, b) => a - b);
    expect(pitches('standard').slice(0, 2)).toEqual(sorted(pitches('standard').slice(0, 2)));
    expect(pitches('verified')).toEqual(sorted(pitches('verified')));
    expect(pitches('withdrawn')).toEqual(sorted(pitches('withdrawn')).reverse());
  });

  test('start and end without a click', () => {
    for (const name of ['urgent', 'standard', 'near', 'informational', 'withdrawn'] as const) {
      const samples = pcmOf(name);
      expect(Math.abs(samples[0] ?? 1)).toBeLessThan(50);
      expect(Math.abs(samples.at(-1) ?? 1)).toBeLessThan(50);
    }
  });
});

/** The notes of what a device has played, sound by sound. */
const melodies = (sink: AlsaSink) => sink.played().map((samples) => listen(samples).notes);
const melodyOf = (name: Parameters<typeof renderTone>[0]) => listen(pcmOf(name)).notes;

describe.skipIf(!hasAplay)('on a sound device (skipped without aplay)', () => {
  test('each class plays its own tone', async () => {
    const folder = temporaryFolder();
    const sink = alsaSink(folder);
    const { sound } = outputsOn(sink.device, folder);
    await sound.start();
    // On a busy machine the silence may not have reached the device yet, and an alert would take its place.
    await expect.poll(() => melodies(sink)).toEqual([[]]);
    for (const alert of [urgent, standard, near, informational])
      await sound.present('raised', alert);
    await expect
      .poll(() => melodies(sink).slice(1))
      .toEqual((['urgent', 'standard', 'near', 'informational'] as const).map(melodyOf));
    expect(sound.health()).toEqual({ state: 'ok', problem: null });
  });

  test('a withdrawn alert plays the falling tone, an amendment of the same entry none', async () => {
    const folder = temporaryFolder();
    const sink = alsaSink(folder);
    const { sound } = outputsOn(sink.device, folder);
    await sound.present('raised', standard);
    await sound.present('amended', standard);
    await sound.present('withdrawn', standard);
    await expect.poll(() => melodies(sink)).toEqual([melodyOf('standard'), melodyOf('withdrawn')]);
  });

  test('an urgent alert stops a lesser tone, which is played again after it', async () => {
    const folder = temporaryFolder();
    const sink = alsaSink(folder, { held: true });
    const { sound } = outputsOn(sink.device, folder);
    await sound.present('raised', standard);
    await waitFor(() => sink.played().length === 1, { what: 'the tone to be stopped' });
    await sound.present('raised', urgent);
    await sound.present('raised', informational);
    sink.release();
    await expect
      .poll(() => melodies(sink).slice(1))
      .toEqual((['urgent', 'standard', 'informational'] as const).map(melodyOf));
    expect(melodies(sink)[0]?.length).toBeLessThan(melodyOf('standard').length);
  });

  test('more alerts than can sound in turn drop the least urgent ones', async () => {
    const folder = temporaryFolder();
    const sink = alsaSink(folder, { held: true });
    const { sound } = outputsOn(sink.device, folder);
    await sound.present('raised', urgent);
    for (let n = 0; n < 6; n += 1) {
      await sound.present('raised', alertOf({ list: { type: 'specific' } }, `low-${n}`));
    }
    await sound.present('raised', standard);
    sink.release();
    const low = melodyOf('informational');
    await expect
      .poll(() => melodies(sink))
      .toEqual([melodyOf('urgent'), melodyOf('standard'), low, low, low]);
  });

  test('a device that hangs is left alone, and its sound goes to a file', async () => {
    const folder = temporaryFolder();
    const sink = alsaSink(folder, { held: true });
    const { sound } = outputsOn(sink.device, folder);
    await sound.present('raised', standard);
    await waitFor(() => sound.health().state === 'fallback');
    expect(sound.health().problem).toMatch(/hangs: check its cable/);
    expect(readdirSync(join(folder, 'sounds'))).toHaveLength(1);
    sink.release();
  });

  test.skipIf(!hasVoice)('speech comes after the tone (skipped without espeak-ng)', async () => {
    const folder = temporaryFolder();
    const sink = alsaSink(folder);
    const { sound, speech } = outputsOn(sink.device, folder, true);
    await speech.start();
    await Promise.all([sound.present('raised', standard), speech.present('raised', standard)]);
    await expect
      .poll(() => listen(sink.played()[1] ?? new Int16Array()).durationMs)
      .toBeGreaterThan(4000);
    expect(melodies(sink)[0]).toEqual(melodyOf('standard'));
    expect(speech.health()).toEqual({ state: 'ok', problem: null });
  });
});

describe('without a sound device', () => {
  test('the sound goes to a file, and the health says what to do', async () => {
    const folder = temporaryFolder();
    noAlsaDevice(folder);
    const { sound } = outputsOn('default', folder);
    await sound.start();
    // On a busy machine aplay may not have refused yet.
    await waitFor(() => sound.health().state === 'fallback');
    await sound.present('raised', urgent);
    const file = await waitFor(() => {
      const path = join(folder, 'sounds');
      return existsSync(path) && wavsIn(path)[0];
    });
    expect(file).toMatch(/^\d{4}-\d\d-\d\dT\d{6}\.\d{3}Z-urgent\.wav$/);
    expect(readFileSync(join(folder, 'sounds', file))).toEqual(renderTone('urgent'));
    expect(sound.health().problem).toMatch(/sounds are written to .*sounds\./);
  });

  test.skipIf(!hasAplay)('a device that is connected later is used again', async () => {
    const folder = temporaryFolder();
    noAlsaDevice(folder);
    const { sound } = outputsOn('testsink', folder);
    await sound.start();
    await waitFor(() => sound.health().state === 'fallback');
    const sink = alsaSink(folder);
    await sound.present('raised', standard);
    await waitFor(() => sound.health().state === 'ok');
    await expect.poll(() => melodies(sink)).toEqual([melodyOf('standard')]);
  });

  test('DSP-4: the answer of dispatch sounds unlike any alert, up when verified and down when not', async () => {
    const folder = temporaryFolder();
    noAlsaDevice(folder);
    const { sound } = outputsOn('default', folder);
    await sound.start();
    const isThere = (name: string) => {
      const path = join(folder, 'sounds');
      return existsSync(path) && readdirSync(path).some((file) => file.endsWith(`-${name}.wav`));
    };
    await sound.answer?.('verified', urgent);
    await waitFor(() => isThere('verified'));
    await sound.answer?.('not_verified', urgent);
    await waitFor(() => isThere('withdrawn'));
    expect(isThere('urgent')).toBe(false);
  });

  test.skipIf(!hasVoice)(
    'ALT-9: from when a passenger sits in the car the voice says a few words (skipped without espeak-ng)',
    async () => {
      const folder = temporaryFolder();
      noAlsaDevice(folder);
      let isPassengerThere = false;
      const { speech } = outputsOn('default', folder, true, () => isPassengerThere);
      const path = join(folder, 'sounds');
      const files = () => (existsSync(path) ? wavsIn(path) : []);
      const spokenMs = async (n: number) => {
        await speech.present('raised', standard);
        const file = await waitFor(() => files()[n], { what: 'the spoken alert' });
        return durationMsOf(readFileSync(join(path, file)));
      };
      const whole = await spokenMs(0);
      isPassengerThere = true;
      expect(await spokenMs(1)).toBeLessThan(whole / 2);
    },
  );

  test('keeps the files of the last twenty sounds and no more', async () => {
    const folder = temporaryFolder();
    noAlsaDevice(folder);
    const { sound } = outputsOn('default', folder);
    const path = join(folder, 'sounds');
    const kept = () => (existsSync(path) ? wavsIn(path) : []);
    const seen = new Set<string>();
    for (let n = 0; n < 24; n += 1) {
      await sound.present('raised', alertOf({ list: { type: 'specific' } }, `alert-${n}`));
      await waitFor(() => {
        for (const file of kept()) seen.add(file);
        return seen.size === n + 1;
      });
    }
    await expect.poll(kept).toEqual([...seen].slice(-20));
  });

  test('sounds that no device takes at the same moment have a file each, in the place of older ones', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'sounds');
    mkdirSync(path);
    for (let day = 11; day <= 30; day += 1) {
      writeFileSync(join(path, `2025-11-${day}T000000.000Z-near.wav`), '');
    }
    const before = process.env.PATH;
    // Without aplay each fails as soon as it is begun.
    process.env.PATH = folder;
    onTestFinished(() => {
      process.env.PATH = before;
    });
    const { sound } = outputsOn('default', folder);
    const alerts = Array.from({ length: 5 }, (_, n) => alertOf({}, `alert-${n}`));
    await Promise.all(alerts.map((alert) => sound.present('raised', alert)));
    await expect
      .poll(() => wavsIn(path).map((name) => name.slice(23, -4)))
      .toEqual([...Array(15).fill('near'), ...Array(5).fill('standard')]);
    expect(sound.health().state).toBe('fallback');
  });

  test('a machine without the programs says which to install', async () => {
    const folder = temporaryFolder();
    const before = process.env.PATH;
    process.env.PATH = folder;
    onTestFinished(() => {
      process.env.PATH = before;
    });
    const { sound, speech } = outputsOn('default', folder, true);
    await sound.present('raised', standard);
    await expect(speech.present('raised', standard)).rejects.toThrow(/espeak-ng is not installed/);
    expect(speech.health().state).toBe('failed');
    await waitFor(() => sound.health().state === 'fallback');
    expect(sound.health().problem).toMatch(/cannot be started: ask the technician to install/);
  });
});
