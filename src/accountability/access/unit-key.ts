import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileFault, kindOf, Problem } from '../../platform/problem.ts';
import { readRegularFile } from '../../platform/regular-file.ts';

const keyFile = 'people.key';
const keyBytes = 32;

/**
 * The secret key of this unit. It is stored beside the database, never in it, so that a copy of the database alone is
 * useless.
 */
export interface UnitKey {
  /** Keyed hash of a text for one purpose, such as session tokens. */
  hash(use: string, text: string | Uint8Array): Buffer;
  /** 32 bytes for encryption, for one purpose. */
  derive(use: string): Buffer;
}

/** Whether the key file exists. */
export function hasUnitKey(dataDir: string): boolean {
  return readKey(join(dataDir, keyFile)) !== null;
}

/** Reads the key of `dataDir` or creates it; if two processes create it at once, both use the same one. */
export function openUnitKey(dataDir: string): UnitKey {
  const path = join(dataDir, keyFile);
  const key = readKey(path) ?? makeKey(dataDir, path);
  return {
    hash: (use, text) => createHmac('sha256', key).update(`${use}\0`).update(text).digest(),
    derive: (use) => Buffer.from(hkdfSync('sha256', key, '', use, 32)),
  };
}

function makeKey(dataDir: string, path: string): Buffer {
  const temporary = join(dataDir, `.${keyFile}.${randomBytes(6).toString('hex')}`);
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(file, randomBytes(keyBytes));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  const { uid, gid } = statSync(dataDir);
  if (process.getuid?.() === 0 && uid !== 0) chownSync(temporary, uid, gid);
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (kindOf(error) !== 'there-already') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  const folder = openSync(dataDir, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
  const key = readKey(path);
  if (key === null)
    throw new Problem(
      `${path}: cannot be created; check the owner of the folder and the free space`,
    );
  return key;
}

function readKey(path: string): Buffer | null {
  let key: Buffer;
  try {
    key = readRegularFile(path);
  } catch (error) {
    if (kindOf(error) === 'missing') return null;
    throw new Problem(
      `${path}: cannot be read (${fileFault(error)}); it must belong to the user of the service`,
    );
  }
  if (key.byteLength !== keyBytes) {
    throw new Problem(
      `${path}: is damaged (${key.byteLength} bytes, not ${keyBytes}); restore it from a backup`,
    );
  }
  return key;
}
