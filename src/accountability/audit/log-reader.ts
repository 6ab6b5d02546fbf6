import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';

/**
 * Reads a log without changing its files. A log that is in use is read in place, beside its writer. A closed log, or
 * one on a medium where SQLite cannot create its shared memory, is read from a copy.
 */
export function withReader<T>(path: string, use: (db: SQLite.Database) => T): T {
  const inPlace = existsSync(`${path}-wal`) ? openReader(path) : null;
  if (inPlace !== null) return usedUp(inPlace, use);
  const folder = mkdtempSync(join(tmpdir(), 'lookout-audit-'));
  try {
    const copy = join(folder, 'audit.db');
    for (const end of ['', '-wal']) {
      if (existsSync(`${path}${end}`)) cpSync(`${path}${end}`, `${copy}${end}`);
    }
    return usedUp(new SQLite(copy, { readonly: true }), use);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openReader(path: string): SQLite.Database | null {
  const db = new SQLite(path, { readonly: true, fileMustExist: true });
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch {
    db.close();
    return null;
  }
}

function usedUp<T>(db: SQLite.Database, use: (db: SQLite.Database) => T): T {
  try {
    return use(db);
  } finally {
    db.close();
  }
}
