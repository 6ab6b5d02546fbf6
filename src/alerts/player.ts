import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBackoff } from '../platform/backoff.ts';
import { messageOf } from '../platform/problem.ts';
import { writeFileDurably } from '../platform/write-file-durably.ts';
import type { OutputHealth } from './alert.ts';
import { encodeWav } from './wav.ts';

/** A sound to play. */
export interface Sound {
  /** Names the file if there is no device; contains no plate. */
  name: string;
  wav: Buffer;
  durationMs: number;
  /** A sound of higher priority stops one of lower priority; equal ones are queued. */
  priority: number;
  /** Whether it is played again from its start after a more urgent one stopped it. */
  isRepeated: boolean;
}

/** Plays one sound at a time on the unit's sound device, the most urgent first. */
export interface Player extends AsyncDisposable {
  /** Tries the device with a moment of silence. */
  start(): Promise<void>;
  /**
   * Resolves when the sound has started, is queued behind a more urgent one, or is in a file because no device played
   * it; rejects if the file cannot be written either.
   */
  play(sound: Sound): Promise<void>;
  health(): Pick<OutputHealth, 'state' | 'problem'>;
}

/** The log that the player writes to; a part of the daemon's log. */
interface PlayerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Most queued sounds; beyond that the least urgent is dropped, since its alert is on the screen. */
const maxWaiting = 4;
/** Fallback files kept. */
const maxFiles = 20;
/** A device that has not failed after this time is playing: opening a missing one fails within some 30 ms. */
const begunAfterMs = 120;
/** Time that the device may take beyond the length of a sound before it counts as stuck. */
const stuckAfterMs = 3000;

interface Playing {
  sound: Sound;
  child: ChildProcess;
  interrupted: boolean;
}

/**
 * Plays through `aplay -D device`. If aplay is missing or the device does not play, the sound is written to `folder`
 * (state `fallback`), and the device is tried again with every alert and at intervals.
 */
export function createPlayer(deps: { device: string; folder: string; log: PlayerLog }): Player {
  const { device, folder, log } = deps;
  const backoff = createBackoff({ firstMs: 5000, maxMs: 60_000 });
  const waiting: Sound[] = [];
  let playing: Playing | null = null;
  let retry: NodeJS.Timeout | undefined;
  let state: OutputHealth['state'] = 'ok';
  let problem: string | null = null;
  let isClosed = false;
  const endings = new Set<Promise<void>>();

  const become = (next: OutputHealth['state'], why: string | null) => {
    const isNews = next !== state || why !== problem;
    state = next;
    problem = why;
    if (isNews && next === 'ok') log.info({ device }, 'the sound device works again');
    else if (isNews) log.warn({ code: 'audio.fail', device, problem }, 'alerts do not sound');
    if (next === 'ok') {
      clearTimeout(retry);
      retry = undefined;
      backoff.reset();
    } else if (retry === undefined && !isClosed) {
      retry = setTimeout(() => {
        retry = undefined;
        if (playing === null) begin(silentSound).catch(() => {});
      }, backoff.next());
      retry.unref();
    }
  };

  /** Writes the sound to a file instead. */
  const write = async (sound: Sound, why: string): Promise<void> => {
    try {
      const at = new Date().toISOString().replaceAll(':', '');
      if (sound !== silentSound) {
        await writeFileDurably(join(folder, `${at}-${sound.name}.wav`), sound.wav);
        const old = (await readdir(folder)).filter((file) => file.endsWith('.wav')).sort();
        await Promise.all(
          old.slice(0, -maxFiles).map((file) => rm(join(folder, file), { force: true })),
        );
      }
      become('fallback', `${why} Until then, sounds are written to ${folder}.`);
    } catch (error) {
      const problem = `${why} Sounds cannot be written to ${folder} either (${messageOf(error)}).`;
      become('failed', problem);
      throw new Error(problem);
    }
  };

  let keeping: Promise<void> = Promise.resolve();
  /** Writes files one after another, a moment apart: names contain the millisecond, and must be unique. */
  const keep = (sound: Sound, why: string): Promise<void> => {
    const kept = keeping.then(() => write(sound, why));
    keeping = kept.catch(() => {}).then(() => sleep(2));
    return kept;
  };

  /** Starts aplay; resolves when the sound has started, ended or been written to a file. */
  const begin = (sound: Sound): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = spawn('aplay', ['-q', '-D', device], { stdio: ['pipe', 'ignore', 'pipe'] });
      const mine: Playing = { sound, child, interrupted: false };
      playing = mine;
      let refusal = '';
      let isStuck = false;
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        refusal = `${refusal}${text}`.slice(-2000);
      });
      child.stdin.on('error', () => {}); // aplay ended before it read everything; its exit gives the reason.
      child.stdin.end(sound.wav);
      const begun = setTimeout(resolve, begunAfterMs);
      const stuck = setTimeout(() => {
        isStuck = true;
        child.kill('SIGKILL');
      }, sound.durationMs + stuckAfterMs);
      const end = async (exitCode: number | null, missing: string | null) => {
        clearTimeout(begun);
        clearTimeout(stuck);
        if (playing === mine) playing = null;
        startNext();
        if (mine.interrupted || isClosed) return;
        if (exitCode === 0) return become('ok', null);
        // The last of stderr may still be on its way; a child process left behind may keep the pipe open.
        if (missing === null) await Promise.race([once(child.stderr, 'close'), sleep(100)]);
        await keep(sound, describeFailure(device, missing, isStuck, refusal));
      };
      const settle = (ending: Promise<void>) => {
        const kept = ending.then(resolve, reject).finally(() => endings.delete(kept));
        endings.add(kept);
      };
      child.once('exit', (exitCode) => settle(end(exitCode, null)));
      child.once('error', (error) => settle(end(null, messageOf(error))));
    });

  const startNext = () => {
    if (playing !== null || isClosed) return;
    const sound = waiting.shift();
    // The caller has its answer already; a later failure shows in `health()`.
    if (sound !== undefined) begin(sound).catch(() => {});
  };

  const wait = (sound: Sound) => {
    const place = waiting.findIndex((other) => other.priority < sound.priority);
    waiting.splice(place === -1 ? waiting.length : place, 0, sound);
    if (waiting.length > maxWaiting) {
      waiting.pop();
      log.warn({ device }, 'too many alerts at once; the least urgent one makes no sound');
    }
  };

  return {
    start: () => (playing === null ? begin(silentSound) : Promise.resolve()),
    async play(sound) {
      if (playing === null) return begin(sound);
      wait(sound);
      if (playing.sound.priority >= sound.priority || playing.interrupted) return;
      if (playing.sound.isRepeated) wait(playing.sound);
      interrupt(playing);
    },
    health: () => ({ state, problem }),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      clearTimeout(retry);
      waiting.length = 0;
      const child = playing?.child;
      if (child !== undefined && child.exitCode === null) {
        const closed = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await closed;
      }
      await Promise.allSettled(endings);
    },
  };
}

/** Stops the sound at once: on SIGTERM aplay would play the rest of its buffer first. */
function interrupt(playing: Playing): void {
  playing.interrupted = true;
  playing.child.kill('SIGKILL');
}

/** Why a device made no sound, and what to do. `missing`: aplay could not be started; `refusal`: what aplay said. */
export function describeFailure(
  device: string,
  missing: string | null,
  isStuck: boolean,
  refusal: string,
): string {
  if (missing !== null) {
    return 'The program that plays sounds cannot be started: ask the technician to install it.';
  }
  if (isStuck) {
    return `The sound device '${device}' hangs: check its cable, or ask the technician to choose another.`;
  }
  // Without the name and the line of the program that says it.
  const said = (refusal.trim().split('\n').at(-1) ?? '').replace(/^aplay: (?:\w+:\d+: )?/, '');
  return `The sound device '${device}' does not play (${said || 'it does not say why'}): connect a speaker, or ask the technician to choose another device.`;
}

/** A moment of silence, to try the device with. */
const silentSound: Sound = {
  name: 'silence',
  wav: encodeWav(new Int16Array(2400), 48_000),
  durationMs: 50,
  priority: -1,
  isRepeated: false,
};
