/** Samples of a decoded picture, row by row, channels side by side: 1 grey, 3 red, green, blue. */
export interface Samples {
  values: Uint8Array | Uint16Array;
  width: number;
  height: number;
  channels: 1 | 3;
}

/** Reads a PGM or PPM picture (P2, P3, P5, P6); null if the bytes are none, or too few. */
export function decodePnm(bytes: Buffer): Samples | null {
  const header =
    /^P([2356])(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)\s/.exec(
      bytes.toString('latin1', 0, 4096),
    );
  if (header === null) return null;
  const [start, kind, width, height, largest] = [
    header[0].length,
    ...header.slice(1).map(Number),
  ] as [number, number, number, number, number];
  if (width < 1 || height < 1 || largest < 1 || largest > 65_535) return null;
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const count = width * height * channels;
  const isText = kind <= 3;
  // A number and a blank; without this look a few bytes could claim more memory than there is.
  const fewestBytes = isText ? 2 * count - 1 : count * (largest > 255 ? 2 : 1);
  if (bytes.length - start < fewestBytes) return null;
  const values = largest > 255 ? new Uint16Array(count) : new Uint8Array(count);
  if (isText) {
    const numbers = bytes.toString('latin1', start).trim().split(/\s+/);
    if (numbers.length < count) return null;
    for (let i = 0; i < count; i += 1) values[i] = Number(numbers[i]);
  } else {
    for (let i = 0; i < count; i += 1) {
      values[i] = largest > 255 ? bytes.readUInt16BE(start + 2 * i) : (bytes[start + i] as number);
    }
  }
  if (largest < 255) {
    for (let i = 0; i < count; i += 1) values[i] = ((values[i] as number) * 255) / largest;
  }
  return { values, width, height, channels };
}

/** Reads an uncompressed BMP of 8, 24 or 32 bits; null if the bytes are none, or too few. */
export function decodeBmp(bytes: Buffer): Samples | null {
  if (bytes.length < 54 || bytes.toString('latin1', 0, 2) !== 'BM') return null;
  const [start, headerSize] = [bytes.readUInt32LE(10), bytes.readUInt32LE(14)];
  const [width, tall] = [bytes.readInt32LE(18), bytes.readInt32LE(22)];
  const [bits, compression] = [bytes.readUInt16LE(28), bytes.readUInt32LE(30)];
  const height = Math.abs(tall);
  // Compression 3 names the places of the colours, which in pictures of 32 bits are the usual ones.
  const isPlain = compression === 0 || (compression === 3 && bits === 32);
  if (headerSize < 40 || !isPlain || ![8, 24, 32].includes(bits)) return null;
  if (width < 1 || height < 1) return null;
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (bytes.length < start + rowBytes * height) return null;
  const palette = 14 + headerSize;
  const values = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    // The lowest row comes first, unless the height is negative.
    const row = start + (tall > 0 ? height - 1 - y : y) * rowBytes;
    for (let x = 0; x < width; x += 1) {
      const at = row + (x * bits) / 8;
      const from = bits === 8 ? palette + 4 * (bytes[at] as number) : at;
      for (let c = 0; c < 3; c += 1) values[(y * width + x) * 3 + c] = bytes[from + 2 - c] ?? 0;
    }
  }
  return { values, width, height, channels: 3 };
}
