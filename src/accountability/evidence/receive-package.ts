import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, normalize, resolve, sep } from 'node:path';
import { Problem } from '../../platform/problem.ts';
import type { FileAnswer } from '../gate/answer.ts';
import type { MadePackage } from './packages.ts';
import { type Verification, verifyPackage } from './verify-package.ts';
import { unzip } from './zip.ts';

/**
 * Fetches a package part by part into a folder that must not exist, verifies it there, and renames it only if it is
 * sound. An interrupted transfer leaves a folder named `.part-…` without a manifest.
 */
export async function receivePackage(options: {
  made: Pick<MadePackage, 'id' | 'files'>;
  folder: string;
  fetch: (from: number) => Promise<FileAnswer>;
}): Promise<Verification> {
  const { made, fetch } = options;
  const folder = resolve(options.folder);
  if (existsSync(folder)) throw new Problem(`${folder} already exists; name a new folder`);
  const temporary = join(dirname(folder), `.part-${basename(folder)}`);
  await rm(temporary, { recursive: true, force: true });
  try {
    for (let from = 0; from < made.files; ) {
      const entries = unzip(Buffer.from((await fetch(from)).bytes));
      for (const { name, bytes } of entries) {
        const path = join(temporary, normalize(name));
        if (!path.startsWith(temporary + sep))
          throw new Problem(`"${name}" leads out of the folder`);
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFile(path, bytes, { mode: 0o600, flush: true });
      }
      from += entries.length;
    }
    const verification = await verifyPackage(temporary);
    if (!verification.sound) {
      throw new Problem(`the package did not arrive complete: ${verification.problems.join('; ')}`);
    }
    await rename(temporary, folder);
    return verification;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}
