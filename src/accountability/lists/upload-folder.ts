import { chownSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { appendFile, copyFile, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { Refusal } from '../gate/refusal.ts';

const leftOverAfterMs = 86_400_000;
/** Most bytes of files that people sent and that wait here: the disk is the reader's. */
const mostWaitingBytes = 256 * 1024 * 1024;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The folder through which people import list files. An operation never gets a path, which could make it read any file
 * that the daemon may read. It gets the bytes of a file, or the id of one that someone who may write the data folder
 * has put here.
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
      // A command run as root must give the file to the daemon's user, who could not read it otherwise.
      const { uid, gid } = statSync(dataDir);
      chownSync(folder, uid, gid);
    }
    // Remove files that killed commands left behind. Judge their age by when they came here, not by the time of the
    // list: another command may be using its file now, or may remove it.
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const cameAtMs = statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? Date.now();
      if (cameAtMs < Date.now() - leftOverAfterMs) rmSync(path, { force: true });
    }
  };
  const sizeOf = (name: string): number | null =>
    statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? null;
  const keepRoom = (bytes: number): void => {
    const taken = readdirSync(folder).reduce((sum, name) => sum + (sizeOf(name) ?? 0), 0);
    if (taken + bytes <= mostWaitingBytes) return;
    throw new Refusal(
      413,
      'too-large',
      `At most ${mostWaitingBytes / 1024 / 1024} MiB of list files may wait on the unit. A technician can import the file there.`,
    );
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
    /** Writes bytes here and returns their id. Throws a Refusal if too many wait here. */
    put(bytes: Uint8Array): string {
      make();
      keepRoom(bytes.length);
      const id = uuidv7();
      writeFileSync(pathOf(id), bytes, { mode: 0o600 });
      return id;
    },
    /** Adds bytes to a file that was begun here, and returns its size in bytes. Throws a Refusal if it is gone. */
    async append(id: string, bytes: Uint8Array): Promise<number> {
      if (sizeOf(id) === null) {
        throw new Refusal(
          404,
          'no-upload',
          'The file that was begun is gone; send it from its start.',
        );
      }
      keepRoom(bytes.length);
      await appendFile(pathOf(id), bytes);
      return sizeOf(id) ?? 0;
    },
    /** The text of a file that belongs to an uploaded one; null if there is none. */
    readBeside: (id: string, suffix: string): Promise<string | null> =>
      readFile(`${pathOf(id)}${suffix}`, 'utf8').catch(() => null),
    async remove(id: string): Promise<void> {
      for (const suffix of ['', rejectsSuffix]) await rm(`${pathOf(id)}${suffix}`, { force: true });
    },
  };
}

/** Suffix of the file with the rows that could not be used. */
export const rejectsSuffix = '.rejects.csv';
