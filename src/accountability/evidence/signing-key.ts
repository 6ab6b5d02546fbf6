import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileFault, Problem } from '../../platform/problem.ts';
import { readRegularFile } from '../../platform/regular-file.ts';
import { writeFileDurably } from '../../platform/write-file-durably.ts';

/** File of the key in the data folder; only its owner may read it. */
export const evidenceKeyFile = 'evidence.key';

/** The key with which this unit signs packages. */
export interface SigningKey {
  publicKeyPem: string;
  /** SHA-256 of the public key in DER, in hexadecimal. */
  fingerprint: string;
  sign(bytes: Uint8Array): Buffer;
}

/** Reads the unit's Ed25519 key; creates it the first time. */
export async function openSigningKey(dataDir: string): Promise<SigningKey> {
  const path = join(dataDir, evidenceKeyFile);
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    await writeFileDurably(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(readRegularFile(path));
  } catch (error) {
    throw new Problem(
      `${path}: the key that signs evidence cannot be read (${fileFault(error)}). Restore it from a copy, or move ` +
        'it aside for a new one, and publish the fingerprint of that one.',
    );
  }
  const publicKey = createPublicKey(key);
  return {
    publicKeyPem: String(publicKey.export({ type: 'spki', format: 'pem' })),
    fingerprint: createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
    sign: (bytes) => sign(null, bytes, key),
  };
}
