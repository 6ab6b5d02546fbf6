import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fileFault, Problem } from '../platform/problem.ts';
import { sha256OfFile } from '../platform/sha256-of-file.ts';

/** Files of a backup beside its folders `data` and `config`. The manifest is written last: without it there is no backup. */
export const backupFiles = { manifest: 'manifest.json', sums: 'SHA256SUMS' } as const;

/** What a backup says of itself. */
export const manifestSchema = z.strictObject({
  format: z.literal(1),
  id: z.uuid(),
  agency: z.string(),
  unit: z.string(),
  mode: z.string(),
  release: z.string(),
  /** The moment that all databases show. */
  madeAt: z.iso.datetime(),
  /** The computer that it was made on. */
  host: z.string(),
  databases: z.array(z.string()),
  /** Of all files, and of the pictures among them. */
  files: z.int(),
  bytes: z.int(),
  images: z.int(),
  /** Pictures that were removed, as their time was over, while the backup was made. */
  imagesGone: z.int(),
  /** Files with private keys that are not in it, relative to the backup. */
  keysLeftOut: z.array(z.string()),
  /** Files that this user could not read, or that are no part of a backup, with the reason. */
  leftOut: z.array(z.strictObject({ file: z.string(), why: z.string() })),
  /** SHA-256 of the file with the hashes of all others. */
  sums: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackupManifest = z.infer<typeof manifestSchema>;

/** Reads the manifest of a backup, and checks the file of hashes against it. Throws a Problem if the backup is not whole. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  let text: string;
  try {
    text = readFileSync(join(folder, backupFiles.manifest), 'utf8');
  } catch (error) {
    throw new Problem(
      `${folder} is no backup: it has no ${backupFiles.manifest} (${fileFault(error)}). One that was broken off has none.`,
    );
  }
  let manifest: BackupManifest;
  try {
    manifest = manifestSchema.parse(JSON.parse(text));
  } catch {
    throw new Problem(`${folder}: its ${backupFiles.manifest} is damaged. Take another backup.`);
  }
  const sums = await sha256OfFile(join(folder, backupFiles.sums)).catch(() => null);
  if (sums === manifest.sums) return manifest;
  throw new Problem(`${folder}: its ${backupFiles.sums} is damaged. Take another backup.`);
}
