import { readFileSync, type Stats, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Problem } from './problem.ts';

/** Something else stands where a file belongs: a folder, a pipe, a socket or a device. `fileFault` has its words. */
export class NotAFile extends Error {
  readonly code = 'NOT_A_FILE';
}

/** What something is, for a sentence; null for a file. */
function kindOfEntry(entry: Stats): string | null {
  if (entry.isFile()) return null;
  if (entry.isDirectory()) return 'a folder';
  if (entry.isFIFO()) return 'a pipe';
  if (entry.isSocket()) return 'a socket';
  return 'a device';
}

function refuseOther(entry: Stats): void {
  const kind = kindOfEntry(entry);
  if (kind !== null) throw new NotAFile(`it is ${kind}`);
}

/** What stands at a path where a file belongs, for a sentence; null if it is a file or nothing is there. */
export function strangerAt(path: string): string | null {
  const entry = statSync(path, { throwIfNoEntry: false });
  return entry === undefined ? null : kindOfEntry(entry);
}

/** Throws a Problem if something else stands where Lookout has a file in its data folder. */
export function refuseStranger(path: string): void {
  const kind = strangerAt(path);
  if (kind === null) return;
  throw new Problem(
    `${path}: is ${kind}, where Lookout has a file. Move it out of the data folder.`,
  );
}

/**
 * What a file holds. Throws NotAFile for what is none: reading a pipe would wait for ever for somebody who writes to it,
 * and a device may have no end. Throws the system's error where the file cannot be read.
 */
export function readRegularFile(path: string): Buffer {
  refuseOther(statSync(path));
  return readFileSync(path);
}

/** The same, without holding up the caller. */
export async function loadRegularFile(path: string): Promise<Buffer> {
  refuseOther(await stat(path));
  return readFile(path);
}
