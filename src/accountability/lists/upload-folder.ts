import { chownSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { copyFile, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';

const leftOverAfterMs = 86_400_000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The folder through which list files come in from people. An operation is never given a path, by which it could be
 * made to read any file that the daemon may read: it is given a file's bytes, or the id of one that was put here
 * by someone who may write to the data folder.
 */
export function openUploadFolder(dataDir: string) {
  const folder = join(dataDir, 'incoming');
  const pathOf = (id: string): string => {
    if (!uuid.test(id)) throw new Error(`${id} is not the id of an uploaded file`);
    return join(folder, id);
  };
  const make = () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (process.getuid?.() === 0) {
      // A command run as root must not shut out a daemon that is another user.
      const { uid, gid } = statSync(dataDir);
      chownSync(folder, uid, gid);
    }
    // A command that was killed leaves its file behind. Not by the time that the source gave its list: another command
    // may wait with it at this moment, or take it away.
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const cameAtMs = statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? Date.now();
      if (cameAtMs < Date.now() - leftOverAfterMs) rmSync(path, { force: true });
    }
  };
  return {
    pathOf,
    /** Copies a file here, with its time, and returns its id. */
    async copy(file: string): Promise<string> {
      make();
      const id = uuidv7();
      await copyFile(file, pathOf(id));
      const { atime, mtime } = await stat(file);
      await utimes(pathOf(id), atime, mtime);
      return id;
    },
    /** Writes bytes here and returns their id. */
    put(bytes: Uint8Array): string {
      make();
      const id = uuidv7();
      writeFileSync(pathOf(id), bytes, { mode: 0o600 });
      return id;
    },
    /** The text of a file that stands beside an incoming one; null when there is none. */
    readBeside: (id: string, suffix: string): Promise<string | null> =>
      readFile(`${pathOf(id)}${suffix}`, 'utf8').catch(() => null),
    async remove(id: string): Promise<void> {
      for (const suffix of ['', rejectsSuffix]) await rm(`${pathOf(id)}${suffix}`, { force: true });
    },
  };
}

/** Ends the name of the file with the rows that could not be used. */
export const rejectsSuffix = '.rejects.csv';
