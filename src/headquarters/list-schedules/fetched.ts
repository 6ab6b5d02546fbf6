/** A file that a source gave. */
export interface Fetched {
  /** Where it lies now; who takes it removes it. Its time of change is that which the source gives. */
  file: string;
  /** How people know it: a name in the folder, the end of an address. */
  name: string;
  /** By what the source's next file is told from this one. */
  seen: string;
  /** To be called when the file is taken, or with why it is not. */
  settle(refusal: string | null): Promise<void>;
}

/** Largest file that is fetched; units take no larger list. */
export const mostBytes = 512 * 1024 * 1024;
