import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Problem } from '../platform/problem.ts';

/** One line of a file that `sha256sum --check` reads: the hash of a file, and its path from there. */
export const sumLine = (sha256: string, path: string): string => `${sha256}  ${path}\n`;

/** The lines of such a file. Throws a Problem at one that is none, or that leads out of the folder. */
export async function* readSums(file: string): AsyncGenerator<{ sha256: string; path: string }> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  for await (const line of lines) {
    const [, sha256, path] = /^([0-9a-f]{64}) {2}((?:data|config)\/.+)$/.exec(line) ?? [];
    if (sha256 === undefined || path === undefined || path.split('/').includes('..')) {
      throw new Problem(`${file}: a line of it names no file of a backup. Take another backup.`);
    }
    yield { sha256, path };
  }
}
