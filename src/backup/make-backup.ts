import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { link, mkdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import SQLite from 'better-sqlite3';
import { uuidv7 } from 'uuidv7';
import { isoTime } from '../platform/clock.ts';
import { codeOf, fileFault, kindOf, Problem } from '../platform/problem.ts';
import { takeProcessLock } from '../platform/process-lock.ts';
import { sha256OfFile } from '../platform/sha256-of-file.ts';
import { syncFolder, writeFileDurably } from '../platform/write-file-durably.ts';
import { copyHashed } from './copy-hashed.ts';
import { dataFilesIn, isKey } from './data-files.ts';
import { noteBackup } from './last-backup.ts';
import { type BackupManifest, backupFiles, manifestSchema, readManifest } from './manifest.ts';
import { openSnapshot } from './snapshot.ts';
import { readSums, sumLine } from './sums.ts';

/** What to back up, and where to. */
export interface MakeBackup {
  dataDir: string;
  unit: { agency: string; id: string; mode: string };
  release: string;
  /** The folder of all backups; each is a folder in it. */
  into: string;
  /** Whether the private keys are in it, too. */
  withKeys: boolean;
  /** Files of the configuration by the name that they get. */
  config: ReadonlyMap<string, string>;
  /** The configuration in force without its passwords, for a backup without keys. */
  configText: string;
  /** The pictures that each database names, relative to the data folder. */
  picturesOf: Readonly<Record<string, (db: SQLite.Database) => Iterable<string>>>;
}

/** A backup that was made. */
export interface MadeBackup {
  folder: string;
  manifest: BackupManifest;
  /** Pictures that were already in the backup before, and were linked from there. */
  imagesLinked: number;
}

/** Of the audit log: it names the newest record. */
const anchorFile = 'audit.anchor';
/** Large steps: nobody else waits for this process. */
const pagesAtOnce = 20_000;
const run = promisify(execFile);

/**
 * Backs up a data folder while its daemon runs: every database as it was at one moment, the pictures that they name, and the
 * files beside them. It is made under another name, its manifest is written last, and then it gets its name: one that was broken off
 * never passes for a backup, and the next one removes it. Pictures of the backup before are linked, not copied. Throws a
 * Problem if another backup is being made there, or the folder cannot be written.
 */
export async function makeBackup(order: MakeBackup): Promise<MadeBackup> {
  const { into, dataDir, unit } = order;
  if (`${resolve(into)}/`.startsWith(`${resolve(dataDir)}/`)) {
    throw new Problem(
      `${into} is in the data folder itself: name a folder outside, on another disk`,
    );
  }
  try {
    mkdirSync(into, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Problem(`${into} cannot be made (${fileFault(error)})`);
  }
  using lock = takeProcessLock(join(into, '.lock'));
  if (lock === null) throw new Problem(`another backup is being made in ${into}`);
  await removeBrokenOff(into);
  const before = await newestBackup(into, unit);
  const part = join(into, `.part-${uuidv7()}`);
  try {
    const { manifest, imagesLinked } = await fill(part, order, before);
    const folder = join(into, nameOf(unit.id, manifest.madeAt));
    await rename(part, folder);
    await syncFolder(into);
    await noteBackup(dataDir, { madeAt: manifest.madeAt, folder, withKeys: order.withKeys });
    return { folder, manifest, imagesLinked };
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw kindOf(error) === 'disk-full'
      ? new Problem(`the disk of ${into} is full, and no backup was made; those before stay`)
      : error;
  }
}

/** Removes all but the newest `keep` backups of this unit; returns their names. */
export async function removeOlder(
  into: string,
  unit: { agency: string; id: string },
  keep: number,
): Promise<string[]> {
  const older = (await backupsIn(into, unit)).slice(keep);
  for (const { folder } of older) {
    // Without its manifest it is no backup, also if the rest stays behind.
    await rm(join(folder, backupFiles.manifest));
    await rm(folder, { recursive: true, force: true });
  }
  return older.map(({ folder }) => basename(folder));
}

/** The newest whole backup of a unit in a folder of backups; null if there is none. */
async function newestBackup(into: string, unit: { agency: string; id: string }) {
  return (await backupsIn(into, unit))[0]?.folder ?? null;
}

/** The whole backups of a unit, newest first. */
export async function backupsIn(
  into: string,
  unit: { agency: string; id: string } | null,
): Promise<{ folder: string; manifest: BackupManifest }[]> {
  const found: { folder: string; manifest: BackupManifest }[] = [];
  for (const entry of readdirSync(into, { withFileTypes: true })) {
    const folder = join(into, entry.name);
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    if (!existsSync(join(folder, backupFiles.manifest))) continue;
    const manifest = await readManifest(folder).catch(() => null);
    if (manifest === null) continue;
    if (unit === null || (manifest.agency === unit.agency && manifest.unit === unit.id))
      found.push({ folder, manifest });
  }
  return found.sort((a, b) => (a.manifest.madeAt < b.manifest.madeAt ? 1 : -1));
}

const nameOf = (unit: string, madeAt: string): string =>
  `${unit}-${madeAt.replaceAll(/[-:]|\.\d+/g, '')}-${madeAt.slice(20, 23)}`;

/** What a backup that was killed left. */
async function removeBrokenOff(into: string): Promise<void> {
  for (const name of readdirSync(into)) {
    if (name.startsWith('.part-')) await rm(join(into, name), { recursive: true, force: true });
  }
}

async function fill(part: string, order: MakeBackup, before: string | null) {
  const { dataDir, unit, withKeys } = order;
  await mkdir(join(part, 'config'), { recursive: true, mode: 0o700 });
  await mkdir(join(part, 'data'), { mode: 0o700 });
  const sums = createWriteStream(join(part, backupFiles.sums), { mode: 0o600 });
  const total = { files: 0, bytes: 0 };
  const note = async (sha256: string, path: string, bytes: number): Promise<void> => {
    total.files += 1;
    total.bytes += bytes;
    if (!sums.write(sumLine(sha256, path))) await once(sums, 'drain');
  };
  const copy = async (from: string, path: string): Promise<void> => {
    await mkdir(dirname(join(part, path)), { recursive: true, mode: 0o700 });
    const { sha256, bytes } = await copyHashed(from, join(part, path));
    await note(sha256, path, bytes);
  };

  const { databases, files, keys, leftOut } = dataFilesIn(dataDir);
  const anchors = new Map<string, Buffer>();
  using snapshot = await openSnapshot(
    databases.map((name) => join(dataDir, name)),
    // It must be of the same moment as the log.
    () => {
      if (files.includes(anchorFile))
        anchors.set(anchorFile, readFileSync(join(dataDir, anchorFile)));
    },
  );
  for (const [at, name] of databases.entries()) {
    const db = snapshot.databases[at];
    const copied = join(part, 'data', name);
    if (db === undefined) continue;
    await db.backup(copied, { progress: () => pagesAtOnce });
    closeOff(copied);
    const { size } = await stat(copied);
    await note(await sha256OfFile(copied), `data/${name}`, size);
  }
  for (const [file, content] of anchors) {
    await writeFileDurably(join(part, 'data', file), content);
    await note(createHash('sha256').update(content).digest('hex'), `data/${file}`, content.length);
  }
  for (const file of files) {
    if (!anchors.has(file)) await unlessGone(() => copy(join(dataDir, file), `data/${file}`));
  }
  if (withKeys) for (const file of keys) await copy(join(dataDir, file), `data/${file}`);
  const keysLeftOut = withKeys ? [] : keys.map((file) => `data/${file}`);
  for (const [name, from] of order.config) {
    try {
      if (!withKeys && isKey(from)) keysLeftOut.push(`config/${name}`);
      else await copy(from, `config/${name}`);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      leftOut.push({ file: from, why: fileFault(error) });
    }
  }
  const text = Buffer.from(order.configText);
  await writeFileDurably(join(part, 'config', 'in-force.yaml'), text);
  const textSum = createHash('sha256').update(text).digest('hex');
  await note(textSum, 'config/in-force.yaml', text.length);

  const pictures = databases.flatMap((name, at) => {
    const db = snapshot.databases[at];
    const picturesOf = order.picturesOf[name];
    return db === undefined || picturesOf === undefined ? [] : [picturesOf(db)];
  });
  const images = await addPictures({ part, dataDir, before, pictures, note });
  await new Promise<void>((done, failed) => {
    sums.once('error', failed);
    sums.end(done);
  });
  const manifest = manifestSchema.parse({
    format: 1,
    ...{ id: uuidv7(), agency: unit.agency, unit: unit.id, mode: unit.mode },
    ...{ release: order.release, madeAt: isoTime(snapshot.atMs), host: hostname() },
    ...{ databases, ...total, images: images.count, imagesGone: images.gone },
    ...{ keysLeftOut, leftOut, sums: await sha256OfFile(join(part, backupFiles.sums)) },
  } satisfies BackupManifest);
  // All of it is on the disk before the manifest says that it is whole.
  await run('sync', ['-f', part]);
  await writeFileDurably(
    join(part, backupFiles.manifest),
    `${JSON.stringify(manifest, null, 2)}\n`,
  );
  return { manifest, imagesLinked: images.linked };
}

/** Links the pictures of the backup before, and links or copies the others from the data folder. */
async function addPictures(from: {
  part: string;
  dataDir: string;
  before: string | null;
  pictures: Iterable<string>[];
  note: (sha256: string, path: string, bytes: number) => Promise<void>;
}) {
  const { part, dataDir, before, note } = from;
  const known = new Map<string, string>();
  if (before !== null) {
    for await (const { sha256, path } of readSums(join(before, backupFiles.sums))) {
      if (path.startsWith('data/images/')) known.set(path, sha256);
    }
  }
  const folders = new Set<string>();
  const seen = new Set<string>();
  const counted = { count: 0, gone: 0, linked: 0 };
  for (const paths of from.pictures) {
    for (const picture of paths) {
      if (seen.has(picture)) continue;
      seen.add(picture);
      const path = `data/${picture}`;
      const to = join(part, path);
      const folder = dirname(to);
      if (!folders.has(folder)) {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        folders.add(folder);
      }
      const sha256 = known.get(path);
      if (sha256 !== undefined && before !== null && (await isLinked(join(before, path), to))) {
        counted.linked += 1;
        counted.count += 1;
        await note(sha256, path, (await stat(to)).size);
        continue;
      }
      const taken = await unlessGone(async () => {
        const source = join(dataDir, picture);
        if (await isLinked(source, to)) {
          await note(await sha256OfFile(to), path, (await stat(to)).size);
          return;
        }
        const { sha256: copied, bytes } = await copyHashed(source, to);
        await note(copied, path, bytes);
      });
      // Its time was over, and it was removed since the moment that the databases show.
      if (taken) counted.count += 1;
      else counted.gone += 1;
    }
  }
  return counted;
}

/** False if it is on another disk, has as many names as a file can have, or is not there. */
async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (['EXDEV', 'EMLINK', 'EPERM', 'ENOENT'].includes(String(codeOf(error)))) return false;
    throw error;
  }
}

/** False if the file is not there any more. */
async function unlessGone(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (kindOf(error) !== 'missing') throw error;
    return false;
  }
}

/** A copy has no write-ahead log beside it, so that reading it makes no other file. */
function closeOff(path: string): void {
  const db = new SQLite(path);
  try {
    db.pragma('journal_mode = DELETE');
  } finally {
    db.close();
  }
}
