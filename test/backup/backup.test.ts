import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import SQLite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSnapshot } from '../../src/backup/snapshot.ts';
import { openLog, sampleEntry, tamper } from '../accountability/audit/open-log.ts';
import { openRecords } from '../records/open-records.ts';
import { sampleDetection, sampleImages } from '../records/samples.ts';
import { lookout, startLookout } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

/** Writes its count to one database and then to the other, without a pause, until it is stopped. */
const countsUp = `
  const { workerData, parentPort } = require('node:worker_threads');
  const SQLite = require('better-sqlite3');
  const [one, other] = workerData.map((path) => new SQLite(path, { timeout: 10000 }));
  const add = [one, other].map((db) => db.prepare('UPDATE counter SET n = ?'));
  let stopped = false;
  parentPort.on('message', () => { stopped = true; });
  let n = 0;
  const turn = () => {
    if (stopped) return process.exit(0);
    for (let at = 0; at < 50; at += 1) { n += 1; for (const each of add) each.run(n); }
    setImmediate(turn);
  };
  parentPort.postMessage('runs');
  turn();
`;

test('PRA-15: two databases are taken at one moment, though both are written to all the time', async () => {
  const folder = temporaryFolder();
  const paths = ['one.db', 'other.db'].map((name) => join(folder, name));
  for (const path of paths) {
    const db = new SQLite(path);
    db.pragma('journal_mode = WAL');
    db.exec('CREATE TABLE counter (n INTEGER NOT NULL); INSERT INTO counter VALUES (0)');
    db.close();
  }
  const writer = new Worker(countsUp, { eval: true, workerData: paths });
  onTestFinished(async () => void (await writer.terminate()));
  const counts: [number, number][] = [];
  const countIn = (db: SQLite.Database | undefined): number =>
    db?.prepare<[], number>('SELECT n FROM counter').pluck().get() ?? -1;
  // Until the writer had its turn between two of them.
  const isFurther = () => (counts.at(-1)?.[0] ?? 0) > (counts[0]?.[0] ?? 0);
  while (counts.length < 20 || !isFurther()) {
    using snapshot = await openSnapshot(paths);
    const [one, other] = snapshot.databases;
    const before = countIn(other);
    const copied = join(folder, `copy-${counts.length}.db`);
    await one?.backup(copied);
    const copy = new SQLite(copied);
    counts.push([countIn(copy), before]);
    copy.close();
    expect(countIn(other)).toBe(before);
  }
  // The first is written first: at any one moment it is as far, or one ahead.
  expect(counts.filter(([one, other]) => one !== other && one !== other + 1)).toEqual([]);
});

describe('lookout backup and restore', { timeout: 120_000 }, () => {
  const settings = (dataDir: string) => [
    ...['--set', `unit.dataDir=${dataDir}`, '--set', 'unit.agency=test-pd'],
    ...['--set', 'unit.id=unit-7'],
  ];
  /** The data folder of a unit with pictures and a log. */
  async function unitWithData(pictures: number): Promise<string> {
    const dataDir = temporaryFolder();
    const { records, close } = openRecords(dataDir);
    const images = await sampleImages(1);
    for (let count = 0; count < pictures; count += 1) {
      await records.storeDetection({ detection: sampleDetection({ closed: true }), images });
    }
    await close();
    const log = openLog(dataDir);
    log.append(sampleEntry({}));
    log.close();
    return dataDir;
  }
  const wholeIn = (into: string) =>
    readdirSync(into).filter((name) => existsSync(join(into, name, 'manifest.json')));

  test('PRA-15: a backup that is killed leaves nothing that passes for one, and the next removes what it left', async () => {
    const dataDir = await unitWithData(60);
    const into = join(temporaryFolder(), 'backups');
    const parts = () =>
      existsSync(into) ? readdirSync(into).filter((name) => name.startsWith('.part-')) : [];
    const running = startLookout(['backup', into, ...settings(dataDir)]);
    await waitFor(() => parts().length > 0, { what: 'its beginning', timeoutMs: 60_000 });
    running.child.kill('SIGKILL');
    expect(await running.ended).toBe('SIGKILL');
    expect(wholeIn(into)).toEqual([]);
    const [left = ''] = parts();
    const refused = await lookout('restore', join(into, left), '--to', join(into, 'to'));
    expect(refused.stderr).toContain('is no backup: it has no manifest.json');
    expect(await lookout('backup', into, ...settings(dataDir))).toMatchObject({ code: 0 });
    expect(parts()).toEqual([]);
    expect(wholeIn(into)).toHaveLength(1);
  });

  test('PRA-15: a restoration refuses what was changed, lost or tampered with, and leaves nothing behind', async () => {
    const dataDir = await unitWithData(2);
    const into = join(temporaryFolder(), 'backups');
    const make = async (): Promise<string> => {
      const ended = await lookout('backup', into, '--keys', '--json', ...settings(dataDir));
      return (JSON.parse(ended.stdout) as { folder: string }).folder;
    };
    const parent = temporaryFolder();
    const refusal = async (folder: string, ...options: string[]) => {
      const ended = await lookout('restore', folder, '--to', join(parent, 'to'), ...options);
      expect(ended.code).toBe(1);
      expect(readdirSync(parent)).toEqual([]);
      return ended.stderr;
    };
    const folder = await make();
    const pictures = join(folder, 'data', 'images', '2026-03-04');
    const [picture = '', other = ''] = readdirSync(pictures).map((name) => join(pictures, name));
    const bytes = readFileSync(picture);
    rmSync(picture);
    expect(await refusal(folder)).toContain('lacks data/images/');
    writeFileSync(picture, bytes);
    const content = readFileSync(other);
    rmSync(other);
    writeFileSync(other, Buffer.concat([content, Buffer.from(' ')]));
    expect(await refusal(folder)).toContain('is not as it was backed up');
    appendFileSync(join(folder, 'SHA256SUMS'), '\n');
    expect(await refusal(folder)).toContain('its SHA256SUMS is damaged');

    tamper(dataDir, "UPDATE record SET body = replace(body, 'unit', 'uniT') WHERE seq = 2");
    const tampered = await make();
    expect(await refusal(tampered)).toContain('the audit log of the backup does not verify');
    const used = temporaryFolder();
    writeFileSync(join(used, 'file'), '');
    const full = await lookout('restore', tampered, '--to', used, '--log-as-it-is');
    expect(full.stderr).toContain('holds files already');
    const to = join(parent, 'to');
    const restored = await lookout('restore', tampered, '--to', to, '--log-as-it-is');
    expect(restored).toMatchObject({ code: 0 });
  });

  test('refuses a folder inside the data folder, where each backup would hold those before', async () => {
    const dataDir = await unitWithData(1);
    const ended = await lookout('backup', join(dataDir, 'backups'), ...settings(dataDir));
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toContain('is in the data folder itself');
  });
});
