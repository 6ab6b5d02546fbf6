/** One entry of an EXIF directory (IFD): TIFF type, number of values, and the values as big-endian bytes. */
interface Entry {
  type: number;
  count: number;
  bytes: Buffer;
}

/** A directory: tag to entry. TIFF requires ascending tags; the writer sorts them. */
export type Directory = Map<number, Entry>;

/** Text, ended with NUL; characters outside ASCII become `?`, as the type requires. */
export function ascii(text: string): Entry {
  const bytes = Buffer.from(`${text.replaceAll(/[^\x20-\x7e]/g, '?')}\0`, 'latin1');
  return { type: 2, count: bytes.length, bytes };
}

/** Unsigned bytes. */
export function bytes(...values: number[]): Entry {
  return { type: 1, count: values.length, bytes: Buffer.from(values) };
}

/** Bytes whose meaning the tag defines. */
export function undefinedBytes(value: Buffer): Entry {
  return { type: 7, count: value.length, bytes: value };
}

/** Unsigned fractions; each is rounded to `1/denominator`. */
export function rationals(denominator: number, ...values: number[]): Entry {
  const out = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries()) {
    out.writeUInt32BE(Math.round(value * denominator), index * 8);
    out.writeUInt32BE(denominator, index * 8 + 4);
  }
  return { type: 5, count: values.length, bytes: out };
}

const header = Buffer.from('MM\0\x2a\0\0\0\x08', 'latin1');
const signature = Buffer.from('Exif\0\0', 'latin1');
const exifPointer = 0x8769;
const gpsPointer = 0x8825;

/**
 * Builds the APP1 segment of a JPEG (EXIF 2.32): main directory, EXIF directory, GPS directory. Throws if it would
 * exceed the size of a segment (64 KiB).
 */
export function exifSegment(directories: { main: Directory; exif: Directory; gps: Directory }) {
  const main = new Map(directories.main);
  main.set(exifPointer, long(0));
  main.set(gpsPointer, long(0));
  const exifAt = header.length + lengthOf(main);
  const gpsAt = exifAt + lengthOf(directories.exif);
  main.set(exifPointer, long(exifAt));
  main.set(gpsPointer, long(gpsAt));
  const body = Buffer.concat([
    signature,
    header,
    written(main, header.length),
    written(directories.exif, exifAt),
    written(directories.gps, gpsAt),
  ]);
  const segment = Buffer.alloc(4);
  segment.writeUInt16BE(0xffe1, 0);
  segment.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([segment, body]);
}

/** Inserts an APP1 segment first in a JPEG, as EXIF requires. Throws if the bytes are not a JPEG. */
export function withSegment(jpeg: Uint8Array, segment: Buffer): Buffer {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8)
    throw new Error('not a JPEG: it does not begin with SOI');
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}

function long(value: number): Entry {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return { type: 4, count: 1, bytes: out };
}

const padded = (length: number): number => length + (length % 2);

function lengthOf(directory: Directory): number {
  let length = 2 + directory.size * 12 + 4;
  for (const entry of directory.values()) {
    if (entry.bytes.length > 4) length += padded(entry.bytes.length);
  }
  return length;
}

function written(directory: Directory, at: number): Buffer {
  const out = Buffer.alloc(lengthOf(directory));
  out.writeUInt16BE(directory.size, 0);
  let entryAt = 2;
  let valueAt = 2 + directory.size * 12 + 4;
  for (const [tag, entry] of [...directory].sort(([a], [b]) => a - b)) {
    out.writeUInt16BE(tag, entryAt);
    out.writeUInt16BE(entry.type, entryAt + 2);
    out.writeUInt32BE(entry.count, entryAt + 4);
    if (entry.bytes.length <= 4) {
      entry.bytes.copy(out, entryAt + 8);
    } else {
      out.writeUInt32BE(at + valueAt, entryAt + 8);
      entry.bytes.copy(out, valueAt);
      valueAt += padded(entry.bytes.length);
    }
    entryAt += 12;
  }
  return out;
}
