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

/** A sound to be played. */
export interface Sound {
  /** Names the file when there is no device; no plate in it. */
  name: string;
  wav: Buffer;
  durationMs: number;
  /** A larger one stops a smaller one that is playing; equals wait their turn. */
  priority: number;
  /** Whether it is played again from its start when a more urgent one has stopped it. */
  isRepeated: boolean;
}

/** Plays one sound at a time on the unit's sound device, the most urgent first. */
export interface Player extends AsyncDisposable {
  /** Tries the device with a moment of silence. */
  start(): Promise<void>;
  /**
   * Resolves when the sound has begun, waits behind a more urgent one, or is in a file because no device took
   * it; rejects when even the file could not be written.
   */
  play(sound: Sound): Promise<void>;
  health(): Pick<OutputHealth, 'state' | 'problem'>;
}

/** Where the player says what it does; a part of the daemon's log. */
interface PlayerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Sounds that wait at most; the least urgent beyond it is dropped, its alert is on the screen. */
const WAITING = 4;
/** Fallback files kept. */
const FILES = 20;
/** A device that has not refused by now is playing: opening a missing one fails within some 30 ms. */
const BEGUN_AFTER_MS = 120;
/** What the device may take beyond the length of a sound before it counts as stuck. */
const STUCK_AFTER_MS = 3000;

interface Playing {
  sound: Sound;
  child: ChildProcess;
  interrupted: boolean;
}

/**
 * Plays through `aplay -D device`. Where aplay is missing or the device does not take the sound, the sound goes
 * to `folder` (state `fallback`), and the device is tried again with every alert and in between.
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
        if (playing === null) begin(SILENCE).catch(() => {});
      }, backoff.next());
      retry.unref();
    }
  };

  /** Writes the sound to a file instead. */
  const write = async (sound: Sound, why: string): Promise<void> => {
    try {
      const at = new Date().toISOString().replaceAll(':', '');
      if (sound !== SILENCE) {
        await writeFileDurably(join(folder, `${at}-${sound.name}.wav`), sound.wav);
        const old = (await readdir(folder)).filter((file) => file.endsWith('.wav')).sort();
        await Promise.all(
          old.slice(0, -FILES).map((file) => rm(join(folder, file), { force: true })),
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
  /** One file after another, a moment apart: a name holds the millisecond, and none is to take another's place. */
  const keep = (sound: Sound, why: string): Promise<void> => {
    const kept = keeping.then(() => write(sound, why));
    keeping = kept.catch(() => {}).then(() => sleep(2));
    return kept;
  };

  /** Starts aplay; resolves when the sound has begun, ended or been kept in a file. */
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
      child.stdin.on('error', () => {}); // It went away before it took everything; its exit tells why.
      child.stdin.end(sound.wav);
      const begun = setTimeout(resolve, BEGUN_AFTER_MS);
      const stuck = setTimeout(() => {
        isStuck = true;
        child.kill('SIGKILL');
      }, sound.durationMs + STUCK_AFTER_MS);
      const end = async (exitCode: number | null, missing: string | null) => {
        clearTimeout(begun);
        clearTimeout(stuck);
        if (playing === mine) playing = null;
        startNext();
        if (mine.interrupted || isClosed) return;
        if (exitCode === 0) return become('ok', null);
        // Its last words may still be on their way; a process that it left behind may hold the pipe open.
        if (missing === null) await Promise.race([once(child.stderr, 'close'), sleep(100)]);
        await keep(sound, describe(device, missing, isStuck, refusal));
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
    // Its teller has long been answered; what goes wrong now shows in the health.
    if (sound !== undefined) begin(sound).catch(() => {});
  };

  const wait = (sound: Sound) => {
    const place = waiting.findIndex((other) => other.priority < sound.priority);
    waiting.splice(place === -1 ? waiting.length : place, 0, sound);
    if (waiting.length > WAITING) {
      waiting.pop();
      log.warn({ device }, 'too many alerts at once; the least urgent one makes no sound');
    }
  };

  return {
    start: () => (playing === null ? begin(SILENCE) : Promise.resolve()),
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

/** Stops what is playing, at once: aplay's own way out plays the rest of its buffer first. */
function interrupt(playing: Playing): void {
  playing.interrupted = true;
  playing.child.kill('SIGKILL');
}

function describe(
  device: string,
  missing: string | null,
  isStuck: boolean,
  refusal: string,
): string {
  if (missing !== null) {
    return `aplay cannot be started (${missing}): install alsa-utils to hear alerts.`;
  }
  if (isStuck) {
    return `The sound device '${device}' hangs: check its cable, or set alerts.sound.device to another.`;
  }
  const said = refusal.trim().split('\n').at(-1) ?? '';
  return `The sound device '${device}' does not play (${said || 'aplay failed'}): connect one, or set alerts.sound.device to one of 'aplay -L'.`;
}

/** A moment of nothing, to try the device with. */
const SILENCE: Sound = {
  name: 'silence',
  wav: encodeWav(new Int16Array(2400), 48_000),
  durationMs: 50,
  priority: -1,
  isRepeated: false,
};
