import {
  accessSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import { DamagedDatabase, type SetAside, setAside } from './damaged-database.ts';
import { guardDatabase } from './guarded-database.ts';
import { daemonOn } from './live-daemon.ts';
import { codeOf, fileFault, kindOf, messageOf, Problem } from './problem.ts';
import { strangerAt } from './regular-file.ts';
import { olderMayUse, prepareSteps, type SchemaStep, stepsBetween } from './schema-steps.ts';

/** The part of better-sqlite3's database that Lookout uses. */
export type Database = Pick<
  SQLite.Database,
  'prepare' | 'transaction' | 'exec' | 'pragma' | 'close' | 'name' | 'open' | 'inTransaction'
>;

export type Migration = SchemaStep;

/** With less free space than this no database is opened. */
const minRoomBytes = 2 ** 20;

/** Options of a database. */
interface OpenOptions {
  /** Deleted and overwritten data is zeroed in the file, and free pages can be returned to the disk. */
  erasing?: boolean;
  /**
   * What a statement needs to undo its changes stays in memory, and so does what a query sorts: for a process that changes
   * much. Else SQLite copies both to files in a folder for temporary files, which nothing erases.
   */
  temporaryInMemory?: boolean;
}

const askTheDaemon =
  'Start lookout, or restart it: it sets the file aside, begins a new one and says what was lost.';

/**
 * Opens a database that survives a power cut: write-ahead log, and a commit that returns only once it is on the disk
 * (`synchronous=FULL`). Runs the migrations that have not run yet, each in a transaction. A damaged page is found when a
 * statement reads it, which then throws a DamagedDatabase with `ifDamaged`: what a person can do.
 */
export function openDatabase(
  path: string,
  migrations: readonly Migration[],
  { ifDamaged = askTheDaemon, ...options }: OpenOptions & { ifDamaged?: string } = {},
): Database {
  const refuse = (error: unknown): never => {
    throw new DamagedDatabase(path, error, ifDamaged);
  };
  try {
    return guardDatabase(openConnection(path, migrations, options), refuse).db;
  } catch (error) {
    if (kindOf(error) === 'damaged') return refuse(error);
    throw error;
  }
}

/** A database of which this process is the owner: it may be exchanged for a new one while it is in use. */
export interface OwnDatabase {
  readonly db: Database;
  /** How often a damaged file was set aside. */
  readonly exchanges: number;
  /**
   * Sets the file aside because a thread of this process has found it damaged, unless that was done since: `exchanges`
   * is the number when the thread's work began. Throws a DamagedDatabase if it cannot be set aside.
   */
  foundDamage(error: unknown, exchanges: number): void;
}

/** Who must know that a database was exchanged: threads and files that go by its name. */
const exchangeListeners = new WeakMap<Database, (() => void)[]>();

/** Calls back after each exchange of a database; one that is never exchanged never calls. */
export function whenExchanged(db: Database, listener: () => void): void {
  exchangeListeners.set(db, [...(exchangeListeners.get(db) ?? []), listener]);
}

/**
 * Opens a database like `openDatabase`, for the process that owns it: a file with damaged pages is renamed, and a new one
 * takes its place, also while it is in use. The statement that found the damage throws a DamagedDatabase; the next ones
 * run on the new file, for which `onSetAside` was called first.
 */
export function openOwnDatabase(
  path: string,
  migrations: readonly Migration[],
  { onSetAside, ...options }: OpenOptions & { onSetAside: (lost: SetAside) => void },
): OwnDatabase {
  let exchanges = 0;

  function openNew(error: unknown): { connection: SQLite.Database; lost: SetAside } {
    try {
      const lost = setAside(path, Date.now());
      const connection = openConnection(path, migrations, options);
      exchanges += 1;
      return { connection, lost };
    } catch (cause) {
      const advice = `It cannot be set aside (${messageOf(cause)}); move it away by hand and restart lookout.`;
      throw new DamagedDatabase(path, error, advice);
    }
  }

  function openFirst(): { connection: SQLite.Database; lost: SetAside | null } {
    try {
      return { connection: openConnection(path, migrations, options), lost: null };
    } catch (error) {
      if (kindOf(error) !== 'damaged') throw error;
      return openNew(error);
    }
  }

  const first = openFirst();
  let current = first.connection;
  const guarded = guardDatabase(current, (error) => {
    const { file } = exchange(error);
    const done = `It was set aside as ${file}, and a new one is in use.`;
    throw new DamagedDatabase(path, error, done);
  });

  function exchange(error: unknown): SetAside {
    const damaged = current;
    const { connection, lost } = openNew(error);
    current = connection;
    guarded.exchange(connection);
    // SQLite sees that this file has moved, and leaves the log of the new one alone.
    closeQuietly(damaged);
    onSetAside(lost);
    for (const listener of exchangeListeners.get(guarded.db) ?? []) listener();
    return lost;
  }

  if (first.lost !== null) onSetAside(first.lost);
  return {
    db: guarded.db,
    get exchanges() {
      return exchanges;
    },
    foundDamage(error, seen) {
      if (seen === exchanges) exchange(error);
    },
  };
}

/** Reads every page of a database; throws a DamagedDatabase if one is damaged. Takes seconds for a large one. */
export function examineDatabase(db: Database): void {
  // SQLite's words are not used: they may quote what the file holds.
  const says = db.pragma('quick_check(1)', { simple: true });
  if (says === 'ok') return;
  const found = Object.assign(new Error('quick_check'), { code: 'SQLITE_CORRUPT' });
  throw new DamagedDatabase(db.name, found, askTheDaemon);
}

function closeQuietly(connection: SQLite.Database): void {
  try {
    connection.close();
  } catch {
    // Of no use any more, and closed with the process at the latest.
  }
}

function openConnection(
  path: string,
  migrations: readonly Migration[],
  options: OpenOptions,
): SQLite.Database {
  using open = new DisposableStack();
  let db: SQLite.Database;
  refuseStrangers(path);
  try {
    makePrivate(path);
    db = open.adopt(new SQLite(path), (opened) => void opened.close());
    // Only takes effect on a new file.
    if (options.erasing) db.pragma('auto_vacuum = INCREMENTAL');
    patiently(() => db.pragma('journal_mode = WAL'));
  } catch (error) {
    if (isDiskFull(path, error)) throw fullDisk(path, error);
    if (kindOf(error) === 'damaged') throw error;
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
  // After the migrations, which may sort a whole table.
  if (options.temporaryInMemory) db.pragma('temp_store = MEMORY');
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

/** SQLite's own files beside a database. */
export const sideFiles = ['-wal', '-shm', '-journal'] as const;

/** What stands in the place of a database or of SQLite's files beside it and is no file, in words; null if nothing does. */
export function strangerIn(path: string): string | null {
  for (const end of ['', ...sideFiles]) {
    const kind = strangerAt(path + end);
    if (kind !== null) return `${basename(path + end)} is ${kind}`;
  }
  return null;
}

/** SQLite meets what is no file late, in words of its own, or waits for it; and a file that is closed to this user as well. */
function refuseStrangers(path: string): void {
  const stranger = strangerIn(path);
  if (stranger !== null) {
    throw new Problem(
      `${path}: cannot be opened, as ${stranger}, where SQLite has a file. Move it out of the data folder.`,
    );
  }
  for (const end of ['', ...sideFiles]) {
    if (!existsSync(path + end)) continue;
    try {
      accessSync(path + end, constants.R_OK | constants.W_OK);
    } catch (error) {
      // Another process that has it open took its journal away meanwhile.
      if (codeOf(error) === 'ENOENT') continue;
      throw new Problem(
        `${path}: cannot be opened, as ${basename(path + end)} is closed: ${fileFault(error)}. It must belong to the user of the service.`,
      );
    }
  }
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

/** The statements of a running daemon of an older version fail once the schema is newer. */
function refuseUnderDaemon(path: string): void {
  const pid = daemonOn(dirname(path));
  if (pid === null) return;
  throw new Problem(
    `${path}: is in use by a lookout of an older version with process id ${pid}. ` +
      'Install this version, which restarts it, or stop it first.',
  );
}

function migrate(db: Database, path: string, migrations: readonly Migration[]): void {
  prepareSteps(db);
  const stepsDone = db.prepare<[], string>('SELECT id FROM migration').pluck();
  const [newer] = stepsBetween(db, migrations).strange;
  if (newer !== undefined) {
    throw new Problem(
      `${path}: was written by a newer Lookout (schema step ${newer}). Install that version again.`,
    );
  }
  const record = db.prepare('INSERT INTO migration (id, ranAt, older_may_use) VALUES (?, ?, ?)');
  // Checked again under the lock: another process may be opening the same new database.
  const step = db.transaction((migration: Migration) => {
    if (stepsDone.all().includes(migration.id)) return;
    db.exec(migration.sql);
    record.run(migration.id, new Date().toISOString(), olderMayUse(migration) ? 1 : 0);
  });
  const done = new Set(stepsDone.all());
  if (done.size > 0 && migrations.some(({ id }) => !done.has(id))) refuseUnderDaemon(path);
  for (const migration of migrations) {
    if (!done.has(migration.id)) step.immediate(migration);
  }
}
