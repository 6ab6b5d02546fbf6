import { constants } from 'node:fs';
import { access, mkdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import type { Config } from '../config/schema.ts';
import { messageOf } from '../platform/problem.ts';
import { about, asServiceUser, type Check, type Finding, presenceOf } from './check.ts';

/** The data folder is writable and has free space; the databases are intact. */
export function storageChecks(config: Config): Check[] {
  const { dataDir } = config.unit;
  return [
    () => dataFolder(dataDir, config.records.minFreeMiB),
    () =>
      Promise.all(
        ['lookout.db', 'hotlist.db', 'people.db', 'audit.db'].map((name) =>
          database(join(dataDir, name)),
        ),
      ),
  ];
}

async function dataFolder(dataDir: string, minFreeMiB: number): Promise<Finding[]> {
  const found = about('data-folder', `data folder ${dataDir}`);
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.W_OK);
  } catch (error) {
    return [
      found.failure(
        messageOf(error),
        `${asServiceUser} If that does not help, set unit.dataDir to a folder that it may write to.`,
      ),
    ];
  }
  const { bavail, bsize } = await statfs(dataDir);
  const freeMiB = Math.round((bavail * bsize) / 2 ** 20);
  const findings = [
    freeMiB < minFreeMiB * 2
      ? found.warning(`${freeMiB} MiB free`, 'Free some disk space, or lower records.maxImageMiB.')
      : found.ok(`${freeMiB} MiB free`),
  ];
  if (((await stat(dataDir)).mode & 0o077) !== 0) {
    findings.push(
      found.warning('other users of this computer can read it', `Run: chmod 700 ${dataDir}`),
    );
  }
  return findings;
}

async function database(path: string): Promise<Finding> {
  const found = about('databases', `database ${path}`);
  const presence = await presenceOf(path);
  if (presence === 'missing') return found.ok('does not exist yet; the daemon creates it');
  if (presence === 'closed') return found.closed();
  try {
    const db = new SQLite(path, { readonly: true });
    try {
      const answer = String(db.pragma('quick_check(1)', { simple: true }));
      if (answer === 'ok') return found.ok('whole');
      return found.failure(answer, 'Stop lookout, keep a copy of the file and restore a backup.');
    } finally {
      db.close();
    }
  } catch (error) {
    return found.failure(
      messageOf(error),
      'Stop lookout, keep a copy of the file and restore a backup.',
    );
  }
}
