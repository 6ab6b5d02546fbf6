import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import SQLite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { imageFilesOf } from '../records/open-records.ts';
import { sampleJpeg } from '../records/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto, openMosquitto } from './mosquitto.ts';
import { openHeadquarters } from './open-headquarters.ts';

const kills = Number(process.env.LOOKOUT_TEST_KILLS ?? 5);

describe.skipIf(missingMosquitto)('power goes at any instant', () => {
  test(`killed ${kills} times under load: all that was stored arrives, each revision once, no stray file`, async () => {
    const folder = temporaryFolder();
    const dataDir = join(folder, 'unit');
    mkdirSync(dataDir);
    for (const index of [0, 1, 2]) {
      writeFileSync(join(dataDir, `sample-${index}.jpg`), await sampleJpeg(index, 20_000));
    }
    const { broker, credentials } = await openMosquitto(folder);
    const { headquarters, arrived } = await openHeadquarters(folder, {
      broker,
      tls: credentials('headquarters'),
    });
    const told: string[] = [];
    headquarters.events.on('status', ({ state, reason }) => told.push(`${state} ${reason}`));
    const timesTold = (words: string) => told.filter((each) => each === words).length;
    const uplink = { broker, tls: credentials('unit-7'), resendAfterS: 1, willDelayS: 0 };
    const promised = new Set<string>();

    for (let round = 0; round < kills; round += 1) {
      const before = { promised: promised.size, online: timesTold('online started') };
      const unit = startWriter(dataDir, 'write', uplink, promised);
      await waitFor(() => promised.size > before.promised + (round % 3), {
        timeoutMs: 60_000,
        what: 'the first stores',
      });
      // The first may go before it has a connection, the others after.
      await waitFor(() => round === 0 || timesTold('online started') > before.online, {
        timeoutMs: 60_000,
        what: 'the connection',
      });
      await delay(Math.random() * 800);
      // Not its exit: what it has promised may still be in the pipe then.
      const closed = once(unit, 'close');
      unit.kill('SIGKILL');
      await closed;
    }
    const drain = startWriter(dataDir, 'drain', uplink, promised);
    const [code] = await once(drain, 'exit');
    expect(code).toBe(0);
    await waitFor(() => told.at(-1) === 'offline stopped', { what: 'the farewell' });
    // A last will for each that was online when it was killed, and no other word.
    const wills = timesTold('offline connection-lost');
    expect(wills).toBeGreaterThan(0);
    expect(wills).toBeGreaterThanOrEqual(timesTold('online started') - 1);
    expect(wills).toBeLessThanOrEqual(kills);
    expect(timesTold('offline stopped')).toBe(1);
    expect(told).toHaveLength(wills + timesTold('online started') + 1);

    expect(headquarters.counts.refused).toBe(0);
    expect(new Set(arrived).size).toBe(arrived.length);
    const theirs = new SQLite(join(folder, 'headquarters', 'headquarters.db'), { readonly: true });
    const ours = new SQLite(join(dataDir, 'lookout.db'), { readonly: true });
    onTestFinished(() => {
      theirs.close();
      ours.close();
    });
    const column = (db: SQLite.Database, sql: string) => db.prepare(sql).pluck().all() as string[];

    // Everything that a store promised is there, in its last revision.
    const arrivedWords = new Set([
      ...column(theirs, "SELECT 'hit ' || id || ' ' || revision FROM hit"),
      ...column(theirs, "SELECT 'detection ' || id FROM detection WHERE body ->> 'closed'"),
    ]);
    expect([...promised].filter((word) => !arrivedWords.has(word))).toEqual([]);
    expect(promised.size).toBeGreaterThan(kills);
    // And so is all that is in the unit's own tables, word for word.
    expect(column(ours, 'SELECT count(*) FROM outbox')).toEqual([0]);
    expect(column(ours, 'SELECT count(*) FROM detection WHERE closed = 0')).toEqual([0]);
    for (const table of ['detection', 'hit']) {
      const received = theirs.prepare(`SELECT body FROM ${table} WHERE id = ? AND revision = ?`);
      for (const body of column(ours, `SELECT body FROM ${table}`)) {
        const mine = JSON.parse(body);
        const arrivedBody = received.pluck().get(mine.id, mine.revision);
        expect(JSON.parse(String(arrivedBody))).toEqual(mine);
      }
    }

    // Every image row has its file, every file its row, and headquarters has each with the same hash.
    const rows = ours.prepare('SELECT id, ref FROM image').all() as { id: string; ref: string }[];
    const files = imageFilesOf(dataDir);
    const idOf = (path: string) => path.replace(/^.*\/|\.jpg$/g, '');
    expect(files.map(idOf).sort()).toEqual(rows.map((row) => row.id).sort());
    const received = theirs.prepare('SELECT file FROM image WHERE id = ?').pluck();
    for (const { id, ref } of rows) {
      const { sha256, bytes } = JSON.parse(ref);
      const jpeg = readFileSync(join(folder, 'headquarters', String(received.get(id))));
      expect(jpeg.length).toBe(bytes);
      expect(createHash('sha256').update(jpeg).digest('hex')).toBe(sha256);
    }
  }, 300_000);
});

/** Starts the unit; what it promises is added to `promised` line by line. */
function startWriter(
  dataDir: string,
  mode: 'write' | 'drain',
  uplink: object,
  promised: Set<string>,
): ChildProcess {
  const program = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));
  const child = spawn(process.execPath, [program, dataDir, mode, JSON.stringify(uplink)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) promised.add(line);
  });
  return child;
}
