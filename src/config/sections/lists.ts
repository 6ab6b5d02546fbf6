import { z } from 'zod';

const hostName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$|^\[?[0-9A-Fa-f:]+\]?$/, 'is no name or address of a host');
/** A path on another computer, which its commands take between quotes. */
const remotePath = z
  .string()
  .min(1)
  .regex(/^[^"\\\r\n*?[\]]+$/, 'use a path without quotes, backslashes and wildcards');

const folderSource = z.strictObject({
  kind: z.literal('folder').describe('A folder into which somebody puts files'),
  path: z.string().min(1).describe('The folder; headquarters must be able to rename files in it'),
  ending: z
    .string()
    .regex(/^\.[A-Za-z0-9.]+$/, 'use an ending such as .csv')
    .optional()
    .describe('Only files with this ending; if left out, all'),
  complete: z
    .enum(['stable', 'done'])
    .default('stable')
    .describe(
      'When a file is whole: stable: its size and time have not changed for stableS; done: FILE.done lies beside it. A file that is renamed into the folder is whole either way',
    ),
  stableS: z.number().min(1).max(3600).default(15),
});

const sftpSource = z.strictObject({
  kind: z.literal('sftp').describe("SFTP, by the system's own client"),
  host: hostName,
  port: z.int().min(1).max(65_535).default(22),
  user: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/, 'is no name of a user'),
  file: remotePath.describe('The file there'),
  identity: z
    .string()
    .min(1)
    .describe('File of the private key; without a passphrase, of mode 600'),
  knownHosts: z
    .string()
    .min(1)
    .describe("File with the host's key, as ssh-keyscan prints it and somebody has compared it"),
});

const httpsSource = z.strictObject({
  kind: z.literal('https'),
  url: z
    .string()
    .refine(
      (url) =>
        URL.canParse(url) && new URL(url).protocol === 'https:' && !/@/.test(new URL(url).host),
      'use https://host/path',
    )
    .refine(
      (url) => !URL.canParse(url) || new URL(url).username === '',
      'put user and password into the file of credentials',
    ),
  credentials: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File of mode 600 with one line: user:password, or a header such as Authorization: Bearer TOKEN. They go to the host of url alone',
    ),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe("PEM file of the host's authority, if it is no public one"),
  cert: z.string().min(1).optional().describe('PEM file of a client certificate'),
  key: z.string().min(1).optional().describe('PEM file of its key'),
});

const timeOfDay = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'use a time of day such as 05:30');

const scheduleSchema = z
  .strictObject({
    list: z.string().min(1).describe('The id of a list of hotlist.lists'),
    source: z.discriminatedUnion('kind', [folderSource, sftpSource, httpsSource]),
    at: timeOfDay
      .optional()
      .describe('Once a day at this time in unit.timeZone; one that was missed is made up for'),
    everyMin: z
      .int()
      .min(1)
      .max(10_080)
      .optional()
      .describe(
        'Every so many minutes. A folder without at and everyMin is looked into all the time',
      ),
  })
  .refine(({ at, everyMin }) => at === undefined || everyMin === undefined, {
    path: ['everyMin'],
    message: 'give either at or everyMin',
  })
  .refine(
    ({ source, at, everyMin }) =>
      source.kind === 'folder' || at !== undefined || everyMin !== undefined,
    { path: ['at'], message: 'say when: at or everyMin' },
  )
  .refine(
    ({ source }) =>
      source.kind !== 'https' || (source.cert === undefined) === (source.key === undefined),
    { path: ['source', 'key'], message: 'give both cert and key, or neither' },
  );

/** `lists`: at headquarters, where the files of hot lists come from by themselves. */
export const listsSection = z.strictObject({
  schedules: z
    .array(scheduleSchema)
    .max(64)
    .default([])
    .describe('At headquarters: files that are fetched and imported by themselves'),
});

export type ListSchedule = z.infer<typeof scheduleSchema>;
export type ListSource<Kind extends ListSchedule['source']['kind']> = Extract<
  ListSchedule['source'],
  { kind: Kind }
>;
