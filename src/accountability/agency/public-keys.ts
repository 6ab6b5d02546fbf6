import { createPublicKey, type KeyObject } from 'node:crypto';
import { statSync } from 'node:fs';
import { fileFault, Problem } from '../../platform/problem.ts';
import { readRegularFile } from '../../platform/regular-file.ts';

/** The keys of a file, and which state of the file they are from. */
export interface KeysRead {
  keys: KeyObject[];
  state: string;
}

/** The keys of a file, read again if it has changed since they were. Throws as `readPublicKeys`. */
export function keysOf(path: string, before: KeysRead | null): KeysRead {
  const file = statSync(path, { throwIfNoEntry: false });
  const state = file === undefined ? 'none' : `${file.ino} ${file.size} ${file.mtimeMs}`;
  if (before !== null && before.state === state) return before;
  return { keys: readPublicKeys(path), state };
}

const onePem = /-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g;

/**
 * Headquarters' public keys from a PEM file. It may hold several: while headquarters changes its key, the old one and
 * the new. Throws a Problem that names the file.
 */
export function readPublicKeys(path: string): KeyObject[] {
  let text: string;
  try {
    text = readRegularFile(path).toString('utf8');
  } catch (error) {
    throw new Problem(`uplink.agency.key: ${path} cannot be read (${fileFault(error)})`);
  }
  const keys = (text.match(onePem) ?? []).flatMap((pem) => {
    try {
      return createPublicKey(pem);
    } catch {
      return [];
    }
  });
  const usable = keys.filter(({ asymmetricKeyType }) => asymmetricKeyType === 'ed25519');
  if (usable.length > 0) return usable;
  throw new Problem(
    `uplink.agency.key: ${path} holds no public key of the kind Ed25519 (BEGIN PUBLIC KEY).`,
  );
}
