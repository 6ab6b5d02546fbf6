import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const source = join(import.meta.dirname, '../../src');

/** A file of the source: its path below `src` and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

/** Every file of the program, the page's among them. */
export function sourceFiles(): SourceFile[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|js)$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(source, path), 'utf8') }));
}

/** The folder below `src`; within a wing, the folder below the wing. A file beside the rooms is a room of its own. */
export function roomOf(file: string, wings: readonly string[]): string {
  const [first = '', second = '', third] = file.split('/');
  return wings.includes(first) && third !== undefined ? `${first}/${second}` : first;
}
