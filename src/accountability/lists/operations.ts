import { z } from 'zod';
import type { HotEntry, ListStatus } from '../../hotlist/hit-match.ts';
import type { ImportResult } from '../../hotlist/import-result.ts';
import { listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { nothing, wholeNumber } from '../gate/input-fields.ts';

// Importing, browsing, deleting and choosing the hot lists of a unit (HOT-15, AUD-4).

const list = z.string().min(1).max(32);
const byList = z.strictObject({ list });
/** Largest uploaded file as base64. Decoding blocks the daemon's event loop; larger files come through the folder. */
const maxContent = 4 * 1024 * 1024;

const uploadSchema = z
  .strictObject({
    list,
    asOf: z.string().max(40).optional().describe('When the source made the list; or file-time'),
    sha256: z.string().max(64).optional(),
    replaces: z.iso
      .datetime()
      .nullable()
      .optional()
      .describe(
        'When the version that it replaces was taken in, as seen; refused where another was',
      ),
    force: z.boolean().default(false),
    rejects: z
      .boolean()
      .default(false)
      .describe('Answer with the rows that cannot be used, as CSV'),
    upload: z.uuid().optional().describe("A file in the unit's folder of incoming lists"),
    content: z.base64().max(maxContent).optional().describe('The file itself, base64'),
  })
  .refine(({ upload, content }) => (upload === undefined) !== (content === undefined), {
    message: 'give either upload or content',
  });
export type Upload = z.output<typeof uploadSchema>;

/** The result of an import, and the rows that could not be used if they were requested. */
export interface UploadAnswer extends ImportResult {
  rejectsCsv: string | null;
}

/** A part of a file that is too large for one request. */
const partSchema = z.strictObject({
  list,
  upload: z.uuid().optional().describe('The file that was begun; left out: begins one'),
  content: z.base64().max(maxContent).describe('The next part of the file, base64'),
});

const object = (input: { list: string }) => `hot list ${input.list}`;

const forAudit = ({ content, ...rest }: { content?: string | undefined }) => ({
  ...rest,
  ...(content !== undefined && { contentLength: content.length }),
});

export const listHotLists = look({
  name: 'hotlist.status',
  http: { method: 'GET', path: '/hotlists' },
  permission: 'signed-in',
  category: 'System',
  input: nothing,
  answer: listOf<ListStatus>(),
  results: (lists) => lists.length,
});

/** A version of a list that was put in use at headquarters, for all units. */
export interface ListVersionView {
  version: number;
  entries: number;
  /** When its source made it, when it was put in use at headquarters, and when all units could have it; ISO times in UTC. */
  asOf: string;
  inUseAt: string;
  /** Null until the broker has all of it. */
  publishedAt: string | null;
  /** Who put it in use, and why where somebody said so. */
  by: string | null;
  note: string | null;
  /** With it the list was taken back from all units, as it was switched off or deleted here; null: it was put in use. */
  withdrawn: 'off' | 'deleted' | null;
  /** Whether it can be put in force again. */
  isKept: boolean;
}

/** Newest first; none on a unit. */
export const listVersionsOfList = look({
  name: 'hotlist.versions',
  http: { method: 'GET', path: '/hotlists/:list/versions' },
  permission: 'signed-in',
  category: 'System',
  // The page asks again while a version is on its way.
  oncePerSession: true,
  input: byList,
  answer: listOf<ListVersionView>(),
  object,
  results: (versions) => versions.length,
});

/** At headquarters: puts an earlier version in force again, here and, as a new version, on all units. */
export const rollBackHotList = change({
  name: 'hotlist.roll-back',
  http: { method: 'POST', path: '/hotlists/:list/roll-back' },
  permission: 'hotlist.manage',
  category: 'Hot List Upload',
  input: byList.extend({
    version: wholeNumber(1, 1_000_000_000),
    reason: z.string().trim().min(1).max(500).describe('Why it is put in force again'),
  }),
  answer: record<ListVersionView>(),
  object,
  results: ({ entries }) => entries,
});

/** Entries of a list; POST, so that no plate appears in an address. */
export const browseHotList = look({
  name: 'hotlist.browse',
  http: { method: 'POST', path: '/hotlists/:list/entries' },
  permission: 'hotlist.browse',
  category: 'Hot List Browsing',
  inquiry: true,
  input: byList.extend({
    plate: z.string().trim().min(1).max(20).optional(),
    offset: wholeNumber(0, 1_000_000_000).default(0),
    limit: wholeNumber(1, 500).default(20),
  }),
  answer: listOf<HotEntry>(),
  object,
  results: (entries) => entries.length,
});

/** Takes a file in parts; `hotlist.check` and `hotlist.import` then take it by its id, and either of them removes it. */
export const sendHotListPart = change({
  name: 'hotlist.send',
  http: { method: 'POST', path: '/hotlists/:list/parts' },
  permission: 'hotlist.manage',
  category: 'Hot List Upload',
  input: partSchema,
  answer: z.object({ upload: z.uuid(), bytes: z.number() }),
  largestBody: maxContent + 4096,
  object,
  query: forAudit,
});

export const importHotList = change({
  name: 'hotlist.import',
  http: { method: 'POST', path: '/hotlists/:list/import' },
  permission: 'hotlist.manage',
  category: 'Hot List Upload',
  input: uploadSchema,
  answer: record<UploadAnswer>(),
  largestBody: maxContent + 4096,
  object,
  query: forAudit,
  results: ({ entries }) => entries,
});

export const checkHotListFile = look({
  name: 'hotlist.check',
  http: { method: 'POST', path: '/hotlists/:list/check' },
  permission: 'hotlist.manage',
  category: 'Hot List Upload',
  input: uploadSchema,
  answer: record<UploadAnswer>(),
  largestBody: maxContent + 4096,
  object,
  query: forAudit,
  results: ({ samples }) => samples.length,
});

export const enableHotList = change({
  name: 'hotlist.enable',
  http: { method: 'POST', path: '/hotlists/:list/enable' },
  permission: 'hotlist.manage',
  category: 'Configuration Change',
  input: byList,
  answer: record<ListStatus>(),
  object,
});

export const disableHotList = change({
  name: 'hotlist.disable',
  http: { method: 'POST', path: '/hotlists/:list/disable' },
  permission: 'hotlist.manage',
  category: 'Configuration Change',
  input: byList,
  answer: record<ListStatus>(),
  object,
});

export const deleteHotList = change({
  name: 'hotlist.delete',
  http: { method: 'POST', path: '/hotlists/:list/delete' },
  permission: 'hotlist.manage',
  category: 'Hot List Delete',
  input: byList,
  answer: z.object({ deleted: z.number() }),
  object,
  results: ({ deleted }) => deleted,
});
