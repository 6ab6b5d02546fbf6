import { crc32 } from 'node:zlib';
import { Problem } from '../../platform/problem.ts';

/** A file of a ZIP, its name with slashes. */
export interface ZipEntry {
  name: string;
  bytes: Uint8Array;
}

const localSignature = 0x04034b50;
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;
const utf8Names = 0x0800;
/** From these counts and offsets on a Zip64 record must hold the value; this format has none. */
const tooManyFiles = 0xffff;
const tooManyBytes = 0xffff_ffff;
/** Bytes of a file in addition to its content and, twice, its name; and of the end of the directory. */
const headerBytes = 30 + 46;
const endBytes = 22;

/**
 * A ZIP without compression (APPNOTE 6.3): images do not compress, and every program can open it. The same files give
 * the same bytes. Throws a Problem for more than 65,534 files or 4 GiB.
 */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  refuseTooMuch(entries);
  const parts: Uint8Array[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const path = Buffer.from(name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0); // version needed
    fields.writeUInt16LE(utf8Names, 2);
    fields.writeUInt16LE(0x21, 8); // 1980-01-01: the files' own times are in the records
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(bytes.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(path.length, 22);
    parts.push(signature(localSignature), fields, path, bytes);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    // In the directory, the version that made the file precedes the same fields.
    directory.push(signature(centralSignature), Buffer.from([20, 0]), fields, rest, path);
    offset += 4 + fields.length + path.length + bytes.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, signature(endSignature), end]);
}

/** The files of a ZIP that `zipOf` made. Throws a Problem if it is damaged. */
export function unzip(zip: Buffer): ZipEntry[] {
  const damaged = new Problem('the part that the unit sent is damaged; request it again');
  const end = zip.length - endBytes;
  if (end < 0 || zip.readUInt32LE(end) !== endSignature) throw damaged;
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || zip.readUInt32LE(at) !== centralSignature) throw damaged;
    const length = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const start = zip.readUInt32LE(at + 42) + 30 + nameLength;
    const bytes = zip.subarray(start, start + length);
    if (bytes.length !== length || crc32(bytes) !== zip.readUInt32LE(at + 16)) throw damaged;
    entries.push({ name, bytes });
    at += 46 + nameLength;
  }
  return entries;
}

function refuseTooMuch(entries: readonly ZipEntry[]): void {
  if (entries.length >= tooManyFiles) {
    throw new Problem(
      `${entries.length} files are too many for one ZIP (${tooManyFiles - 1} at most); request fewer`,
    );
  }
  const size = entries.reduce(
    (sum, { name, bytes }) => sum + bytes.length + 2 * Buffer.byteLength(name) + headerBytes,
    endBytes,
  );
  if (size >= tooManyBytes) {
    throw new Problem('these files are too large for one ZIP (4 GiB at most); request less');
  }
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
