import { randomBytes, timingSafeEqual } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileFault, kindOf, Problem } from '../../platform/problem.ts';
import { readRegularFile, refuseStranger } from '../../platform/regular-file.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Head, sealOf } from './chain.ts';

/** Paths of the audit log's files in a data folder. */
export function auditPaths(dataDir: string) {
  return {
    database: join(dataDir, 'audit.db'),
    anchor: join(dataDir, 'audit.anchor'),
    key: join(dataDir, 'audit.key'),
  };
}

/** The head of the log when the anchor was last written. */
export interface Anchor extends Head {
  log: string;
  /** Number of the write; the higher one marks the newer of the two slots. */
  turn: number;
}

/** The result of reading an anchor. */
export type AnchorReading =
  | { state: 'sound'; anchor: Anchor }
  | { state: 'missing' }
  | { state: 'forged' };

const placeBytes = 512;

/**
 * Reads the anchor. It has two slots, written in turn, so that a power cut during a write leaves the other slot intact.
 * A slot counts only if its HMAC matches this unit's key.
 */
export function readAnchor(path: string, key: Buffer): AnchorReading {
  let bytes: Buffer;
  try {
    bytes = readPlaces(path);
  } catch (error) {
    if (kindOf(error) === 'missing') {
      return { state: 'missing' };
    }
    throw closedFile(path, error);
  }
  const places = [bytes.subarray(0, placeBytes), bytes.subarray(placeBytes)];
  const sound = places.flatMap((place) => parsePlace(place.toString('utf8'), key) ?? []);
  const [newest] = sound.sort((a, b) => b.turn - a.turn);
  return newest ? { state: 'sound', anchor: newest } : { state: 'forged' };
}

/**
 * Overwrites the older slot and returns once it is on the disk. Only one writer at a time: the caller holds the
 * database's lock. A new file appears with its first anchor in it.
 */
export function writeAnchor(path: string, anchor: Anchor, key: Buffer): void {
  const text = canonicalJson(anchor);
  const place = `${canonicalJson({ ...anchor, seal: sealOf(text, key) }).padEnd(placeBytes - 1)}\n`;
  if (existsSync(path)) {
    const file = openSync(path, 'r+');
    try {
      writeSync(file, place, (anchor.turn % 2) * placeBytes);
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    return;
  }
  makePrivateFile(path, anchor.turn % 2 === 0 ? place : `${' '.repeat(placeBytes)}${place}`);
}

/** The unit's key; null if there is none. Throws if the file does not hold a key. */
export function readKey(path: string): Buffer | null {
  let text: string;
  try {
    text = readRegularFile(path).toString('utf8').trim();
  } catch (error) {
    if (kindOf(error) === 'missing') return null;
    throw closedFile(path, error);
  }
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new Problem(
      `${path}: does not contain a key of 64 hexadecimal digits; restore the key of this unit`,
    );
  }
  return Buffer.from(text, 'hex');
}

/** Creates a new key that only the daemon's user can read. */
export function makeKey(path: string): Buffer {
  const key = randomBytes(32);
  makePrivateFile(path, `${key.toString('hex')}\n`);
  return key;
}

function parsePlace(text: string, key: Buffer): Anchor | null {
  try {
    const { seal, ...anchor } = JSON.parse(text) as Anchor & { seal: string };
    const expected = Buffer.from(sealOf(canonicalJson(anchor), key), 'hex');
    const found = Buffer.from(seal, 'hex');
    return found.length === expected.length && timingSafeEqual(found, expected) ? anchor : null;
  } catch {
    return null;
  }
}

const closedFile = (path: string, error: unknown): Problem =>
  new Problem(`${path}: cannot be read (${fileFault(error)}); put back the one of this unit`);

function readPlaces(path: string): Buffer {
  refuseStranger(path);
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(2 * placeBytes, ' ');
    readSync(file, bytes, 0, bytes.length, 0);
    return bytes;
  } finally {
    closeSync(file);
  }
}

/**
 * Creates the file atomically: after a power cut it is complete or absent. It belongs to the owner of its folder even
 * if root created it.
 */
function makePrivateFile(path: string, content: string): void {
  const folder = dirname(path);
  const temporary = `${path}.part`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  const { uid, gid } = statSync(folder);
  if (process.getuid?.() === 0 && uid !== 0) chownSync(temporary, uid, gid);
  renameSync(temporary, path);
  const directory = openSync(folder, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
