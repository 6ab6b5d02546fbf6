import { chownSync, existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import SQLite from 'better-sqlite3';
import { openAuditLog } from '../accountability/audit/audit-log.ts';
import { ownEntry } from '../accountability/audit/unattended-entry.ts';
import { verifyDataFolder } from '../accountability/audit/verify-data-folder.ts';
import { isoTime } from '../platform/clock.ts';
import { counted } from '../platform/counted.ts';
import { fileFault, kindOf, Problem } from '../platform/problem.ts';
import { syncFolder, writeFileDurably } from '../platform/write-file-durably.ts';
import { copyHashed } from './copy-hashed.ts';
import { type BackupManifest, backupFiles, readManifest } from './manifest.ts';
import { type Restored, restoredFile } from './restored.ts';
import { readSums } from './sums.ts';

/** Which backup to restore, and where to. */
export interface RestoreBackup {
  backup: string;
  /** The data folder that is made: it must be empty or not there. */
  to: string;
  /** A backup with keys, or a folder with the files of keys, for a backup that has none; null if the backup has them. */
  keysFrom: string | null;
  /** Whether to go on with an audit log that does not verify, as the log then says. */
  logAsItIs: boolean;
}

/**
 * Makes a data folder of a backup. Each file is held against its hash, each database is read through, and the audit log is
 * verified; then the log gets a record of the restoration, its first after the backup, and the folder gets its name. Throws a
 * Problem if anything does not fit; nothing is left at `to` then.
 */
export async function restoreBackup(
  order: RestoreBackup,
): Promise<{ manifest: BackupManifest; head: number }> {
  const to = resolve(order.to);
  refuseUsed(to);
  const manifest = await readManifest(order.backup);
  const part = join(dirname(to), `.${basename(to)}.part-${process.pid}`);
  try {
    await mkdir(part, { recursive: true, mode: 0o700 });
    await copyData(order.backup, part);
    await bringKeys(order, manifest, part);
    for (const name of manifest.databases) refuseDamaged(join(part, name));
    const head = await recordRestoration(order, manifest, part);
    if (existsSync(to)) {
      giveAs(part, to);
      await rmdir(to);
    }
    await rename(part, to);
    await syncFolder(dirname(to));
    return { manifest, head };
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    if (error instanceof Problem) throw error;
    throw new Problem(`${to} cannot be made (${fileFault(error)})`);
  }
}

function refuseUsed(to: string): void {
  try {
    if (!existsSync(to) || readdirSync(to).length === 0) return;
  } catch (error) {
    throw new Problem(`${to} cannot be used (${fileFault(error)})`);
  }
  throw new Problem(
    `${to} holds files already: a backup is restored to a folder that is empty or not there`,
  );
}

/** Copies what is of the data folder, and checks each file, the rest too. */
async function copyData(backup: string, part: string): Promise<void> {
  const folders = new Set<string>();
  for await (const { sha256, path } of readSums(join(backup, backupFiles.sums))) {
    const isData = path.startsWith('data/');
    const target = join(part, isData ? path.slice('data/'.length) : join('.config', path));
    if (!folders.has(dirname(target))) {
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      folders.add(dirname(target));
    }
    const copied = await copyHashed(join(backup, path), target).catch((error: unknown) => {
      if (kindOf(error) !== 'missing') throw error;
      throw new Problem(`${backup} lacks ${path}. Take another backup.`);
    });
    if (copied.sha256 !== sha256) {
      throw new Problem(`${join(backup, path)} is not as it was backed up. Take another backup.`);
    }
  }
  // The configuration was copied to be checked only: it belongs to the new computer's own folder.
  await rm(join(part, '.config'), { recursive: true, force: true });
}

/** The keys that the backup does not have: without them nobody could log in, and the log could not go on. */
async function bringKeys(
  { keysFrom, backup }: RestoreBackup,
  { keysLeftOut }: BackupManifest,
  part: string,
): Promise<void> {
  const needed = keysLeftOut
    .filter((path) => path.startsWith('data/'))
    .map((path) => path.slice('data/'.length));
  if (needed.length === 0) return;
  if (keysFrom === null) {
    throw new Problem(
      `${backup} was made without its keys (${needed.join(', ')}). Give a backup that was made with them, or their folder: --keys`,
    );
  }
  const from = existsSync(join(keysFrom, 'data')) ? join(keysFrom, 'data') : keysFrom;
  for (const file of needed) {
    await mkdir(dirname(join(part, file)), { recursive: true, mode: 0o700 });
    await copyHashed(join(from, file), join(part, file)).catch((error: unknown) => {
      throw new Problem(`${join(from, file)}: the key cannot be read (${fileFault(error)})`);
    });
  }
}

function refuseDamaged(path: string): void {
  const db = new SQLite(path, { readonly: true });
  try {
    if (db.pragma('quick_check(1)', { simple: true }) === 'ok') return;
  } finally {
    db.close();
  }
  throw new Problem(`${basename(path)} of the backup is damaged. Take another backup.`);
}

/** Verifies the log and lets it go on with a record of where it was restored from. Returns the number of its last record before. */
async function recordRestoration(
  { backup, logAsItIs }: RestoreBackup,
  manifest: BackupManifest,
  part: string,
): Promise<number> {
  const unit = { agency: manifest.agency, id: manifest.unit };
  if (!manifest.databases.includes('audit.db')) return 0;
  const { sound, findings, more, head } = verifyDataFolder(part, unit);
  if (!sound && !logAsItIs) {
    throw new Problem(
      `the audit log of the backup does not verify: ${findings[0]?.text ?? ''} (${counted(findings.length + more, 'finding')}). ` +
        'Keep the backup for the auditor, and take another; or restore it with --log-as-it-is, as its log will say.',
    );
  }
  const restored: Restored = {
    backup: manifest.id,
    madeAt: manifest.madeAt,
    madeOn: manifest.host,
    restoredAt: isoTime(Date.now()),
    restoredOn: hostname(),
    from: basename(resolve(backup)),
    head: head?.seq ?? 0,
  };
  const log = openAuditLog({ dataDir: part, unit });
  try {
    log.append(
      ownEntry('backup.restored', unit, {
        object: `backup ${manifest.id}`,
        query: { ...restored, logVerified: sound },
      }),
    );
  } finally {
    log.close();
  }
  await writeFileDurably(join(part, restoredFile), `${JSON.stringify(restored, null, 2)}\n`);
  return restored.head;
}

/** Gives a folder and what is in it to the owner of another. */
function giveAs(folder: string, other: string): void {
  const { uid, gid } = statSync(other);
  if (process.getuid?.() !== 0 || uid === 0) return;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    chownSync(join(entry.parentPath, entry.name), uid, gid);
  }
  chownSync(folder, uid, gid);
}
