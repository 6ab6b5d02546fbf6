import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { GreyPicture } from '../../../src/vision/reading/grey-picture.ts';

/** A plate drawn into a scene; pixels of the scene. */
export interface DrawnPlate {
  /** One of the plates and signs in `plates/`, or empty for a blank plate. */
  text: string;
  x: number;
  y: number;
  width: number;
}

/** A plate drawn by models/training/render, or a sign (`plates/<text>.png`), or a blank one. */
function plate(text: string, x: number, y: number, width: number): string {
  const place = `x="${x}" y="${y}" width="${width}" height="${width / 2}"`;
  if (text === '') return `<rect ${place} rx="${width / 25}" fill="#e9e9e4"/>`;
  const png = readFileSync(join(import.meta.dirname, 'plates', `${text}.png`)).toString('base64');
  return `<image ${place} href="data:image/png;base64,${png}"/>`;
}

/** A picture of the backs of cars with plates drawn in, as SVG. */
function svgOf(width: number, height: number, plates: readonly DrawnPlate[]): string {
  const cars = plates.map(({ text, x, y, width: w }) => {
    return `
      <rect x="${x - w}" y="${y - 1.6 * w}" width="${3 * w}" height="${2.6 * w}" rx="${w / 4}" fill="#3c4654"/>
      <rect x="${x - 0.7 * w}" y="${y - 1.4 * w}" width="${2.4 * w}" height="${0.8 * w}" rx="${w / 6}" fill="#12161c"/>
      <rect x="${x - 0.9 * w}" y="${y - 0.2 * w}" width="${0.5 * w}" height="${0.3 * w}" fill="#8a2020"/>
      <rect x="${x + 1.4 * w}" y="${y - 0.2 * w}" width="${0.5 * w}" height="${0.3 * w}" fill="#8a2020"/>
      ${plate(text, x, y, w)}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="g" x2="0" y2="1"><stop offset="0" stop-color="#9fb4c8"/><stop offset=".5" stop-color="#8d9298"/>
    <stop offset="1" stop-color="#4a4c50"/></linearGradient></defs>
    <rect width="${width}" height="${height}" fill="url(#g)"/>${cars.join('')}</svg>`;
}

/** The scene as PNG bytes. */
export async function drawScene(
  width: number,
  height: number,
  plates: readonly DrawnPlate[],
): Promise<Buffer> {
  return sharp(Buffer.from(svgOf(width, height, plates)))
    .blur(0.6)
    .png()
    .toBuffer();
}

/** The scene as a grey frame. */
export async function greyScene(
  width: number,
  height: number,
  plates: readonly DrawnPlate[],
): Promise<GreyPicture> {
  const png = await drawScene(width, height, plates);
  const data = await sharp(png).flatten().greyscale().toColourspace('b-w').raw().toBuffer();
  return { grey: new Uint8Array(data), width, height };
}
