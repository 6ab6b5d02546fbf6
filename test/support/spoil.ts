import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

const pageBytes = 4096;

/** Which pages of a file are overwritten, counted from 0; negative ones from its end. */
export type Pages = number | 'all' | 'all but the first';

/** Overwrites pages of a real database with bytes that are no page, as a failing disk or card does. */
export function spoil(path: string, pages: Pages): void {
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
