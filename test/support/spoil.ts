import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import SQLite from 'better-sqlite3';

const pageBytes = 4096;

/** Which pages of a file are overwritten, counted from 0; negative ones from its end. */
export type Pages = number | 'all' | 'all but the first';

/** The page where a table begins. */
function rootPageOf(path: string, table: string): number {
  const db = new SQLite(path, { readonly: true });
  try {
    const root = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table);
    return Number(root) - 1;
  } finally {
    db.close();
  }
}

/** Overwrites pages of a real database with bytes that are no page, as a failing disk or card does. */
export function spoil(path: string, at: Pages | { root: string }): void {
  const pages = typeof at === 'object' ? rootPageOf(path, at.root) : at;
  const file = openSync(path, 'r+');
  try {
    const count = Math.ceil(fstatSync(file).size / pageBytes);
    const all = Array.from({ length: count }, (_, page) => page);
    const which =
      typeof pages === 'number'
        ? [(pages + count) % count]
        : all.slice(pages === 'all but the first' ? 1 : 0);
    for (const page of which) {
      const bytes = Buffer.alloc(pageBytes);
      readSync(file, bytes, 0, pageBytes, page * pageBytes);
      writeSync(
        file,
        Buffer.from(bytes.map((byte, at) => byte ^ (0xa5 + at))),
        0,
        pageBytes,
        page * pageBytes,
      );
    }
  } finally {
    closeSync(file);
  }
}
