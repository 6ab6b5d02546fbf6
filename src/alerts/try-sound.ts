import { spawn } from 'node:child_process';
import { describeFailure } from './player.ts';
import { renderTone } from './tone.ts';
import { durationMsOf } from './wav.ts';

/** Whether a tone of `lengthMs` was played, or swallowed by ALSA's null device; or why it was not. */
export type SoundTrial =
  | { problem: string }
  | { problem: null; lengthMs: number; isSwallowed: boolean };

/** A device that hangs is given up after this time beyond the tone's length. */
const stuckAfterMs = 4000;

/** Plays the tone of an informational alert on a device, to its end. */
export function trySound(device: string): Promise<SoundTrial> {
  const wav = renderTone('informational');
  const lengthMs = durationMsOf(wav);
  return new Promise((resolve) => {
    const child = spawn('aplay', ['-q', '-v', '-D', device], { stdio: ['pipe', 'ignore', 'pipe'] });
    // With -v it tells the set-up of the device, before any error.
    let said = '';
    let isStuck = false;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-8000);
    });
    child.stdin.on('error', () => {}); // aplay ended before it read everything; its exit gives the reason.
    child.stdin.end(wav);
    const stuck = setTimeout(() => {
      isStuck = true;
      child.kill('SIGKILL');
    }, lengthMs + stuckAfterMs);
    const failed = (missing: string | null) => {
      clearTimeout(stuck);
      resolve({ problem: describeFailure(device, missing, isStuck, said) });
    };
    child.once('error', (error) => failed(error.message));
    child.once('close', (code) => {
      if (code !== 0) return failed(null);
      clearTimeout(stuck);
      resolve({ problem: null, lengthMs, isSwallowed: /\bNull PCM\b/.test(said) });
    });
  });
}
