import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { programRoot } from '../../src/config/load.ts';
import { waitFor } from './wait-for.ts';

/** A `lookout` command running as its own process, as a user would start it. */
export interface LookoutProcess {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly output: { stdout: string; stderr: string };
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Starts `lookout …`. It is killed when the test ends. */
export function startLookout(
  args: readonly string[],
  environment: Record<string, string> = {},
): LookoutProcess {
  const child = spawn(process.execPath, [join(programRoot, 'src/main.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const ended = once(child, 'close').then(
    ([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null,
  );
  const gone = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    // What it writes must not come in between when its folder is taken away next.
    await gone;
  });
  return { child, output, ended };
}

/** Waits until `lookout run` says that it is ready; fails with its words when it ends instead. */
export async function untilReady(lookout: LookoutProcess, timeoutMs = 30_000): Promise<void> {
  await waitFor(
    () => {
      if (lookout.child.exitCode !== null) throw new Error(lookout.output.stderr);
      return lookout.output.stderr.includes('"msg":"ready"');
    },
    { timeoutMs, what: 'lookout run' },
  );
}

/** How a command ended and what it said. */
export interface Ended {
  code: number | NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end. */
export function lookout(...args: string[]): Promise<Ended> {
  return lookoutAs({}, ...args);
}

/** Runs a command to its end as someone: in the environment that holds their login. */
export async function lookoutAs(
  environment: Record<string, string>,
  ...args: string[]
): Promise<Ended> {
  const running = startLookout(args, environment);
  const code = await running.ended;
  return { code, ...running.output };
}
