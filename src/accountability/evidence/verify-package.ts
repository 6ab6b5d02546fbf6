// Checks an evidence package. A copy of this file, without its types, goes into each package as verify.mjs, so it
// imports nothing but Node itself and is understood by Node 18 and later.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The result of a verification. */
export interface Verification {
  /** Nothing is missing, changed or added, and the signature matches. */
  sound: boolean;
  /** One sentence per fault. */
  problems: string[];
  /** Other facts that the reader must know. */
  notes: string[];
  id: string | null;
  fingerprint: string | null;
  /** Whether the key that the reader supplied signed it; null if none was supplied. */
  trusted: boolean | null;
  filesChecked: number;
}

interface Entry {
  volume: number;
  path: string;
  bytes: number;
  sha256: string;
}

interface Listed {
  id: string;
  volumes: number;
  publicKey: string;
  files: Entry[];
}

const format = 'lookout-evidence/1';
const signed = ['manifest.json', 'manifest.sig'];

/** Verifies a package (a folder with volume-1, volume-2 …) or one volume of it, such as a disc. */
export async function verifyPackage(folder: string, trustedKey?: string): Promise<Verification> {
  const result: Verification = {
    sound: false,
    problems: [],
    notes: [],
    id: null,
    fingerprint: null,
    trusted: null,
    filesChecked: 0,
  };
  const problem = (text: string): void => {
    result.problems.push(text);
  };
  const folders = volumeFolders(folder);
  if (folders.length === 0) {
    problem(
      `${folder} contains no manifest.json: it is not an evidence package, or it was never completed`,
    );
    return result;
  }

  let first: { text: Buffer; listed: Listed } | null = null;
  const seen = new Set<number>();
  for (const at of folders) {
    const name = relative(folder, at) || '.';
    const text = readFileSync(join(at, 'manifest.json'));
    if (first === null) {
      const listed = checkManifest(at, text, trustedKey, result);
      if (listed === null) return result;
      first = { text, listed };
    } else if (!text.equals(first.text)) {
      problem(`${name}: its manifest.json differs from that of the other volumes`);
      continue;
    } else if (!isSigned(at, text, first.listed.publicKey)) {
      problem(`${name}: manifest.sig is missing or does not match manifest.json`);
    }
    const number = volumeNumber(at);
    if (number === null || number < 1 || number > first.listed.volumes) {
      problem(`${name}: volume.json does not say which volume this is`);
      continue;
    }
    if (seen.has(number)) problem(`${name}: volume ${number} is present twice`);
    seen.add(number);
    await checkVolume(at, number, first.listed, result);
  }
  const missing: number[] = [];
  for (let number = 1; number <= (first?.listed.volumes ?? 0); number += 1) {
    if (!seen.has(number)) missing.push(number);
  }
  if (missing.length > 0) {
    const text = `volume ${missing.join(', ')} of ${first?.listed.volumes} is not present`;
    // A disc is verified alone; a folder of volumes must contain all of them.
    if (folders[0] === folder) result.notes.push(`only this volume was checked: ${text}`);
    else problem(text);
  }
  result.sound = result.problems.length === 0;
  return result;
}

function volumeFolders(folder: string): string[] {
  if (existsSync(join(folder, 'manifest.json'))) return [folder];
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'manifest.json')))
    .map((entry) => join(folder, entry.name))
    .sort();
}

/** The manifest, if its signature is valid. */
function checkManifest(
  at: string,
  text: Buffer,
  trustedKey: string | undefined,
  result: Verification,
): Listed | null {
  const fail = (problem: string): null => {
    result.problems.push(problem);
    return null;
  };
  let listed: Listed & { format: string };
  try {
    listed = JSON.parse(text.toString('utf8'));
  } catch {
    return fail('manifest.json cannot be read');
  }
  if (listed.format !== format || !Array.isArray(listed.files)) {
    return fail(`manifest.json is not of format ${format}`);
  }
  result.id = String(listed.id);
  try {
    result.fingerprint = fingerprintOf(listed.publicKey);
  } catch {
    return fail('manifest.json: its public key cannot be read');
  }
  if (!isSigned(at, text, listed.publicKey)) {
    return fail('manifest.sig is missing or does not match manifest.json: the list was changed');
  }
  if (trustedKey === undefined) {
    result.notes.push(
      `signed by the key with SHA-256 ${result.fingerprint}; compare it with the fingerprint that the agency publishes, because ` +
        'anyone who can make a package can also make a key',
    );
  } else {
    try {
      result.trusted = fingerprintOf(trustedKey) === result.fingerprint;
    } catch {
      return fail('the key that you gave cannot be read: it must be a public key in PEM');
    }
    if (!result.trusted) result.problems.push('it is signed by a key other than the one you gave');
  }
  return listed;
}

async function checkVolume(
  at: string,
  number: number,
  listed: Listed,
  result: Verification,
): Promise<void> {
  const label = (path: string): string => `volume ${number}: ${path}`;
  const here = new Map(filesUnder(at).map((file) => [file.path, file.plain]));
  for (const { volume, path, bytes, sha256 } of listed.files) {
    if (volume !== number) continue;
    const plain = here.get(path);
    here.delete(path);
    if (plain === undefined) {
      result.problems.push(`${label(path)} is missing`);
      continue;
    }
    if (!plain) {
      result.problems.push(`${label(path)} is not a plain file`);
      continue;
    }
    const found = await hashOf(join(at, path));
    result.filesChecked += 1;
    if (found.bytes !== bytes || found.sha256 !== sha256) {
      result.problems.push(`${label(path)} was changed`);
    }
  }
  for (const path of here.keys()) {
    if (!signed.includes(path))
      result.problems.push(`${label(path)} does not belong to the package`);
  }
}

function isSigned(at: string, text: Buffer, publicKey: string): boolean {
  try {
    return verify(null, text, createPublicKey(publicKey), readFileSync(join(at, 'manifest.sig')));
  } catch {
    return false;
  }
}

function fingerprintOf(pem: string): string {
  const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex');
}

function volumeNumber(at: string): number | null {
  try {
    const { volume } = JSON.parse(readFileSync(join(at, 'volume.json'), 'utf8'));
    return Number.isInteger(volume) ? volume : null;
  } catch {
    return null;
  }
}

function filesUnder(at: string): { path: string; plain: boolean }[] {
  const found: { path: string; plain: boolean }[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else found.push({ path: relative(at, path).split(sep).join('/'), plain: entry.isFile() });
    }
  };
  walk(at);
  return found;
}

async function hashOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** The result as text for people. */
export function verificationText(result: Verification): string {
  const { sound, problems, notes, id, trusted, filesChecked } = result;
  const head = sound
    ? `SOUND: package ${id}, ${filesChecked} files as they were signed${trusted ? ' by the key you gave' : ''}`
    : `NOT SOUND: ${id === null ? 'no package' : `package ${id}`}, ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
  return [
    head,
    ...problems.map((problem) => `  ${problem}`),
    ...notes.map((note) => `  note: ${note}`),
    '',
  ].join('\n');
}

/** `node verify.mjs [FOLDER] [KEY.pem]`: without a folder, the one that this file is in. */
async function main(args: string[]): Promise<void> {
  const [folder = dirname(fileURLToPath(import.meta.url)), key] = args;
  const trusted = key === undefined ? undefined : readFileSync(key, 'utf8');
  const result = await verifyPackage(resolve(folder), trusted);
  process.stdout.write(verificationText(result));
  process.exitCode = result.sound ? 0 : 1;
}

if (
  process.argv[1] !== undefined &&
  existsSync(process.argv[1]) &&
  realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url))
) {
  await main(process.argv.slice(2));
}
