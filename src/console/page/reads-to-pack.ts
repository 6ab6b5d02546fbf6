import { tell } from './state.ts';

/** Reads that were put aside for an evidence package, until one is made of them or the page is loaded again. */
const ids = new Set<string>();

export const readsToPack = (): readonly string[] => [...ids];

/** Puts these reads aside, and says how many there are by now. */
export function packLater(reads: readonly string[]): void {
  for (const id of reads) ids.add(id);
  const words = ids.size === 1 ? '1 read waits' : `${ids.size} reads wait`;
  tell(`${words} for a package: make it on the screen of the case or of the request.`, 'noted');
}

export function forgetPacked(): void {
  ids.clear();
}
