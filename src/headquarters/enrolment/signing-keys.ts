import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { codeOf, fileFault, messageOf, Problem } from '../../platform/problem.ts';

/** Signs now. */
const keyFile = 'signing.key';
/** Signs next: units are given its public key before. */
const nextFile = 'signing.next.key';
/** The public key of the one that signed before; units that were off may still meet what it signed. */
const formerFile = 'signing.former.pub';
/** Is there once all that units share is signed by the key that signs now. */
const signedFile = 'signing.anew';

/**
 * How far a change of the signing key is. `none`: there is one key. `begun`: units need the file with both public keys, the
 * old one signs. `switched`: the new one signs what is new. `signed`: it has signed all the rest again; what the old one signed may
 * still be on its way to a unit that is off.
 */
export type RotationState = 'none' | 'begun' | 'switched' | 'signed';

/**
 * The key with which headquarters signs what it tells all units (Ed25519); made the first time. Throws a Problem if its file
 * cannot be read.
 */
export function openSigningKey(folder: string): KeyObject {
  const path = join(folder, keyFile);
  if (!existsSync(path)) writeDurably(folder, keyFile, newKeyPem());
  return readKey(path);
}

/** The public keys as units need them in `uplink.agency.key`: two while the key changes, of which units take both. */
export function publicKeysPem(folder: string): string {
  const now = publicPem(openSigningKey(folder));
  const next = join(folder, nextFile);
  const former = join(folder, formerFile);
  const others = [
    ...(existsSync(next) ? [publicPem(readKey(next))] : []),
    ...(existsSync(former) ? [readFileSync(former, 'utf8')] : []),
  ];
  return [now, ...others.filter((other) => other !== now)].join('');
}

export function rotationState(folder: string): RotationState {
  if (existsSync(join(folder, nextFile))) return 'begun';
  if (!existsSync(join(folder, formerFile))) return 'none';
  return existsSync(join(folder, signedFile)) ? 'signed' : 'switched';
}

/** Makes the next key. From now on `publicKeysPem` has both. Throws a Problem if a change is under way. */
export function beginRotation(folder: string): void {
  const state = rotationState(folder);
  if (state !== 'none') {
    throw new Problem(
      `a change of the signing key is under way; next comes --${state === 'begun' ? 'switch' : 'end'}`,
    );
  }
  openSigningKey(folder);
  writeDurably(folder, nextFile, newKeyPem());
}

/** From now on the next key signs. The last step is one rename: after a power cut the one or the other signs, never none. */
export function switchKey(folder: string): void {
  if (rotationState(folder) !== 'begun') {
    throw new Problem('no new signing key waits; first comes --begin');
  }
  rmSync(join(folder, signedFile), { force: true });
  writeDurably(folder, formerFile, publicPem(openSigningKey(folder)));
  renameSync(join(folder, nextFile), join(folder, keyFile));
  sync(folder);
}

/** Notes that headquarters has signed again, with the key that it opened, all that units share. */
export function noteSignedAnew(folder: string): void {
  writeDurably(folder, signedFile, '');
}

/** Forgets the key that signed before: what it signed counts nowhere any more. */
export function endRotation(folder: string): void {
  const state = rotationState(folder);
  if (state === 'switched') {
    throw new Problem(
      'headquarters has not signed all again with the new key yet: restart it (sudo systemctl restart lookout-headquarters), and try again when it is connected',
    );
  }
  if (state !== 'signed') {
    throw new Problem('no former signing key is left; first come --begin and --switch');
  }
  rmSync(join(folder, formerFile));
  rmSync(join(folder, signedFile));
  sync(folder);
}

function publicPem(key: KeyObject): string {
  return String(createPublicKey(key).export({ type: 'spki', format: 'pem' }));
}

function newKeyPem(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

function readKey(path: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(path));
  } catch (error) {
    const fault = codeOf(error) === undefined ? messageOf(error) : fileFault(error);
    throw new Problem(
      `${path}: the key that signs for all units cannot be read (${fault}). Restore it from a backup.`,
    );
  }
}

/** Whole or not at all after a power cut. Not async, since who signs opens the key at its start. */
function writeDurably(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const part = join(folder, `.${name}.part`);
  try {
    writeFileSync(part, text, { mode: 0o600 });
    sync(part);
    renameSync(part, join(folder, name));
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  sync(folder);
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
