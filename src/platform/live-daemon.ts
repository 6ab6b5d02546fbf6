import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The process id of another lookout daemon that runs on a data folder; null if there is none. */
export function daemonOn(dataDir: string): number | null {
  const pid = Number(textOf(join(dataDir, 'lookout.pid')));
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return null;
  // Process ids are reused after a power cut, so the command must match too: of a checkout's or an installed program.
  return /src\/main\.[jt]s\0run\0/.test(textOf(`/proc/${pid}/cmdline`)) ? pid : null;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
