import sharp from 'sharp';
import type { FoundPlate } from './plate-read.ts';

const readColour = '#19e36b';
const unreadColour = '#ffb020';

/** The picture of a file that was read, with the plates drawn in: corners, text and confidence. JPEG bytes. */
export async function annotate(
  picture: string | Buffer,
  plates: readonly FoundPlate[],
): Promise<Buffer> {
  const upright = await sharp(picture, { failOn: 'error' })
    .autoOrient()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = upright.info;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${plates
    .map((plate) => drawn(plate, width, height))
    .join('')}</svg>`;
  return sharp(upright.data)
    .flatten({ background: '#ffffff' })
    .composite([{ input: Buffer.from(svg), top: 0, left: 0 }])
    .jpeg({ quality: 90 })
    .toBuffer();
}

function drawn({ read, unread }: FoundPlate, width: number, height: number): string {
  const colour = unread === null ? readColour : unreadColour;
  const size = Math.max(11, Math.min(40, Math.round(height / 28)));
  const sure = `${Math.round(read.confidence * 100)} %`;
  const label =
    unread === null
      ? `${read.plate} ${sure}`
      : `unread: ${unread.replaceAll('_', ' ')}${read.plate ? ` (${read.plate}? ${sure})` : ''}`;
  const points = read.corners.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const [left, top, , tall] = read.box;
  const room = label.length * size * 0.62 + 8;
  const x = Math.max(0, Math.min(left, width - room));
  const above = top - size * 1.5 >= 0;
  const y = above ? top - size * 1.5 : Math.min(top + tall + 3, height - size * 1.5);
  const line = Math.max(1.5, size / 9);
  return (
    `<polygon points="${points}" fill="none" stroke="${colour}" stroke-width="${line}"/>` +
    `<rect x="${x}" y="${y}" width="${room}" height="${size * 1.35}" fill="#000" fill-opacity=".72"/>` +
    `<text x="${x + 4}" y="${y + size}" font-family="monospace" font-size="${size}" fill="${colour}">${label}</text>`
  );
}
