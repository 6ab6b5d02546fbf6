import { type KeyObject, sign, verify } from 'node:crypto';
import { canonicalJson } from '../accountability/audit/canonical-json.ts';
import { type Manifest, manifestSchema } from './messages.ts';

/** A manifest that headquarters signed, with the number by which an older one is told. */
export type SignedManifest = Manifest & { agency: string; sequence: number; signature: string };

function signedBytes(manifest: Omit<Manifest, 'signature'>): Buffer {
  return Buffer.from(`lookout list manifest\0${canonicalJson(manifest)}`);
}

/** Signs a manifest with headquarters' private key (Ed25519): its file, and the hashes of the parts, are bound with it. */
export function signManifest(
  manifest: Omit<SignedManifest, 'signature'>,
  key: KeyObject,
): SignedManifest {
  const signature = sign(null, signedBytes(manifest), key).toString('base64');
  return manifestSchema.parse({ ...manifest, signature }) as SignedManifest;
}

/** Whether one of headquarters' public keys signed exactly this manifest. */
export function isSignedManifest(
  manifest: Manifest,
  keys: readonly KeyObject[],
): manifest is SignedManifest {
  const { signature, ...rest } = manifest;
  if (signature === undefined || rest.agency === undefined || rest.sequence === undefined) {
    return false;
  }
  const bytes = signedBytes(rest);
  return keys.some((key) => verify(null, bytes, key, Buffer.from(signature, 'base64')));
}
