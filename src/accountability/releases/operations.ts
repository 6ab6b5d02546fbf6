import { z } from 'zod';
import { tableForms } from '../../platform/table-file.ts';
import { file, listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { flag, wholeNumber } from '../gate/input-fields.ts';
import { type ReleaseRequest, releaseAskSchema, releaseRequestSchema } from './release-request.ts';
import type { Statistics } from './statistics.ts';

// Requests of other agencies: enter, verify, decide, look at, and the log on file (REL-1 to REL-5); public figures
// (REL-7).

const words = z.string().trim().min(3).max(1000);
const decision = z.strictObject({ id: z.uuid(), why: words });

export const requestRelease = change({
  name: 'releases.request',
  http: { method: 'POST', path: '/releases' },
  permission: 'releases.request',
  category: 'Release',
  input: releaseAskSchema,
  answer: record<ReleaseRequest>(),
  object: ({ agency }) => `agency ${agency}`,
});

export const verifyRelease = change({
  name: 'releases.verify',
  http: { method: 'POST', path: '/releases/:id/verify' },
  permission: 'releases.request',
  category: 'Release',
  input: z.strictObject({
    id: z.uuid(),
    how: words.describe('How the agency was verified: called back at its published number'),
  }),
  answer: record<ReleaseRequest>(),
  object: ({ id }) => `release ${id}`,
});

export const approveRelease = change({
  name: 'releases.approve',
  http: { method: 'POST', path: '/releases/:id/approve' },
  permission: 'releases.approve',
  category: 'Release',
  input: decision,
  answer: record<ReleaseRequest>(),
  object: ({ id }) => `release ${id}`,
});

export const refuseRelease = change({
  name: 'releases.refuse',
  http: { method: 'POST', path: '/releases/:id/refuse' },
  permission: 'releases.approve',
  category: 'Release',
  input: decision,
  answer: record<ReleaseRequest>(),
  object: ({ id }) => `release ${id}`,
});

export const listReleases = look({
  name: 'releases.list',
  http: { method: 'GET', path: '/releases' },
  permission: 'releases.request',
  category: 'Release',
  input: z.strictObject({ state: releaseRequestSchema.shape.state.optional() }),
  answer: listOf<ReleaseRequest>(),
  results: (requests) => requests.length,
});

export const exportReleaseLog = look({
  name: 'releases.log',
  http: { method: 'GET', path: '/releases/log' },
  permission: 'releases.request',
  category: 'Release',
  input: z.strictObject({ as: z.enum(tableForms).default('csv'), utc: flag.default(false) }),
  answer: file,
});

/** Forms of the public figures; json returns the figures themselves, the others return a file. */
export const statisticsForms = ['json', 'csv', 'markdown'] as const;

export const makeStatistics = look({
  name: 'statistics.make',
  http: { method: 'GET', path: '/statistics' },
  permission: 'statistics.read',
  category: 'System',
  input: z.strictObject({
    months: wholeNumber(1, 120).default(12),
    as: z.enum(statisticsForms).default('json'),
  }),
  answer: z.union([file, record<Statistics>()]),
});
