import { z } from 'zod';
import { tableForms } from '../../platform/table-file.ts';
import { file, listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { flag, wholeNumber } from '../gate/input-fields.ts';
import { narrowInput } from './cover.ts';
import { type ReleaseView, releaseInputSchema, releaseRequestSchema } from './release-request.ts';
import type { Statistics } from './statistics.ts';

// Requests of other agencies: enter, verify, decide, look at, and the log on file (REL-1 to REL-5); public figures
// (REL-7).

const words = z.string().trim().min(3).max(1000);
const decision = z.strictObject({ id: z.uuid(), why: words });
const approval = decision.extend({
  valuesActConsidered: z
    .boolean()
    .default(false)
    .describe('The California Values Act was considered (Government Code 7282.5, 7284.2)'),
  narrow: narrowInput
    .prefault({})
    .describe('What is approved of what was asked; for a request without fields, all of it'),
});

export const requestRelease = change({
  name: 'releases.request',
  http: { method: 'POST', path: '/releases' },
  permission: 'releases.request',
  category: 'Release',
  input: releaseInputSchema,
  answer: record<ReleaseView>(),
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
  answer: record<ReleaseView>(),
  object: ({ id }) => `release ${id}`,
});

export const approveRelease = change({
  name: 'releases.approve',
  http: { method: 'POST', path: '/releases/:id/approve' },
  permission: 'releases.approve',
  category: 'Release',
  input: approval,
  answer: record<ReleaseView>(),
  object: ({ id }) => `release ${id}`,
});

export const refuseRelease = change({
  name: 'releases.refuse',
  http: { method: 'POST', path: '/releases/:id/refuse' },
  permission: 'releases.approve',
  category: 'Release',
  input: decision,
  answer: record<ReleaseView>(),
  object: ({ id }) => `release ${id}`,
});

export const listReleases = look({
  name: 'releases.list',
  http: { method: 'GET', path: '/releases' },
  permission: 'releases.request',
  category: 'Release',
  input: z.strictObject({ state: releaseRequestSchema.shape.state.optional() }),
  answer: listOf<ReleaseView>(),
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
