import { constants, existsSync } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import SQLite from 'better-sqlite3';
import type { Config } from '../config/schema.ts';
import { type SetAside, setAsideIn } from '../platform/damaged-database.ts';
import { strangerIn } from '../platform/database.ts';
import { localTime } from '../platform/local-time.ts';
import { fileFault, messageOf } from '../platform/problem.ts';
import { foreignFiles, type ServiceUser } from '../platform/service-user.ts';
import { about, asServiceUser, type Check, type Finding, presenceOf } from './check.ts';

/** The data folder is writable and has free space; no database was set aside. */
export function dataFolderChecks(config: Config, user: ServiceUser | null = null): Check[] {
  const { dataDir } = config.unit;
  return [
    () => dataFolder(dataDir, config.records.minFreeMiB, user),
    async () => setAsideIn(dataDir).map(damaged),
  ];
}

/** The databases are intact; each is read from end to end. */
export function databaseChecks({ unit }: Config): Check[] {
  const own = unit.mode === 'headquarters' ? ['headquarters.db'] : [];
  return ['lookout.db', 'hotlist.db', 'people.db', 'audit.db', ...own].map((name) => async () => [
    await database(join(unit.dataDir, name)),
  ]);
}

/** A database that was damaged, and that the daemon set aside. */
function damaged({ database: name, file, at }: SetAside): Finding {
  return about('databases', `database ${name}`).warning(
    `was damaged and set aside at ${localTime(at)} as ${file}`,
    'What it held is missing. Look at the disk, have the file recovered, and move it out of the data folder.',
  );
}

async function dataFolder(
  dataDir: string,
  minFreeMiB: number,
  user: ServiceUser | null,
): Promise<Finding[]> {
  const found = about('data-folder', `data folder ${dataDir}`);
  const foreign = user === null || !existsSync(dataDir) ? null : foreignFiles(dataDir, user);
  if (foreign !== null) return [found.failure('belongs to another user', foreign)];
  const folder = existing(dataDir);
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    return [
      found.failure(
        `cannot be written to: ${fileFault(error)}`,
        `${asServiceUser} If that does not help, set unit.dataDir to a folder that it may write to.`,
      ),
    ];
  }
  if (folder !== dataDir) return [found.ok('does not exist yet; the daemon creates it')];
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

/** The folder, or the nearest above it that exists. */
function existing(folder: string): string {
  let at = resolve(folder);
  while (!existsSync(at)) at = dirname(at);
  return at === resolve(folder) ? folder : at;
}

async function database(path: string): Promise<Finding> {
  const found = about('databases', `database ${path}`);
  const presence = await presenceOf(path);
  if (presence === 'missing') return found.ok('does not exist yet; the daemon creates it');
  if (presence === 'closed') return found.closed();
  const stranger = strangerIn(path);
  if (stranger !== null) {
    return found.failure(`${stranger}, where SQLite has a file`, 'Move it out of the data folder.');
  }
  try {
    const db = new SQLite(path, { readonly: true });
    try {
      const answer = String(db.pragma('quick_check(1)', { simple: true }));
      if (answer === 'ok') return found.ok('whole');
      return found.failure(answer, 'Look at the disk, and start lookout again: see the help.');
    } finally {
      db.close();
    }
  } catch (error) {
    return found.failure(
      messageOf(error),
      'Look at the disk, and start lookout again: see the help.',
    );
  }
}
