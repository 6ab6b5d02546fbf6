import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { link, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { isoTime } from '../../platform/clock.ts';
import { messageOf, Problem } from '../../platform/problem.ts';
import { sha256OfFile } from '../../platform/sha256-of-file.ts';
import { release as software } from '../../version.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import type { CollectedImage, Collection } from './collect.ts';
import { htmlView } from './html-view.ts';
import { type Manifest, type PackageFile, packageFormat } from './manifest.ts';
import { planVolumes, spaceOf } from './plan-volumes.ts';
import { imagePath, type MadeFile, recordFiles } from './record-files.ts';
import type { RedactedRecord } from './redact-record.ts';
import type { SigningKey } from './signing-key.ts';

/** The contents of a package, and the reason for it. */
export interface PackageOrder {
  id: string;
  collection: Collection;
  /** For another agency redacted. */
  auditRecords: readonly (AuditRecord | RedactedRecord)[];
  madeBy: Manifest['madeBy'];
  inquiry: Manifest['inquiry'];
  release: Manifest['release'];
  nowMs: number;
  /** Bytes that one volume may use on a disc; null: one volume. */
  volumeBytes: number | null;
}

/** Added to the estimated size of each volume's own list and page. */
const slackBytes = 16_384;
const bytesPerListedFile = 320;

/**
 * Writes a package to a folder that must not exist: first beside it under another name, synced, and then renamed, so
 * that a crash cannot leave an incomplete package. Images are linked, not copied: their bytes are those of the capture.
 * The folder must be on the file system of the data folder.
 */
export async function makePackage(
  deps: { dataDir: string; unit: { agency: string; id: string }; key: SigningKey; folder: string },
  order: PackageOrder,
): Promise<Manifest> {
  const { folder } = deps;
  if (existsSync(folder)) throw new Problem(`${folder} already exists; name a new folder`);
  const temporary = join(dirname(folder), `.part-${basename(folder)}`);
  await rm(temporary, { recursive: true, force: true });
  try {
    const manifest = await write(deps, order, temporary);
    await rename(temporary, folder);
    await syncFolder(dirname(folder));
    return manifest;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function write(
  deps: { dataDir: string; unit: { agency: string; id: string }; key: SigningKey },
  order: PackageOrder,
  folder: string,
): Promise<Manifest> {
  const { id, collection, auditRecords, madeBy, inquiry, release, nowMs, volumeBytes } = order;
  const { key, unit, dataDir } = deps;
  const images = collection.detections.flatMap((each) => each.images);
  const checked = await checkImages(images, dataDir);
  const about: Omit<Manifest, 'files' | 'volumes'> = {
    format: packageFormat,
    id,
    madeAt: isoTime(nowMs),
    software,
    agency: unit.agency,
    unit: unit.id,
    madeBy,
    inquiry,
    release,
    contents: {
      detections: collection.detections.length,
      hits: collection.detections.reduce((sum, { hits }) => sum + hits.length, 0),
      images: checked.present.length,
      auditRecords: auditRecords.length,
      absentDetections: collection.absent,
      absentImages: images.flatMap(({ ref, absent }) =>
        absent === null ? [] : [{ id: ref.id, why: absent }],
      ),
      alteredImages: checked.altered,
    },
    keyFingerprint: key.fingerprint,
    publicKey: key.publicKeyPem,
  };
  const records = await recordFiles(about, collection, auditRecords);
  const common = commonFiles(key);
  const oneVolume = new Map(checked.present.map(({ id }) => [id, 1]));
  const page = htmlView({ about, collection, volume: 1, volumes: 1, volumeOf: oneVolume });
  const listBytes =
    Buffer.byteLength(manifestText(about)) +
    (checked.present.length + 40) * bytesPerListedFile +
    slackBytes;
  const volumeOf = planVolumes({
    images: checked.present,
    volumeBytes: volumeBytes ?? Number.POSITIVE_INFINITY,
    firstBytes: records.reduce((sum, { bytes }) => sum + spaceOf(bytes.length), 0),
    eachBytes:
      common.reduce((sum, { bytes }) => sum + spaceOf(bytes.length), 0) +
      spaceOf(Buffer.byteLength(page) * 1.1 + slackBytes) +
      spaceOf(listBytes),
  });
  const volumes = Math.max(1, ...volumeOf.values());

  const files: PackageFile[] = [];
  for (let volume = 1; volume <= volumes; volume += 1) {
    const at = join(folder, `volume-${volume}`);
    await mkdir(join(at, 'images'), { recursive: true, mode: 0o700 });
    const view = htmlView({ about, collection, volume, volumes, volumeOf });
    const number = { package: about.id, volume, of: volumes };
    const made: MadeFile[] = [
      ...(volume === 1 ? records : []),
      ...common,
      { path: 'index.html', bytes: Buffer.from(view) },
      { path: 'volume.json', bytes: Buffer.from(`${JSON.stringify(number)}\n`) },
    ];
    for (const { path, bytes } of made) {
      await writeSynced(join(at, path), bytes);
      files.push({ volume, path, bytes: bytes.length, sha256: sha256(bytes) });
    }
    for (const image of checked.present) {
      if (volumeOf.get(image.id) !== volume) continue;
      const path = imagePath(image.id);
      await link(join(dataDir, image.file), join(at, path)).catch((error: unknown) => {
        throw new Problem(
          `an image could not be packed (${messageOf(error)}); it may just have been deleted. Make the package again.`,
        );
      });
      files.push({ volume, path, bytes: image.bytes, sha256: image.sha256 });
    }
    await syncFolder(join(at, 'images'));
  }

  const manifest: Manifest = { ...about, volumes, files };
  const text = Buffer.from(manifestText(manifest));
  const signature = key.sign(text);
  for (let volume = 1; volume <= volumes; volume += 1) {
    const at = join(folder, `volume-${volume}`);
    await writeSynced(join(at, 'manifest.json'), text);
    await writeSynced(join(at, 'manifest.sig'), signature);
    await syncFolder(at);
  }
  return manifest;
}

function manifestText(manifest: Partial<Manifest>): string {
  return `${JSON.stringify(manifest, null, 1)}\n`;
}

interface PresentImage {
  id: string;
  file: string;
  bytes: number;
  sha256: string;
}

/**
 * Hashes every image again: the package records the hash of the bytes it contains, and which images differ from their
 * capture.
 */
async function checkImages(images: readonly CollectedImage[], dataDir: string) {
  const present: PresentImage[] = [];
  const altered: string[] = [];
  for (const { ref, file } of images) {
    if (file === null) continue;
    const path = join(dataDir, file);
    const found = await sha256OfFile(path);
    const handle = await open(path, 'r');
    const { size } = await handle.stat().finally(() => handle.close());
    if (found !== ref.sha256) altered.push(ref.id);
    present.push({ id: ref.id, file, bytes: size, sha256: found });
  }
  return { present, altered };
}

/** The files that every volume contains, so that it can be verified alone. */
function commonFiles(key: SigningKey): MadeFile[] {
  const source = readFileSync(new URL('./verify-package.ts', import.meta.url), 'utf8');
  return [
    { path: 'verify.mjs', bytes: Buffer.from(stripTypeScriptTypes(source)) },
    { path: 'public-key.pem', bytes: Buffer.from(key.publicKeyPem) },
    { path: 'README.txt', bytes: Buffer.from(readme) },
  ];
}

const readme = `This is one volume of an evidence package made by Lookout.

index.html      what is in it, for people; open it in any browser
records.json    the records as the unit holds them (volume 1)
records.csv     the same as a table (volume 1)
audit.json      who looked at them and why, from the unit's audit log (volume 1)
custody.json    from the camera to this package (volume 1)
images/         the pictures, byte for byte as they were stored at their capture
manifest.json   every file of every volume with its SHA-256
manifest.sig    the unit's Ed25519 signature of manifest.json
public-key.pem  the key that the signature is checked with; compare it with the one that the agency publishes

In a release to another agency audit.json holds of each record what concerns the release; "redacted" names the fields that
were left out or shortened. "hash" is that of the whole record: SHA-256 over its RFC 8785 JSON without "hash". It is covered by
the signature, so the releasing agency can show a record whole later: the hash must come out the same, and each field that
stands here must agree. Of hits a release holds that an alert was raised, and not what a hot list says.

To check it, with Node 18 or later:    node verify.mjs
The signature alone, with OpenSSL 3:   openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin \\
                                         -in manifest.json -sigfile manifest.sig
`;

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(path, bytes, { mode: 0o600, flush: true });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
