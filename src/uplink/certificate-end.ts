import { X509Certificate } from 'node:crypto';
import { loadRegularFile } from '../platform/regular-file.ts';

/** Until when a certificate is valid, looked up now and then without waiting for the disk. */
export interface CertificateEnd {
  /** ms since the epoch; null while it is not known, and where there is none. */
  readonly atMs: number | null;
}

const againMs = 60_000;

/** `path`: a PEM file; undefined where the unit has no certificate. */
export function createCertificateEnd(path: string | undefined): CertificateEnd {
  let endsAtMs: number | null = null;
  let readAtMs = Number.NEGATIVE_INFINITY;
  const read = async (file: string): Promise<void> => {
    try {
      endsAtMs = Date.parse(new X509Certificate(await loadRegularFile(file)).validTo);
    } catch {
      // What is wrong with it, status and doctor say.
      endsAtMs = null;
    }
  };
  return {
    get atMs() {
      if (path !== undefined && performance.now() - readAtMs > againMs) {
        readAtMs = performance.now();
        void read(path);
      }
      return endsAtMs;
    },
  };
}
