import { z } from 'zod';
import type { FileAnswer } from '../gate/answer.ts';
import { type Operation, operation } from '../gate/operation.ts';
import { releaseAskSchema } from './release-request.ts';
import type { Releases } from './releases.ts';

const words = z.string().trim().min(3).max(1000);
const id = z.uuid();

/** Requests of other agencies: enter, verify, decide, look at, and the log on file (REL-1 to REL-5). */
export function releaseOperations({ releases }: { releases: Releases }): Operation[] {
  const decision = (name: 'approve' | 'refuse') =>
    operation({
      name: `releases.${name}`,
      http: { method: 'POST', path: `/releases/:id/${name}` },
      permission: 'releases.approve',
      category: 'Release',
      inquiry: false,
      effect: 'change',
      input: z.strictObject({ id, why: words }),
      object: (input) => `release ${input.id}`,
      run: (input, { actor, nowMs }) =>
        releases.decide({ ...input, approve: name === 'approve' }, actor, nowMs),
    });

  return [
    operation({
      name: 'releases.request',
      http: { method: 'POST', path: '/releases' },
      permission: 'releases.request',
      category: 'Release',
      inquiry: false,
      effect: 'change',
      input: releaseAskSchema,
      object: ({ agency }) => `agency ${agency}`,
      run: (ask, { actor, nowMs }) => releases.request(ask, actor, nowMs),
    }),
    operation({
      name: 'releases.verify',
      http: { method: 'POST', path: '/releases/:id/verify' },
      permission: 'releases.request',
      category: 'Release',
      inquiry: false,
      effect: 'change',
      input: z.strictObject({
        id,
        how: words.describe('How the agency was verified: called back at its published number'),
      }),
      object: (input) => `release ${input.id}`,
      run: ({ id: of, how }, { actor, nowMs }) => releases.verify(of, how, actor, nowMs),
    }),
    decision('approve'),
    decision('refuse'),
    operation({
      name: 'releases.list',
      http: { method: 'GET', path: '/releases' },
      permission: 'releases.request',
      category: 'Release',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({
        state: z.enum(['requested', 'verified', 'approved', 'refused']).optional(),
      }),
      run: ({ state }) => releases.list(state),
      results: (list) => list.length,
    }),
    operation({
      name: 'releases.log',
      http: { method: 'GET', path: '/releases/log.csv' },
      permission: 'releases.request',
      category: 'Release',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({}),
      run: async (): Promise<FileAnswer> => ({
        fileName: 'release-requests.csv',
        contentType: 'text/csv; charset=utf-8',
        bytes: Buffer.from(await releases.csv()),
      }),
    }),
  ];
}
