import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import SQLite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { hotlistAt, listFile, readAs } from './hotlist-at.ts';

const program = fileURLToPath(new URL('./import-once.ts', import.meta.url));
const rowCount = 20_000;

function rows(letter: string): string {
  return `plate\n${Array.from({ length: rowCount }, (_, at) => `${100_000 + at}${letter}\n`).join('')}`;
}

it('kill -9 at any moment of an import leaves the old list or the new one, whole (HOT-2)', async () => {
  const folder = temporaryFolder();
  const files = {
    A: listFile(folder, rows('A'), 'a.csv'),
    C: listFile(folder, rows('C'), 'c.csv'),
  };
  const clock = () => Date.now();
  const start = (file: string) =>
    spawn(process.execPath, [program, folder, file], { stdio: 'ignore' });

  const startedMs = performance.now();
  const [code] = await once(start(files.A), 'exit');
  expect(code).toBe(0);
  const wholeMs = performance.now() - startedMs;

  const db = new SQLite(join(folder, 'hotlist.db'), { readonly: true });
  const writing = db
    .prepare<[], number>(
      `SELECT count(*) FROM entry
       WHERE generation = (SELECT max(id) FROM generation WHERE state = 'building')`,
    )
    .pluck();
  const inForce = db.prepare<[], { id: number; entries: number; stored: number; letters: string }>(
    `SELECT id, entries, (SELECT count(*) FROM entry WHERE generation = generation.id) AS stored,
       (SELECT group_concat(DISTINCT substr(plate, 7)) FROM entry WHERE generation = generation.id) AS letters
     FROM generation WHERE state = 'active'`,
  );

  let expected = 'A';
  let cutWhileWriting = 0;
  for (let round = 0; round < 6; round += 1) {
    const letter = expected === 'A' ? 'C' : 'A';
    const child = start(files[letter]);
    const exited = once(child, 'exit');
    if (round % 2 === 0) {
      await sleep(wholeMs * (0.2 + Math.random()));
    } else {
      // Into the middle of the writing, which random moments seldom meet.
      const enough = Math.random() * rowCount;
      await waitFor(() => (writing.get() ?? 0) > enough || child.exitCode !== null, {
        ...{ everyMs: 1, timeoutMs: 30_000 },
      });
    }
    child.kill('SIGKILL');
    await exited;
    if ((writing.get() ?? 0) > 0) cutWhileWriting += 1;

    const [active, ...others] = inForce.all();
    expect(others).toEqual([]);
    expect(active).toMatchObject({ entries: rowCount, stored: rowCount });
    expect([expected, letter]).toContain(active?.letters);
    expected = active?.letters === 'A' ? 'A' : 'C';
    const hotlist = hotlistAt(folder, [{}], { clock });
    expect(hotlist.match(readAs(`100007${expected}`))).toHaveLength(1);
    await hotlist[Symbol.asyncDispose]();
  }
  expect(cutWhileWriting).toBeGreaterThan(0);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');

  // The next start clears away what the crashes left.
  hotlistAt(folder, [{}], { clock, maintain: true });
  const all = db.prepare('SELECT count(*) FROM entry').pluck();
  await waitFor(() => all.get() === rowCount, { timeoutMs: 20_000, what: 'the sweep' });
  expect(inForce.all()).toHaveLength(1);
  db.close();
}, 120_000);
