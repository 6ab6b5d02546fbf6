import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import { codeOf, kindOf, messageOf, Problem } from './problem.ts';

export type Database = SQLite.Database;

/** One step of a schema. Ids are never changed or reused once released; steps run once, in order. */
export interface Migration {
  id: string;
  sql: string;
}

/** With less free space than this no database is opened. */
const minRoomBytes = 2 ** 20;

/**
 * Opens a database that survives a power cut: write-ahead log, and a commit that returns only once it is on the disk
 * (`synchronous=FULL`). Runs the migrations that have not run yet, each in a transaction. `erasing`: deleted and
 * overwritten data is zeroed in the file, and free pages can be returned to the disk.
 */
export function openDatabase(
  path: string,
  migrations: readonly Migration[],
  options: { erasing?: boolean } = {},
): Database {
  using open = new DisposableStack();
  let db: Database;
  try {
    makePrivate(path);
    db = open.adopt(new SQLite(path), (opened) => void opened.close());
    // Only takes effect on a new file.
    if (options.erasing) db.pragma('auto_vacuum = INCREMENTAL');
    patiently(() => db.pragma('journal_mode = WAL'));
  } catch (error) {
    if (isDiskFull(path, error)) throw fullDisk(path, error);
    throw new Problem(
      `${path}: cannot be opened as a database (${messageOf(error)}). ` +
        'Check that the folder can be written to and that the file is not damaged.',
    );
  }
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('busy_timeout = 5000');
  if (options.erasing) db.pragma('secure_delete = ON');
  try {
    migrate(db, path, migrations);
  } catch (error) {
    throw isDiskFull(path, error) ? fullDisk(path, error) : error;
  }
  open.move();
  return db;
}

/** SQLite reports a full disk as an I/O error if its shared memory finds no room. */
function isDiskFull(path: string, error: unknown): boolean {
  if (kindOf(error) === 'disk-full') return true;
  if (!String(codeOf(error)).startsWith('SQLITE_IOERR')) return false;
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize < minRoomBytes;
}

function fullDisk(path: string, error: unknown): Problem {
  return new Problem(
    `${path}: cannot be opened because its disk is full (${messageOf(error)}). ` +
      'Find out what fills the disk, make room, and start again.',
  );
}

/**
 * SQLite's own timeout does not cover the change to a write-ahead log, where two processes that create a file can
 * collide.
 */
function patiently(work: () => void): void {
  const untilMs = performance.now() + 5000;
  for (;;) {
    try {
      work();
      return;
    } catch (error) {
      if (kindOf(error) !== 'busy' || performance.now() > untilMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/**
 * A new database is readable only by its owner. If root creates it, on the command line, it is given to the owner of
 * the folder, so that the daemon can write to it.
 */
function makePrivate(path: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (existsSync(path)) return;
  closeSync(openSync(path, 'a', 0o600));
  const { uid, gid } = statSync(folder);
  if (process.getuid?.() === 0 && uid !== 0) chownSync(path, uid, gid);
}

function migrate(db: Database, path: string, migrations: readonly Migration[]): void {
  db.exec('CREATE TABLE IF NOT EXISTS migration (id TEXT PRIMARY KEY, ranAt TEXT NOT NULL) STRICT');
  const stepsDone = db.prepare<[], string>('SELECT id FROM migration').pluck();
  const known = new Set(migrations.map((migration) => migration.id));
  const newer = stepsDone.all().find((id) => !known.has(id));
  if (newer !== undefined) {
    throw new Problem(
      `${path}: was written by a newer Lookout (schema step ${newer}). Install that version again.`,
    );
  }
  const record = db.prepare('INSERT INTO migration (id, ranAt) VALUES (?, ?)');
  // Checked again under the lock: another process may be opening the same new database.
  const step = db.transaction((migration: Migration) => {
    if (stepsDone.all().includes(migration.id)) return;
    db.exec(migration.sql);
    record.run(migration.id, new Date().toISOString());
  });
  const done = new Set(stepsDone.all());
  for (const migration of migrations) {
    if (!done.has(migration.id)) step.immediate(migration);
  }
}
