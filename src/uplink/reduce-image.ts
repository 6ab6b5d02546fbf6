/** A picture made smaller, px. */
export interface ReducedImage {
  jpeg: Buffer;
  width: number;
  height: number;
}

/** A narrower picture shows nothing. */
const minWidth = 64;
const quality = 80;
const mostTries = 6;

/**
 * A JPEG with at most `maxBytes`, with the EXIF of the original. Null if that would be too small to show anything.
 * Throws if the picture cannot be decoded.
 */
export async function reduceImage(
  jpeg: Uint8Array,
  maxBytes: number,
): Promise<ReducedImage | null> {
  // Most units never need it, and it takes memory.
  const { default: sharp } = await import('sharp');
  const { width: fullWidth } = await sharp(jpeg).metadata();
  let width = fullWidth * Math.min(1, Math.sqrt(maxBytes / jpeg.length));
  for (let tries = 0; tries < mostTries && width >= minWidth; tries += 1) {
    const { data, info } = await sharp(jpeg)
      .resize({ width: Math.floor(width) })
      .jpeg({ quality })
      .keepExif()
      .toBuffer({ resolveWithObject: true });
    if (data.length <= maxBytes) return { jpeg: data, width: info.width, height: info.height };
    width *= 0.9 * Math.sqrt(maxBytes / data.length);
  }
  return null;
}
