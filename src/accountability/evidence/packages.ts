import { readdirSync, statSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { systemClock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { AuditRecord, Inquiry } from '../audit/audit-record.ts';
import type { FileAnswer } from '../gate/answer.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Releases } from '../releases/releases.ts';
import type { Holds } from '../retention/holds.ts';
import { type Collection, createCollector } from './collect.ts';
import { forRelease } from './for-release.ts';
import { makePackage } from './make-package.ts';
import { type Manifest, manifestSchema, type PackageFile } from './manifest.ts';
import type { PackedDetections } from './packed-detections.ts';
import { redactRecord } from './redact-record.ts';
import { openSigningKey, type SigningKey } from './signing-key.ts';
import { type ZipEntry, zipOf } from './zip.ts';

/** The requested contents of a package. */
export interface PackageSelection {
  detectionIds: readonly string[];
  hitIds: readonly string[];
  caseNumber: string | null;
  /** An approved request of another agency; null: for use inside the agency. */
  release: string | null;
  /** Whether what the request does not cover is left out; else it is refused. */
  coveredOnly?: boolean;
  /** The agency that it is said to be for. */
  recipient?: string | null;
  volumeBytes: number | null;
}

/** A package on the unit, ready to be fetched. */
export interface MadePackage {
  id: string;
  volumes: number;
  /** Number of files to fetch, including manifests and signatures. */
  files: number;
  bytes: number;
  keyFingerprint: string;
  contents: Manifest['contents'];
  /** Number of detections that were asked for and are not on the unit, and that a release therefore does not name. */
  leftOut: number;
  /** Number of detections that were asked for and lie outside the request. */
  notCovered: number;
  release: Manifest['release'];
}

/** How long a package can be fetched; then it is deleted, because retention does not cover this copy. */
const waitsMs = 24 * 3_600_000;
const partBytes = 32 * 1024 * 1024;
const maxDetections = 20_000;

/** Makes evidence packages and serves them. */
export interface Packages {
  /** Deletes packages that can no longer be fetched; none while the clock is not believed. */
  discardOld(nowMs: number): Promise<void>;
  key(): Promise<SigningKey>;
  make(
    selection: PackageSelection,
    by: Actor,
    inquiry: Inquiry | null,
    nowMs: number,
  ): Promise<MadePackage>;
  /** Files from number `from` on, as many as fit in one part; at least one. */
  fetch(id: string, from: number, nowMs: number): Promise<FileAnswer>;
}

/** Makes packages in the data folder and serves them in parts. */
export function createPackages(deps: {
  db: Database;
  dataDir: string;
  unit: { agency: string; id: string };
  /** Whether anything may be deleted for its age by this unit's clock. */
  believesClock: () => boolean;
  holds: Pick<Holds, 'ofCase' | 'putToCase'>;
  releases: Releases;
  packed: PackedDetections;
  /** Records of the audit log about any of these objects. */
  auditExtract: (
    objectIds: readonly string[],
  ) => readonly AuditRecord[] | Promise<readonly AuditRecord[]>;
}): Packages {
  const { dataDir, unit, believesClock, holds, releases, packed, auditExtract } = deps;
  const root = join(dataDir, 'evidence');
  const collector = createCollector(deps);
  let key: Promise<SigningKey> | null = null;
  const signingKey = (): Promise<SigningKey> => {
    key ??= openSigningKey(dataDir).catch((error: unknown) => {
      key = null;
      throw error;
    });
    return key;
  };

  const select = (selection: PackageSelection): Collection => {
    const { detectionIds, hitIds, caseNumber } = selection;
    const unknownHits: string[] = [];
    const ofHits = hitIds.flatMap((id) => {
      const found = collector.detectionOfHit(id);
      if (found === undefined) unknownHits.push(`of hit ${id}`);
      return found ?? [];
    });
    const ofCase = caseNumber === null ? [] : holds.ofCase(caseNumber);
    const ids = new Set([...detectionIds, ...ofHits, ...ofCase]);
    if (ids.size > maxDetections) {
      throw new Refusal(
        413,
        'too-many',
        `${ids.size} detections are too many for one package; the limit is ${maxDetections}.`,
      );
    }
    const collection = collector.collect([...ids]);
    if (collection.detections.length === 0) {
      throw new Refusal(
        404,
        'nothing-to-pack',
        'None of this is on the unit (any more), so no package was made. Headquarters may still have it.',
      );
    }
    return { ...collection, absent: [...collection.absent, ...unknownHits] };
  };

  /** Without what the request does not cover; all of it where it covers nothing, which is then refused by name. */
  const coveredOf = (all: Collection, { release }: PackageSelection): Collection => {
    if (release === null) return all;
    const records = all.detections.map(({ detection }) => detection);
    const covered = new Set(releases.coveredOf(release, records).map(({ id }) => id));
    if (covered.size === 0) return all;
    return {
      ...all,
      detections: all.detections.filter(({ detection }) => covered.has(detection.id)),
    };
  };

  const manifestOf = async (id: string): Promise<Manifest> => {
    try {
      const text = await readFile(join(root, id, 'volume-1', 'manifest.json'), 'utf8');
      return manifestSchema.parse(JSON.parse(text));
    } catch {
      throw new Refusal(
        404,
        'package-unknown',
        `There is no package ${id} on this unit. A package is kept for one day; make it again.`,
      );
    }
  };

  const discardOld = async (nowMs: number): Promise<void> => {
    if (!believesClock()) return;
    await mkdir(root, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(root)) {
      const path = join(root, name);
      if (nowMs - statSync(path).mtimeMs > waitsMs)
        await rm(path, { recursive: true, force: true });
    }
  };

  return {
    discardOld,
    key: signingKey,

    async make(selection, by, inquiry, nowMs) {
      const startedMs = performance.now();
      const everything = select(selection);
      const selected =
        selection.coveredOnly === true ? coveredOf(everything, selection) : everything;
      const notCovered = everything.detections.length - selected.detections.length;
      const detections = selected.detections.map(({ detection }) => detection);
      const release =
        selection.release === null
          ? null
          : releases.authorise(
              selection.release,
              detections,
              nowMs,
              by.permissions.has('detections.search'),
            );
      refuseOther(selection.recipient ?? null, release);
      // Their age is that of files, which bear the clock's own time.
      await discardOld(systemClock());
      // Whether a request covers what is not here cannot be checked, so a release does not name it.
      const collection =
        release === null
          ? selected
          : { detections: selected.detections.map(forRelease), absent: [] };
      const leftOut = selected.absent.length - collection.absent.length;
      const objects = collection.detections.flatMap(({ detection, hits, images }) => [
        detection.id,
        ...hits.map(({ id }) => id),
        ...images.map(({ ref }) => ref.id),
      ]);
      const { name, username, role, organisation } = by;
      const auditRecords = await auditExtract(objects);
      const numbers = [inquiry?.caseNumber, inquiry?.incidentNumber].filter((each) => each != null);
      const released = (release: string) => ({
        ids: new Set(objects),
        release,
        numbers: new Set(numbers),
      });
      const id = uuidv7();
      const order = {
        id,
        collection,
        auditRecords:
          release === null
            ? auditRecords
            : auditRecords.map((record) => redactRecord(record, released(release.id))),
        nowMs,
        madeBy: { name, username, role, organisation },
        inquiry: inquiry && {
          purpose: inquiry.purpose,
          caseNumber: inquiry.caseNumber,
          incidentNumber: inquiry.incidentNumber,
          reason: inquiry.reason,
        },
        release: release && {
          id: release.id,
          number: release.number,
          agency: release.agency,
          person: release.person,
          purpose: release.purpose,
        },
        volumeBytes: selection.volumeBytes,
      };
      const manifest = await makePackage(
        { dataDir, unit, key: await signingKey(), folder: join(root, id) },
        order,
      );
      if (release !== null) {
        // Packing takes time: the approval may have been used, or be over. What was packed is what was checked.
        const packedMs = nowMs + (performance.now() - startedMs);
        try {
          releases.fulfilled(release.id, { packageId: id, detections }, by, packedMs);
        } catch (error) {
          await rm(join(root, id), { recursive: true, force: true });
          throw error;
        }
      }
      const caseNumber = inquiry?.caseNumber ?? selection.caseNumber;
      const ids = detections.map(({ id }) => id);
      if (caseNumber !== null) holds.putToCase(caseNumber, ids, by.account);
      // What another agency got is not in evidence here.
      if (release === null) packed.note(ids, nowMs);
      return {
        id,
        volumes: manifest.volumes,
        files: everyFile(manifest).length,
        bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
        keyFingerprint: manifest.keyFingerprint,
        contents: manifest.contents,
        leftOut,
        notCovered,
        release: manifest.release,
      };
    },

    async fetch(id, from, nowMs) {
      const manifest = await manifestOf(id);
      // Checked again: the approval may be over.
      if (manifest.release !== null) releases.refuseFetch(manifest.release.id, id, nowMs);
      const entries: ZipEntry[] = [];
      let bytes = 0;
      const all = everyFile(manifest);
      for (const { volume, path } of all.slice(from)) {
        const name = `volume-${volume}/${path}`;
        const content = await readFile(join(root, id, name));
        if (entries.length > 0 && bytes + content.length > partBytes) break;
        entries.push({ name, bytes: content });
        bytes += content.length;
      }
      if (entries.length === 0) {
        throw new Refusal(404, 'no-more-files', `Package ${id} has no file number ${from}.`);
      }
      return {
        // Says what is in it and whether more follows.
        fileName: `evidence-${id}-files-${from + 1}-to-${from + entries.length}-of-${all.length}.zip`,
        contentType: 'application/zip',
        bytes: zipOf(entries),
      };
    },
  };
}

/** What was approved for one agency goes to no other. */
function refuseOther(recipient: string | null, release: { number: string; agency: string } | null) {
  if (recipient === null || release === null) return;
  const isSame = recipient.trim().toLowerCase() === release.agency.toLowerCase();
  if (isSame) return;
  const { number, agency } = release;
  throw new Refusal(
    403,
    'release-other-agency',
    `Request ${number} was approved for ${agency}, and not for ${recipient}. Enter a request for it.`,
  );
}

/** The manifest's files and then, last, the manifests and signatures, so that an incomplete copy does not verify. */
function everyFile({ files, volumes }: Manifest): Pick<PackageFile, 'volume' | 'path'>[] {
  const signed = Array.from({ length: volumes }, (_, index) =>
    ['manifest.json', 'manifest.sig'].map((path) => ({ volume: index + 1, path })),
  );
  return [...files, ...signed.flat()];
}
