import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/platform/database.ts';
import { smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const first = { id: 'test-1', sql: 'CREATE TABLE thing (name TEXT) STRICT' };
const second = { id: 'test-2', sql: 'ALTER TABLE thing ADD COLUMN colour TEXT' };

describe('openDatabase', () => {
  test('makes the folder and the file, for the eyes of their owner only', () => {
    const path = join(temporaryFolder(), 'data', 'a.db');
    openDatabase(path, [first]).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  });

  test('runs each migration once, also those that come later', () => {
    const path = join(temporaryFolder(), 'a.db');
    const before = openDatabase(path, [first]);
    before.exec("INSERT INTO thing VALUES ('kept')");
    before.close();
    const after = openDatabase(path, [first, second]);
    expect(after.prepare('SELECT name, colour FROM thing').all()).toEqual([
      { name: 'kept', colour: null },
    ]);
    after.close();
  });

  test('several processes may open the same new database at once', async () => {
    const folder = temporaryFolder();
    const module = new URL('../../src/platform/database.ts', import.meta.url).href;
    // They wait for the same instant and for each other's locks, so that in some of the forty they meet.
    const script = `import { openDatabase } from ${JSON.stringify(module)};
      while (Date.now() < ${Date.now() + 1500});
      for (let at = 0; at < 40; at += 1) {
        openDatabase(${JSON.stringify(folder)} + '/' + at + '.db', ${JSON.stringify([first, second])}).close();
      }`;
    const processes = [1, 2, 3].map(() =>
      spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }),
    );
    const ends = await Promise.all(processes.map((each) => once(each, 'close')));
    expect(ends.map(([code]) => code)).toEqual([0, 0, 0]);
  }, 60_000);

  test('a migration that fails leaves nothing half-done', () => {
    const path = join(temporaryFolder(), 'a.db');
    const broken = { id: 'test-2', sql: 'CREATE TABLE other (x TEXT) STRICT; CREATE NONSENSE' };
    expect(() => openDatabase(path, [first, broken])).toThrow();
    const db = openDatabase(path, [first]);
    expect(
      db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'other'").pluck().get(),
    ).toBe(0);
    db.close();
  });

  test('a full disk is named, whether nothing opens or a migration finds no room', (context) => {
    const folder = join(temporaryFolder(), 'disk');
    const disk = smallDisk(context, folder, 2);
    const path = join(folder, 'a.db');
    openDatabase(path, [first]).close();
    const large = { id: 'test-2', sql: 'INSERT INTO thing VALUES (hex(zeroblob(3000000)))' };
    expect(() => openDatabase(path, [first, large])).toThrow(/its disk is full.*make room/);
    disk.fill();
    expect(() => openDatabase(path, [first])).toThrow(/its disk is full.*make room/);
    disk.clear();
    openDatabase(path, [first]).close();
  });

  test('a database of a newer version is refused, not damaged', () => {
    const path = join(temporaryFolder(), 'a.db');
    openDatabase(path, [first, second]).close();
    expect(() => openDatabase(path, [first])).toThrow(/newer Lookout \(schema step test-2\)/);
  });

  test('a file that is not a database is refused by its name', () => {
    const path = join(temporaryFolder(), 'a.db');
    writeFileSync(
      path,
      'this is not a database, and it is long enough to be seen as something else'.repeat(9),
    );
    expect(() => openDatabase(path, [first])).toThrow(
      `${path}: the file is damaged (SQLITE_NOTADB)`,
    );
    mkdirSync(join(path, '../folder.db'));
    expect(() => openDatabase(join(path, '../folder.db'), [first])).toThrow('cannot be opened');
  });

  test('commits wait for the disk', () => {
    const db = openDatabase(join(temporaryFolder(), 'a.db'), []);
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    db.close();
  });
});
