import { z } from 'zod';
import { file, listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { flag, nothing, wholeNumber } from '../gate/input-fields.ts';
import { requestReference } from '../releases/operations.ts';
import type { BookedPackage } from './bookings.ts';
import type { MadePackage } from './packages.ts';

// Operations to make and fetch evidence packages (RET-9, REL-2).

const ids = z.array(z.uuid()).max(20_000).default([]);

export const orderSchema = z
  .strictObject({
    detectionIds: ids.describe('Detections: of a search, for example'),
    hitIds: ids,
    caseNumber: z.string().min(1).max(64).nullable().default(null).describe('All of a case'),
    release: requestReference
      .nullable()
      .default(null)
      .describe('Number or id of the approved release request that covers it; null: own use'),
    coveredOnly: z
      .boolean()
      .default(false)
      .describe('Whether to leave out what the request does not cover; else that is refused'),
    recipient: z
      .string()
      .max(200)
      .nullable()
      .default(null)
      .describe('The agency that receives it, if that is not our own'),
    volumeBytes: z.int().min(100_000).nullable().default(null),
  })
  .refine(
    ({ detectionIds, hitIds, caseNumber }) =>
      detectionIds.length + hitIds.length > 0 || caseNumber !== null,
    { message: 'names no detections, hits or case' },
  );

export const makeEvidence = change({
  name: 'evidence.make',
  http: { method: 'POST', path: '/evidence' },
  permission: 'evidence.make',
  category: 'Export',
  inquiry: true,
  input: orderSchema,
  answer: record<MadePackage>(),
  object: ({ release }) => (release === null ? 'evidence package' : `release ${release}`),
  query: ({ detectionIds, hitIds, ...rest }) => ({
    ...rest,
    detections: detectionIds.length,
    hits: hitIds.length,
    ids: [...detectionIds, ...hitIds].slice(0, 50),
  }),
  results: ({ contents }) => contents.detections,
});

export const fetchEvidence = look({
  name: 'evidence.fetch',
  http: { method: 'GET', path: '/evidence/:id/files' },
  permission: 'evidence.make',
  category: 'Export',
  inquiry: true,
  input: z.strictObject({
    id: z.uuid(),
    from: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0).describe('Number of the first file'),
  }),
  answer: file,
  object: ({ id }) => `evidence ${id}`,
});

export const listEvidence = look({
  name: 'evidence.list',
  http: { method: 'GET', path: '/evidence' },
  permission: 'evidence.make',
  category: 'Export',
  input: z.strictObject({
    unbooked: flag.default(false).describe('Those alone that are booked nowhere'),
    caseNumber: z
      .string()
      .min(1)
      .max(64)
      .nullable()
      .default(null)
      .describe('Those of a case alone'),
    release: z
      .string()
      .min(1)
      .max(64)
      .nullable()
      .default(null)
      .describe('Those of a request alone'),
    limit: wholeNumber(1, 500).default(100),
  }),
  answer: listOf<BookedPackage>(),
  results: (made) => made.length,
});

/** Where a package lies as evidence; booked again, it was moved, and both stay on record. */
export const bookEvidence = change({
  name: 'evidence.book',
  http: { method: 'POST', path: '/evidence/:id/bookings' },
  permission: 'evidence.make',
  category: 'Export',
  input: z.strictObject({
    id: z.uuid(),
    place: z.string().trim().min(2).max(120).describe('Such as the property room'),
    propertyNumber: z.string().trim().min(1).max(64),
  }),
  answer: record<BookedPackage>(),
  object: ({ id }) => `evidence ${id}`,
});

export const showEvidenceKey = look({
  name: 'evidence.key',
  http: { method: 'GET', path: '/evidence/key' },
  permission: 'evidence.make',
  category: 'System',
  input: nothing,
  answer: z.object({ fingerprint: z.string(), publicKeyPem: z.string() }),
});
