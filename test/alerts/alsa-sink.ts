import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Whether this machine has ALSA's player; a test that needs it skips without. */
export const hasAplay = spawnSync('aplay', ['--version']).status === 0;

/** A sound device that writes what it is given to files, as a real ALSA device of that name. */
export interface AlsaSink {
  device: string;
  /** What each run of aplay played, in the order in which they began; 48 kHz, one channel. */
  played(): Int16Array[];
  /** Lets a held device take sound. */
  release(): void;
}

/**
 * Makes a device for the processes that this test starts: ALSA's `file` plugin, which opens a further file for each
 * run of aplay. It takes a sound at once; a held one keeps aplay in a pipe of 64 KiB until it is released, as a device
 * that plays slowly does. What holds it goes with the folder at the latest.
 */
export function alsaSink(folder: string, options: { held?: boolean } = {}): AlsaSink {
  mkdirSync(folder, { recursive: true });
  const gate = join(folder, 'gate');
  const toNowhere = '{ type null }';
  const throughGate = `{ type file slave.pcm nowhere format raw
       file "|while [ -d ${folder} ] && [ ! -e ${gate} ]; do sleep 0.02; done; cat >/dev/null" }`;
  useAlsaConfig(
    folder,
    `pcm.nowhere ${toNowhere}
     pcm.taken ${options.held ? throughGate : toNowhere}
     pcm.sink { type file slave.pcm taken format raw file "${join(folder, 'played')}" truncate false }
     pcm.testsink { type plug slave { pcm sink format S16_LE rate 48000 channels 1 } }`,
  );
  return {
    device: 'testsink',
    played: () =>
      readdirSync(folder)
        .filter((file) => file.startsWith('played'))
        .sort()
        .map((file) => {
          const bytes = readFileSync(join(folder, file));
          return new Int16Array(bytes.buffer.slice(bytes.byteOffset), 0, bytes.byteLength >> 1);
        }),
    release: () => writeFileSync(gate, ''),
  };
}

/** ALSA as on a machine without any sound device. */
export function noAlsaDevice(folder: string): void {
  useAlsaConfig(folder, '');
}

function useAlsaConfig(folder: string, text: string): void {
  const config = join(folder, 'asound.conf');
  writeFileSync(config, text);
  const before = process.env.ALSA_CONFIG_PATH;
  process.env.ALSA_CONFIG_PATH = config;
  onTestFinished(() => {
    if (before === undefined) delete process.env.ALSA_CONFIG_PATH;
    else process.env.ALSA_CONFIG_PATH = before;
  });
}
