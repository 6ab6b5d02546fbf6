import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, Problem } from '../platform/problem.ts';

/**
 * Ensures that only one daemon works on a data folder, by a file with its process id, which a later start takes over if
 * that process is gone. Returns the file's path.
 */
export function lockDataDir(dataDir: string): string {
  const path = join(dataDir, 'lookout.pid');
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Problem(`unit.dataDir: ${dataDir} cannot be made (${messageOf(error)})`);
  }
  const other = Number(readOr(path, ''));
  if (Number.isInteger(other) && other > 0 && other !== process.pid && isLookout(other)) {
    throw new Problem(
      `unit.dataDir: ${dataDir} is in use by the lookout with process id ${other}; stop that one first`,
    );
  }
  try {
    writeFileSync(path, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    throw new Problem(`unit.dataDir: ${dataDir} cannot be written to (${messageOf(error)})`);
  }
  return path;
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

/** Process ids are reused after a power cut, so the name must match too: of a checkout's or of an installed program. */
function isLookout(pid: number): boolean {
  return /src\/main\.[jt]s[\0 ]/.test(readOr(`/proc/${pid}/cmdline`, ''));
}
