import { Problem } from '../../platform/problem.ts';

/** Sizes that fit a disc with its file system: a CD of 650 MB, a single-layer DVD. */
export const volumeSizes = { cd: 650_000_000, dvd: 4_300_000_000 } as const;

/** Disc file systems allot whole blocks to each file, and a record of it. */
const blockBytes = 2048;
const recordBytes = 512;

/** Bytes that a file uses on a disc. */
export function spaceOf(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes + recordBytes;
}

/**
 * Distributes images over volumes in order. `firstBytes`: other content of volume 1, `eachBytes`: other content of
 * every volume. Returns the volume of each image, from 1. Throws a Problem if the volumes are too small.
 */
export function planVolumes(options: {
  images: readonly { id: string; bytes: number }[];
  volumeBytes: number;
  firstBytes: number;
  eachBytes: number;
}): Map<string, number> {
  const { images, volumeBytes, firstBytes, eachBytes } = options;
  const largest = Math.max(0, ...images.map(({ bytes }) => spaceOf(bytes)));
  const least = eachBytes + Math.max(firstBytes, largest);
  if (least > volumeBytes) {
    throw new Problem(
      `volumes of ${volumeBytes} bytes are too small: one must hold ${least}. Choose larger volumes, or fewer records.`,
    );
  }
  const volumeOf = new Map<string, number>();
  let volume = 1;
  let used = eachBytes + firstBytes;
  for (const { id, bytes } of images) {
    const space = spaceOf(bytes);
    if (used + space > volumeBytes) {
      volume += 1;
      used = eachBytes;
    }
    used += space;
    volumeOf.set(id, volume);
  }
  return volumeOf;
}
