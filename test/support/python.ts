import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** Runs a small Python program until the test ends; `heard` is what it has printed so far. */
export function startPython(program: string, ...args: string[]): { readonly heard: string } {
  const child = spawn('python3', ['-c', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let heard = '';
  child.stdout.on('data', (chunk) => {
    heard += String(chunk);
  });
  return {
    get heard() {
      return heard;
    },
  };
}
