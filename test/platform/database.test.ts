import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
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

  test('a database that a newer version has only added to serves the older one, and the newer again', () => {
    const path = join(temporaryFolder(), 'a.db');
    const more = {
      id: 'test-3',
      sql: `-- DROP nothing
        CREATE TABLE note (thing TEXT REFERENCES thing (name) ON DELETE CASCADE) STRICT;
        CREATE INDEX thing_colour ON thing (colour);
        CREATE VIEW coloured AS SELECT name FROM thing WHERE colour IS NOT NULL`,
    };
    openDatabase(path, [first, second, more]).close();
    const older = openDatabase(path, [first]);
    older.exec("INSERT INTO thing (name) VALUES ('of the older one')");
    older.close();
    const newer = openDatabase(path, [first, second, more]);
    newer.exec("UPDATE thing SET colour = 'red'");
    expect(newer.prepare('SELECT name FROM coloured').pluck().all()).toEqual(['of the older one']);
    newer.close();
  });

  test.each([
    ['renames a column', 'ALTER TABLE thing RENAME COLUMN name TO title'],
    ['drops a table', 'CREATE TABLE other (x TEXT) STRICT; DROP TABLE thing'],
    ['changes rows', "UPDATE thing SET name = 'x'"],
    ['forbids equal rows', 'CREATE UNIQUE INDEX thing_name ON thing (name)'],
    ['keeps rows from going', 'CREATE TABLE note (thing TEXT REFERENCES thing (name)) STRICT'],
    ['adds a trigger', 'CREATE TRIGGER t AFTER INSERT ON thing BEGIN DELETE FROM thing; END'],
  ])('a database in which a newer version %s is refused, not damaged', (_, sql) => {
    const path = join(temporaryFolder(), 'a.db');
    openDatabase(path, [first, { id: 'test-2', sql }]).close();
    expect(() => openDatabase(path, [first])).toThrow(/newer Lookout \(schema step test-2\)/);
  });

  test('the author of a step may know better than its words', () => {
    const path = join(temporaryFolder(), 'a.db');
    const sql = "INSERT INTO thing VALUES ('a row that nobody minds')";
    openDatabase(path, [first, { id: 'test-2', sql, olderMayUse: true }]).close();
    openDatabase(path, [first]).close();
  });

  test('a database of before steps said whether they can be lived with is taken over', () => {
    const path = join(temporaryFolder(), 'a.db');
    const db = new SQLite(path);
    db.exec('CREATE TABLE migration (id TEXT PRIMARY KEY, ranAt TEXT NOT NULL) STRICT');
    db.exec(`${first.sql}; INSERT INTO migration VALUES ('test-1', '2026-01-01T00:00:00Z')`);
    db.close();
    openDatabase(path, [first, second]).close();
    openDatabase(path, [first]).close();
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
