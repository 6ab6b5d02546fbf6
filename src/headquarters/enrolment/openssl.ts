import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { codeOf, Problem } from '../../platform/problem.ts';

const run = promisify(execFile);

/**
 * Runs the system's `openssl` in a folder that exists. Debian keeps it up to date against new attacks, and its commands are
 * those that an agency's own people know. Returns what it printed. Throws a Problem with its last words if it fails or is not there.
 */
export async function openssl(folder: string, args: readonly string[]): Promise<string> {
  try {
    return (await run('openssl', [...args], { cwd: folder })).stdout;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      throw new Problem('openssl is not there. Run: sudo apt-get install -y openssl');
    }
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw new Problem(`openssl ${args[0]} failed: ${lastWords(said)}`);
  }
}

/** Of its many lines the one that names a fault of the system, else the last two. */
function lastWords(said: string): string {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const told = lines.find((line) => /No space left|Permission denied|Read-only/.test(line));
  return told ?? (lines.slice(-2).join('; ') || 'it said nothing');
}
