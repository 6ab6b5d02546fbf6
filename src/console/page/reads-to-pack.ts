import { readPlateWords, seenWords } from './read-words.ts';
import { tell } from './state.ts';

/** A read as a package names it. */
interface PackedRead {
  id: string;
  plate: string | null;
  unread: string | null;
  /** ISO time in UTC. */
  lastSeen: string;
}

/** Reads that were put aside for an evidence package, in words by their ids, until one is made or the page is loaded again. */
const reads = new Map<string, string>();

export const readsToPack = (): ReadonlyMap<string, string> => reads;

/** Puts these reads aside, and says how many there are by now. */
export function packLater(more: readonly PackedRead[]): void {
  for (const read of more) {
    reads.set(read.id, `${readPlateWords(read)}, ${seenWords(read.lastSeen)}`);
  }
  const words = reads.size === 1 ? '1 read waits' : `${reads.size} reads wait`;
  tell(`${words} for a package: make it on the screen of the case or of the request.`, 'noted');
}

/** Takes one out again. */
export const packNot = (id: string): boolean => reads.delete(id);

export function forgetPacked(): void {
  reads.clear();
}
