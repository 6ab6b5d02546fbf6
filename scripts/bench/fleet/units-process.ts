import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { UnitsCount, UnitsOrder, UnitsStart } from './simulated-units.ts';

/** A process of simulated units, once it is ready. */
export async function startUnits(start: UnitsStart): Promise<ChildProcess> {
  const program = new URL('./simulated-units.ts', import.meta.url);
  const child = fork(program, [JSON.stringify(start)]);
  await once(child, 'message');
  return child;
}

/** Resolves with its count once it has done this. */
export async function ask(child: ChildProcess, order: UnitsOrder): Promise<UnitsCount> {
  child.send(order);
  const [count] = await once(child, 'message');
  return count as UnitsCount;
}

/** Writes pictures in their usual sizes, which all simulated vehicles share, into their data folder. */
export async function sharePictures(
  dataDir: string,
): Promise<Pick<UnitsStart, 'pictures' | 'jpegs'>> {
  mkdirSync(dataDir, { recursive: true });
  const sizes = [
    { kind: 'plate' as const, width: 240, height: 120, quality: 80 },
    { kind: 'ir' as const, width: 1280, height: 720, quality: 40 },
    { kind: 'overview' as const, width: 1280, height: 720, quality: 40 },
  ];
  const jpegs: Record<string, string> = {};
  const pictures = await Promise.all(
    sizes.map(async ({ kind, width, height, quality }) => {
      const noise = { type: 'gaussian', mean: 120, sigma: 9 } as const;
      const image = sharp({ create: { width, height, channels: 3, background: '#246', noise } });
      const jpeg = await image.jpeg({ quality }).toBuffer();
      const file = `${kind}.jpg`;
      writeFileSync(join(dataDir, file), jpeg);
      jpegs[file] = jpeg.toString('base64');
      return { kind, file, width, height };
    }),
  );
  return { pictures, jpegs };
}
