import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { type Entry, openPromise } from 'yauzl';
import { messageOf, Problem } from '../platform/problem.ts';

/** How a list file is packed. */
export type Packing = 'none' | 'gzip' | 'zip';

const chunkBytes = 256 * 1024;
/** Far more than any list; an archive that holds more was made to fill a disk. */
const maxTextBytes = 2 * 2 ** 30;
const zipMark = [0x50, 0x4b, 3, 4];
const gzipMark = [0x1f, 0x8b];

/** How a file is packed, by its first bytes. */
export async function packingOf(file: string): Promise<Packing> {
  const handle = await open(file);
  try {
    const head = Buffer.alloc(4);
    await handle.read(head, 0, head.length, 0);
    const begins = (mark: number[]) => mark.every((byte, at) => head[at] === byte);
    return begins(zipMark) ? 'zip' : begins(gzipMark) ? 'gzip' : 'none';
  } finally {
    await handle.close();
  }
}

/**
 * The bytes of the one text file in an archive, piece by piece. Throws a Problem for an archive that is damaged, locked
 * with a password, holds several files, or unpacks to more than 2 GiB.
 */
export async function* unpacked(file: string, packing: 'gzip' | 'zip'): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of packing === 'zip' ? unzipped(file) : gunzipped(file)) {
      bytes += chunk.length;
      if (bytes > maxTextBytes) throw tooLarge(file);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      `${file}: is a damaged archive (${messageOf(error)}). Fetch it again or unpack it.`,
    );
  }
}

function gunzipped(file: string): AsyncIterable<Buffer> {
  const source = createReadStream(file, { highWaterMark: chunkBytes });
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  source.on('error', (error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}

async function* unzipped(file: string): AsyncGenerator<Buffer> {
  const archive = await openPromise(file, { autoClose: false });
  try {
    const entries: Entry[] = [];
    for await (const entry of archive.eachEntry()) {
      if (!isBeside(entry.fileName)) entries.push(entry);
    }
    const [entry] = entries;
    if (entries.some(({ fileName }) => fileName === '[Content_Types].xml')) {
      throw new Problem(`${file}: is a spreadsheet or a document. Save it as CSV.`);
    }
    if (entry === undefined || entries.length > 1) {
      throw new Problem(
        `${file}: holds ${entries.length} files where a list is one. Unpack it and import the file of this list.`,
      );
    }
    if (entry.isEncrypted()) {
      throw new Problem(`${file}: is locked with a password. Unpack it and import what it holds.`);
    }
    if (entry.uncompressedSize > maxTextBytes) throw tooLarge(file);
    const stream = await archive.openReadStreamPromise(entry);
    for await (const chunk of stream) yield chunk as Buffer;
  } finally {
    archive.close();
  }
}

/** Folders, and what macOS puts beside the files of an archive. */
function isBeside(name: string): boolean {
  return name.endsWith('/') || name.startsWith('__MACOSX/') || /(?:^|\/)\.[^/]*$/.test(name);
}

function tooLarge(file: string): Problem {
  return new Problem(`${file}: unpacks to more than 2 GiB, which no list has.`);
}
