import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';

/**
 * An error for the person who reads it: what is wrong, where (file, row, field), and what to do. The CLI prints only
 * its message, without a stack, and exits with 1.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
}

/** A temporary Problem: the same request may succeed later. */
export class TemporaryProblem extends Problem {}

/**
 * The message of anything thrown, for a log or a person. That of a parser (JSON, CSV, YAML, a schema, SQLite) is replaced
 * by its kind and place, as it may quote what was parsed: a plate, a name, a password (rule 7).
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name } = error;
  const code = codeOf(error);
  if (error instanceof SyntaxError) return 'the text is not valid JSON';
  if (name === 'SqliteError') return sqliteWords(String(code));
  if (name === 'CsvError' || /^(?:Error: )?CSV_/.test(String(code)))
    return `CSV reports ${String(code)}`;
  if (name === 'YAMLParseError' || name === 'YAMLWarning') return `YAML reports ${String(code)}`;
  if ('issues' in error && Array.isArray(error.issues)) return issuesOf(error.issues);
  return error.message;
}

const sqliteSays: Partial<Record<string, string>> = {
  BUSY: 'the database is locked by another process',
  CANTOPEN: 'the file cannot be opened',
  CONSTRAINT: 'a row does not fit the others',
  CORRUPT: 'the file is damaged',
  FULL: 'the disk is full',
  IOERR: 'the disk does not answer',
  NOTADB: 'the file is not a database',
  READONLY: 'the file may not be written',
};

/** The code stays beside the words: a person can look it up. */
function sqliteWords(code: string): string {
  const [, kind = ''] = code.split('_');
  return `${sqliteSays[kind] ?? 'SQLite refuses the statement'} (${code})`;
}

/** Where a value does not fit its schema, by field and kind. */
function issuesOf(issues: readonly { path?: readonly unknown[]; code?: string }[]): string {
  const places = issues.map(({ path = [], code }) => `${path.join('.') || 'the whole'}: ${code}`);
  return `it does not have the form that it should: ${places.join(', ')}`;
}

/** `ENOSPC`, `SQLITE_FULL` and the like; undefined for errors without a code. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** What files, disks and permissions make of a path, and no fault of the program. */
const ofFiles = new Set([
  ...['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'EEXIST', 'ENOTEMPTY', 'EROFS', 'ENOSPC'],
  ...[
    'EDQUOT',
    'EIO',
    'ENXIO',
    'ENODEV',
    'ELOOP',
    'ENAMETOOLONG',
    'EMFILE',
    'ENFILE',
    'NOT_A_FILE',
  ],
]);

/** Whether an error tells of the computer (a file, a disk, a permission) and not of a fault in the program. */
export function isOfTheSystem(error: unknown): boolean {
  const code = String(codeOf(error));
  if (!code.startsWith('SQLITE_')) return ofFiles.has(code);
  const [, kind = ''] = code.split('_');
  return kind in sqliteSays && kind !== 'CONSTRAINT';
}

/** Kinds of file and database errors that callers can handle. */
const kinds = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  SQLITE_FULL: 'disk-full',
  SQLITE_BUSY: 'busy',
  SQLITE_BUSY_RECOVERY: 'busy',
  SQLITE_BUSY_SNAPSHOT: 'busy',
  SQLITE_BUSY_TIMEOUT: 'busy',
  SQLITE_CORRUPT: 'damaged',
  SQLITE_CORRUPT_INDEX: 'damaged',
  SQLITE_CORRUPT_SEQUENCE: 'damaged',
  SQLITE_CORRUPT_VTAB: 'damaged',
  SQLITE_NOTADB: 'damaged',
  SQLITE_IOERR_READ: 'damaged',
  SQLITE_IOERR_SHORT_READ: 'damaged',
  SQLITE_IOERR_CORRUPTFS: 'damaged',
  SQLITE_IOERR_DATA: 'damaged',
  ENOENT: 'missing',
  EEXIST: 'there-already',
  EACCES: 'not-allowed',
  EPERM: 'not-allowed',
  EBUSY: 'in-use',
} as const;

type Kind = (typeof kinds)[keyof typeof kinds];

/** The kind of an error of the system or SQLite; null for every other error. */
export function kindOf(error: unknown): Kind | null {
  const code = codeOf(error);
  return typeof code === 'string' && Object.hasOwn(kinds, code)
    ? kinds[code as keyof typeof kinds]
    : null;
}

/** Why a file cannot be read or written, in plain words; the system's message where it is none of the frequent ones. */
export function fileFault(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'ENOTDIR') return 'a part of its path is no folder';
  if (code === 'EACCES' || code === 'EPERM') return closedTo(error);
  if (code === 'EEXIST') return 'something else has its name';
  if (code === 'EROFS') return 'its disk is read-only';
  return messageOf(error);
}

/** In a folder that this user may not search nobody can say whether a file is there. */
function closedTo(error: unknown): string {
  const path = error instanceof Error && 'path' in error ? String(error.path) : '';
  try {
    if (path !== '') accessSync(dirname(path), constants.X_OK);
    return 'this user may not open it';
  } catch {
    return 'its folder is closed to this user, so it may also be missing';
  }
}
