import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { kindOf } from '../../src/platform/problem.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function openSQLite(path: string): SQLite.Database {
  const db = new SQLite(path, { timeout: 0 });
  onTestFinished(() => void db.close());
  return db;
}

describe('the kind of an error', () => {
  test('of the system', () => {
    const folder = temporaryFolder();
    expect(kindOf(thrownBy(() => readFileSync(join(folder, 'none'))))).toBe('missing');
    expect(kindOf(thrownBy(() => mkdirSync(folder)))).toBe('there-already');
    expect(kindOf(thrownBy(() => readFileSync(folder)))).toBe(null);
  });

  test('of a database that another has locked', () => {
    const path = join(temporaryFolder(), 'busy.sqlite');
    const first = openSQLite(path);
    first.exec('CREATE TABLE t (a); BEGIN EXCLUSIVE');
    const second = openSQLite(path);
    expect(kindOf(thrownBy(() => second.exec('INSERT INTO t VALUES (1)')))).toBe('busy');
  });

  test('of a database that was changed since it was read', () => {
    const path = join(temporaryFolder(), 'busy.sqlite');
    const first = openSQLite(path);
    first.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a)');
    const second = openSQLite(path);
    second.exec('BEGIN');
    second.prepare('SELECT * FROM t').all();
    first.exec('INSERT INTO t VALUES (1)');
    expect(kindOf(thrownBy(() => second.exec('INSERT INTO t VALUES (2)')))).toBe('busy');
  });

  test('of a database that may not grow', () => {
    const db = openSQLite(join(temporaryFolder(), 'full.sqlite'));
    db.exec('PRAGMA max_page_count = 2; CREATE TABLE t (a)');
    const fill = () => db.exec('INSERT INTO t VALUES (zeroblob(100000))');
    expect(kindOf(thrownBy(fill))).toBe('disk-full');
  });

  test('of any other error is unknown', () => {
    for (const other of [null, 'ENOENT', new Error('ENOENT'), { code: 'ENOENT' }]) {
      expect(kindOf(other)).toBe(null);
    }
    expect(kindOf(Object.assign(new Error(), { code: 'toString' }))).toBe(null);
  });
});
