import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { onTestFinished } from 'vitest';
import { waitFor } from '../support/wait-for.ts';

/** Whether a program is installed; tests that need it skip where it is not. */
export function installed(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A real pair of pseudo terminals: what is sent goes in at one end and comes out of the port at `path`. */
export interface PtyPair {
  /** The receiver's port, as the unit sees it. */
  path: string;
  send(data: string | Uint8Array): Promise<void>;
  /** As pulling the plug: the port goes away. */
  unplug(): Promise<void>;
}

/** Makes a pair in a folder with socat, and takes it away when the test ends. */
export async function ptyPair(folder: string): Promise<PtyPair> {
  const path = `${folder}/receiver`;
  const other = `${folder}/far-end`;
  const socat: ChildProcess = spawn('socat', [
    `pty,raw,echo=0,link=${path}`,
    `pty,raw,echo=0,link=${other}`,
  ]);
  const unplug = async () => {
    if (socat.exitCode !== null || socat.signalCode !== null) return;
    const gone = once(socat, 'exit');
    socat.kill();
    await gone;
  };
  onTestFinished(unplug);
  await waitFor(() => existsSync(path) && existsSync(other), { what: 'the pair of terminals' });
  return {
    path,
    async send(data) {
      const file = await open(other, 'w');
      try {
        await file.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
      } finally {
        await file.close();
      }
    },
    unplug,
  };
}
