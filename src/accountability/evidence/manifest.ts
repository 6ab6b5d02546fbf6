import { z } from 'zod';

export const packageFormat = 'lookout-evidence/1';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A file of a package; `path` is inside its volume. */
export const packageFileSchema = z.strictObject({
  volume: z.int().min(1),
  path: z.string(),
  bytes: z.int().min(0),
  sha256,
});
export type PackageFile = z.infer<typeof packageFileSchema>;

/** `manifest.json`, the same in each volume; `manifest.sig` is its Ed25519 signature, 64 bytes. */
export const manifestSchema = z.strictObject({
  format: z.literal(packageFormat),
  id: z.uuid(),
  madeAt: z.iso.datetime(),
  agency: z.string(),
  unit: z.string(),
  software: z.string(),
  madeBy: z.strictObject({
    name: z.string(),
    username: z.string(),
    role: z.string(),
    organisation: z.string(),
  }),
  inquiry: z
    .strictObject({
      purpose: z.string(),
      caseNumber: z.string().nullable(),
      incidentNumber: z.string().nullable(),
      reason: z.string().nullable(),
    })
    .nullable(),
  /** Null: for use inside the agency; it may not be passed on (REL-2). */
  release: z
    .strictObject({
      id: z.uuid(),
      number: z.string(),
      agency: z.string(),
      person: z.string(),
      purpose: z.string(),
    })
    .nullable(),
  contents: z.strictObject({
    detections: z.int(),
    hits: z.int(),
    images: z.int(),
    auditRecords: z.int(),
    /** Requested, and not or no longer on this unit. */
    absentDetections: z.array(z.string()),
    /** Named by a record and missing, with the reason. */
    absentImages: z.array(z.strictObject({ id: z.string(), why: z.string() })),
    /** Images whose bytes differ from those stored at capture. */
    alteredImages: z.array(z.string()),
  }),
  volumes: z.int().min(1),
  /** SHA-256 of the public key in DER, to compare with the fingerprint that the agency states. */
  keyFingerprint: sha256,
  publicKey: z.string(),
  files: z.array(packageFileSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;
