import { z } from 'zod';
import { type Operation, operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Packages } from './packages.ts';

const ids = z.array(z.uuid()).max(20_000).default([]);

const orderSchema = z
  .strictObject({
    detectionIds: ids.describe('Detections: of a search, for example'),
    hitIds: ids,
    caseNumber: z.string().min(1).max(64).nullable().default(null).describe('All of a case'),
    release: z
      .uuid()
      .nullable()
      .default(null)
      .describe('The approved release request that covers it; null: own use'),
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

/** Making evidence packages and fetching them (RET-9, REL-2). */
export function evidenceOperations(deps: { packages: Packages; agency: string }): Operation[] {
  const { packages, agency } = deps;
  return [
    operation({
      name: 'evidence.make',
      http: { method: 'POST', path: '/evidence' },
      permission: 'evidence.make',
      category: 'Export',
      inquiry: true,
      effect: 'change',
      input: orderSchema,
      object: ({ release }) => (release === null ? 'evidence package' : `release ${release}`),
      query: ({ detectionIds, hitIds, ...rest }) => ({
        ...rest,
        detections: detectionIds.length,
        hits: hitIds.length,
        ids: [...detectionIds, ...hitIds].slice(0, 50),
      }),
      run: ({ recipient, ...selection }, { actor, inquiry, nowMs }) => {
        if (recipient !== null && recipient !== agency && selection.release === null) {
          throw new Refusal(
            403,
            'release-missing',
            `A package for ${recipient} needs an approved release request: enter one with "lookout release request".`,
          );
        }
        return packages.make(selection, actor, inquiry, nowMs);
      },
      results: ({ contents }) => contents.detections,
    }),
    operation({
      name: 'evidence.fetch',
      http: { method: 'GET', path: '/evidence/:id/files' },
      permission: 'evidence.make',
      category: 'Export',
      inquiry: true,
      effect: 'look',
      input: z.strictObject({ id: z.uuid(), from: z.coerce.number().int().min(0).default(0) }),
      object: ({ id }) => `evidence ${id}`,
      run: ({ id, from }) => packages.fetch(id, from),
    }),
    operation({
      name: 'evidence.key',
      http: { method: 'GET', path: '/evidence/key' },
      permission: 'evidence.make',
      category: 'System',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({}),
      async run() {
        const { fingerprint, publicKeyPem } = await packages.key();
        return { fingerprint, publicKeyPem };
      },
    }),
  ];
}
