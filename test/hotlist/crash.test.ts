import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import SQLite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { canonicalKey } from '../../src/hotlist/plate-text.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { hotlistAt, listFile, readAs } from './hotlist-at.ts';

const program = fileURLToPath(new URL('./import-once.ts', import.meta.url));
const rowCount = 20_000;
/** Rows that an import writes in one transaction. */
const chunkRows = 2000;

const plates = (letter: string) =>
  Array.from({ length: rowCount }, (_, at) => `${100_000 + at}${letter}`);

function rows(letter: string): string {
  return `plate\n${plates(letter).join('\n')}\n`;
}

/** Some plate after the first transaction, in the order in which an import writes them. */
function plateInTheMiddle(letter: string): string {
  const inOrder = plates(letter)
    .map((plate) => ({ plate, key: canonicalKey(plate) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.plate < b.plate ? -1 : 1));
  const at = chunkRows + Math.floor(Math.random() * (rowCount - chunkRows));
  return inOrder[at]?.plate ?? '';
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

  const db = new SQLite(join(folder, 'hotlist.db'));
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
    if (round % 2 === 1) {
      // The row at which the import stays until it is killed: this counts for hours.
      db.exec(`
        CREATE TRIGGER halt BEFORE INSERT ON entry WHEN new.plate = '${plateInTheMiddle(letter)}'
        BEGIN SELECT count(*) FROM entry AS a, entry AS b, entry AS c WHERE a.id <> b.id; END`);
    }
    const child = start(files[letter]);
    const exited = once(child, 'exit');
    if (round % 2 === 0) {
      await sleep(wholeMs * (0.2 + Math.random()));
    } else {
      // Into the middle of the writing, which random moments seldom meet.
      await waitFor(() => (writing.get() ?? 0) > 0, { timeoutMs: 60_000, what: 'the writing' });
    }
    child.kill('SIGKILL');
    await exited;
    if ((writing.get() ?? 0) > 0) cutWhileWriting += 1;
    db.exec('DROP TRIGGER IF EXISTS halt');

    const [active, ...others] = inForce.all();
    expect(others).toEqual([]);
    expect(active).toMatchObject({ entries: rowCount, stored: rowCount });
    expect([expected, letter]).toContain(active?.letters);
    expected = active?.letters === 'A' ? 'A' : 'C';
    const hotlist = hotlistAt(folder, [{}], { clock });
    expect(hotlist.match(readAs(`100007${expected}`))).toHaveLength(1);
    await hotlist[Symbol.asyncDispose]();
  }
  expect(cutWhileWriting).toBeGreaterThanOrEqual(3);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');

  // The next start clears away what the crashes left.
  hotlistAt(folder, [{}], { clock, maintain: true });
  const all = db.prepare('SELECT count(*) FROM entry').pluck();
  await waitFor(() => all.get() === rowCount, { timeoutMs: 60_000, what: 'the sweep' });
  expect(inForce.all()).toHaveLength(1);
  db.close();
}, 300_000);
