import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { entriesHeader } from './entries-file.ts';

// Both files are of the form of `entries-file.ts`: a header, then one line an entry, ordered by plate and id. A delta has the
// lines `+LINE` for an entry that is new or changed and `-PLATE,ID` for one that is gone, in the same order.

/** A file that was written. */
interface Written {
  sha256: string;
  bytes: number;
}

const pieceBytes = 256 * 1024;
/** Plate and id of a line as they stand there; a text with a comma or a quote is in quotes. */
const keyText = /^([^,]*),("(?:[^"]|"")*"|[^,]*)/;

interface Line {
  text: string;
  /** What the line of an entry begins with. */
  key: string;
  plate: Buffer;
  id: Buffer;
}

/**
 * Writes what makes `file` of `base` to `out`. Null, and nothing is left, if that is not shorter than the file. Throws if one of
 * both is no file of entries.
 */
export function writeDelta(base: string, file: string, out: string): Written | null {
  const mostBytes = statSync(file).size;
  const writer = openWriter(out, mostBytes);
  try {
    const before = entriesOf(base);
    const after = entriesOf(file);
    let old = next(before);
    let now = next(after);
    while (old !== null || now !== null) {
      const order = old === null ? 1 : now === null ? -1 : compare(old, now);
      if (order < 0 && old !== null) {
        writer.line(`-${old.key}`);
        old = next(before);
      } else if (now !== null) {
        if (order > 0 || old?.text !== now.text) writer.line(`+${now.text}`);
        if (order === 0) old = next(before);
        now = next(after);
      }
      if (writer.isFull()) return writer.discard();
    }
    return writer.finish();
  } catch (error) {
    writer.discard();
    throw error;
  }
}

/**
 * Writes to `out` what a delta makes of `base`. The hash of the result says whether both fit each other. Throws, and leaves
 * nothing, if they clearly do not.
 */
export function applyDelta(base: string, delta: string, out: string): Written {
  const writer = openWriter(out, Number.POSITIVE_INFINITY);
  try {
    writer.line(entriesHeader);
    const before = entriesOf(base);
    let old = next(before);
    for (const text of linesOf(delta)) {
      const sign = text[0];
      if (sign !== '+' && sign !== '-')
        throw new Error('a line of the difference is neither + nor -');
      const line = lineOf(text.slice(1));
      for (; old !== null && compare(old, line) < 0; old = next(before)) writer.line(old.text);
      const isThere = old !== null && compare(old, line) === 0;
      if (sign === '-' && !isThere) throw new Error('an entry that is gone was not there');
      if (isThere) old = next(before);
      if (sign === '+') writer.line(line.text);
    }
    for (; old !== null; old = next(before)) writer.line(old.text);
    return writer.finish();
  } catch (error) {
    writer.discard();
    throw error;
  }
}

function* entriesOf(file: string): Generator<Line> {
  let isFirst = true;
  for (const text of linesOf(file)) {
    if (isFirst && text !== entriesHeader) throw new Error(`${file} is no file of entries`);
    if (!isFirst) yield lineOf(text);
    isFirst = false;
  }
}

function next(lines: Generator<Line>): Line | null {
  const { value, done } = lines.next();
  return done === true ? null : value;
}

function lineOf(text: string): Line {
  const [key = text, plate = '', id = ''] = keyText.exec(text) ?? [];
  const bare = id.startsWith('"') ? id.slice(1, -1).replaceAll('""', '"') : id;
  return { text, key, plate: Buffer.from(plate), id: Buffer.from(bare) };
}

/** By the bytes of plate and id, as the database orders them. */
function compare(one: Line, other: Line): number {
  return Buffer.compare(one.plate, other.plate) || Buffer.compare(one.id, other.id);
}

function* linesOf(file: string): Generator<string> {
  const descriptor = openSync(file, 'r');
  const decoder = new StringDecoder('utf8');
  const piece = Buffer.alloc(pieceBytes);
  let rest = '';
  try {
    for (;;) {
      const length = readSync(descriptor, piece);
      if (length === 0) break;
      const lines = (rest + decoder.write(piece.subarray(0, length))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(descriptor);
  }
}

/** Writes lines to a file that is whole or not there; it is full from `mostBytes` on. */
function openWriter(file: string, mostBytes: number) {
  const part = `${file}.making`;
  const descriptor = openSync(part, 'w', 0o600);
  const hash = createHash('sha256');
  let text = '';
  let bytes = 0;
  let isOpen = true;
  const flush = (): void => {
    const piece = Buffer.from(text);
    text = '';
    hash.update(piece);
    bytes += piece.length;
    for (let at = 0; at < piece.length; ) at += writeSync(descriptor, piece, at);
  };
  const close = (): void => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  return {
    line(each: string): void {
      text += `${each}\n`;
      if (text.length >= pieceBytes) flush();
    },
    isFull: () => bytes + text.length >= mostBytes,
    finish(): Written {
      flush();
      fsyncSync(descriptor);
      close();
      renameSync(part, file);
      return { sha256: hash.digest('hex'), bytes };
    },
    discard(): null {
      close();
      rmSync(part, { force: true });
      return null;
    },
  };
}
