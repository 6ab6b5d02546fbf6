import { spawn } from 'node:child_process';
import { describeFailure } from './player.ts';
import { renderTone } from './tone.ts';
import { durationMsOf } from './wav.ts';

/** How a tone went: `tookMs` until the device had played `lengthMs` of sound; or why it did not. */
export type SoundTrial = { problem: string } | { problem: null; tookMs: number; lengthMs: number };

/** A device that hangs is given up after this time beyond the tone's length. */
const stuckAfterMs = 4000;

/** Plays the tone of an informational alert on a device, to its end. */
export function trySound(device: string): Promise<SoundTrial> {
  const wav = renderTone('informational');
  const lengthMs = durationMsOf(wav);
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const child = spawn('aplay', ['-q', '-D', device], { stdio: ['pipe', 'ignore', 'pipe'] });
    let refusal = '';
    let isStuck = false;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      refusal = `${refusal}${text}`.slice(-2000);
    });
    child.stdin.on('error', () => {}); // aplay ended before it read everything; its exit gives the reason.
    child.stdin.end(wav);
    const stuck = setTimeout(() => {
      isStuck = true;
      child.kill('SIGKILL');
    }, lengthMs + stuckAfterMs);
    const failed = (missing: string | null) => {
      clearTimeout(stuck);
      resolve({ problem: describeFailure(device, missing, isStuck, refusal) });
    };
    child.once('error', (error) => failed(error.message));
    child.once('close', (code) => {
      if (code !== 0) return failed(null);
      clearTimeout(stuck);
      resolve({ problem: null, tookMs: performance.now() - startedMs, lengthMs });
    });
  });
}
