import { z } from 'zod';
import { tableForms } from '../../platform/table-file.ts';
import { file, listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { flag, wholeNumber } from '../gate/input-fields.ts';
import { narrowInput } from './cover.ts';
import { type ReleaseView, releaseInputSchema, shownStates } from './release-request.ts';
import type { Statistics } from './statistics.ts';

// Requests of other agencies: enter, verify, decide, look at, and the log on file (REL-1 to REL-5); public figures
// (REL-7).

const words = z.string().trim().min(3).max(1000);
/** A request, by its number or its id. */
export const requestReference = z
  .string()
  .trim()
  .regex(
    /^(?:\d{4}-\d{4,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    'is not the number of a request, such as 2026-0007, nor its id; "lookout release list" shows both',
  );
const decision = z.strictObject({ id: requestReference, why: words });
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
    id: requestReference,
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

/** Nothing more is released under an approval that was withdrawn, nor fetched of what was packed. */
export const withdrawRelease = change({
  name: 'releases.withdraw',
  http: { method: 'POST', path: '/releases/:id/withdraw' },
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
  input: z.strictObject({ state: z.enum(shownStates).optional() }),
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
