import { join } from 'node:path';
import { textOf } from './text-of.ts';

/**
 * The process id of another lookout daemon that runs on a data folder; null if there is none. The folder's lock does not say
 * which process has it, and a daemon of 0.1.0 takes none.
 */
export function daemonOn(dataDir: string): number | null {
  const pid = Number(textOf(join(dataDir, 'lookout.pid')));
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return null;
  // Process ids are reused after a power cut, so the command must match too: of a checkout's or an installed program.
  return /src\/main\.[jt]s\0run\0/.test(textOf(`/proc/${pid}/cmdline`)) ? pid : null;
}
