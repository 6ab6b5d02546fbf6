import { readdirSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TemporaryProblem } from '../platform/problem.ts';
import { sha256OfFile } from '../platform/sha256-of-file.ts';
import { appendChunks, type ListChunks } from './list-chunks.ts';
import type { ChunkedFile, Manifest } from './messages.ts';

/** Where the file of a manifest, or its delta, is fetched to. */
export function partPath(
  folder: string,
  list: string,
  { sha256 }: Pick<ChunkedFile, 'sha256'>,
): string {
  return join(folder, partName(list, sha256));
}

const partName = (list: string, sha256: string): string => `${list}-${sha256}.part`;

/** Removes what was fetched of other versions of the list. */
export async function removeOlderParts(
  folder: string,
  { list, sha256, delta }: Manifest,
): Promise<void> {
  const name = partName(list, sha256);
  const wanted = [name, ...(delta === undefined ? [] : [partName(list, delta.sha256)])];
  for (const other of readdirSync(folder)) {
    const isPart = other.startsWith(`${list}-`) && other.length === name.length;
    if (isPart && !wanted.includes(other)) await rm(join(folder, other), { force: true });
  }
}

/**
 * Fetches what is still missing of a file of a list, and checks the whole against its hash. Resolves false if `isOutdated`
 * says so on the way: what was fetched is kept. Throws a TemporaryProblem if the file is not the one of the manifest.
 */
export async function downloadList(
  list: string,
  file: ChunkedFile,
  path: string,
  deps: { agency: string; chunks: ListChunks; isOutdated: () => boolean },
): Promise<boolean> {
  const isResumed = await stat(path).catch(() => null);
  // A power cut may have damaged the earlier part: then it is fetched once from the start.
  const tries = isResumed ? 2 : 1;
  for (let count = 0; count < tries; count += 1) {
    if (!(await appendChunks(list, file, path, deps))) return false;
    if ((await sha256OfFile(path)) === file.sha256) return true;
    await rm(path, { force: true });
  }
  // Damaged on the way, at the publisher or in the broker: the next publication may be intact.
  throw new TemporaryProblem(
    'the file does not have the SHA-256 that its manifest gives; it is fetched again',
  );
}
