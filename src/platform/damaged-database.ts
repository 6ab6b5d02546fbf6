import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf, fileFault, Problem } from './problem.ts';

/**
 * A database file whose pages are damaged. It has SQLite's code, so `kindOf` is `damaged`; SQLite's own message is not
 * used, as it may quote what the file holds.
 */
export class DamagedDatabase extends Problem {
  readonly code: string;

  constructor(path: string, cause: unknown, advice: string) {
    const code = String(codeOf(cause));
    super(`${path}: the file is damaged (${code}). ${advice}`);
    this.code = code;
  }
}

/** A damaged database that was set aside, with its name in the folder and the time (RFC 3339). */
export interface SetAside {
  /** Such as `hotlist.db`. */
  database: string;
  /** Such as `hotlist.db.damaged-20261129T102100Z`. */
  file: string;
  at: string;
}

const mark = '.damaged-';

/**
 * Renames a damaged database and its write-ahead log, so that a new one can have the name; nothing is deleted, and owner
 * and mode stay. The log goes first: beside a new database it would be replayed into that.
 */
export function setAside(path: string, nowMs: number): SetAside {
  const at = new Date(Math.floor(nowMs / 1000) * 1000).toISOString();
  const stamp = at.replaceAll(/[-:]|\.000/g, '');
  let to = `${path}${mark}${stamp}`;
  for (let again = 2; existsSync(to); again += 1) to = `${path}${mark}${stamp}-${again}`;
  for (const part of ['-wal', '-shm', '']) {
    if (existsSync(path + part)) renameSync(path + part, to + part);
  }
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
  return { database: basename(path), file: basename(to), at };
}

/** What was set aside in a folder, oldest first. */
export function setAsideIn(folder: string): SetAside[] {
  const pattern = /^(.+\.db)\.damaged-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:-\d+)?$/;
  if (!existsSync(folder)) return [];
  return filesOf(folder)
    .sort()
    .flatMap((file) => {
      const [, database, year, month, day, hour, minute, second] = pattern.exec(file) ?? [];
      if (database === undefined) return [];
      return { database, file, at: `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z` };
    });
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new Problem(
      `${folder}: cannot be read (${fileFault(error)}). Run the command with sudo, or as the user of the service.`,
    );
  }
}

/** What was set aside of one database, oldest first. */
export function setAsideOf(path: string): SetAside[] {
  const name = basename(path);
  return setAsideIn(dirname(path)).filter(({ database }) => database === name);
}

/** The path of what was set aside. */
export function pathOfSetAside(folder: string, { file }: SetAside): string {
  return join(folder, file);
}
