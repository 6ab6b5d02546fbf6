import { z } from 'zod';
import type { HotEntry, ListStatus } from '../../hotlist/hit-match.ts';
import type { Hotlist } from '../../hotlist/hotlist.ts';
import type { ImportResult } from '../../hotlist/import-result.ts';
import { Problem } from '../../platform/problem.ts';
import { type Actor, type Operation, operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import { openUploadFolder, rejectsSuffix } from './upload-folder.ts';

const list = z.string().min(1).max(32);
/** Largest uploaded file as base64. Decoding blocks the daemon's event loop; larger files come through the folder. */
const mostContent = 4 * 1024 * 1024;

const uploadSchema = z
  .strictObject({
    list,
    asOf: z.string().max(40).optional().describe('When the source made the list; or file-time'),
    sha256: z.string().max(64).optional(),
    force: z.boolean().default(false),
    rejects: z
      .boolean()
      .default(false)
      .describe('Answer with the rows that cannot be used, as CSV'),
    upload: z.uuid().optional().describe("A file in the unit's folder of incoming lists"),
    content: z.base64().max(mostContent).optional().describe('The file itself, base64'),
  })
  .refine(({ upload, content }) => (upload === undefined) !== (content === undefined), {
    message: 'give either upload or content',
  });
type Upload = z.output<typeof uploadSchema>;

/** The result of an import, and the rows that could not be used if they were requested. */
export interface UploadAnswer extends ImportResult {
  rejectsCsv: string | null;
}

/** Importing, browsing, deleting and choosing the hot lists of a unit (HOT-15, AUD-4). */
export function listOperations(deps: { hotlist: Hotlist; dataDir: string }): Operation[] {
  const { hotlist } = deps;
  const incoming = openUploadFolder(deps.dataDir);

  const statusOf = (id: string): ListStatus => {
    const found = hotlist.status().find((each) => each.id === id);
    if (found !== undefined) return found;
    throw new Refusal(404, 'no-such-list', `There is no hot list ${id} on this unit.`);
  };

  async function take(input: Upload, dryRun: boolean, { name }: Actor): Promise<UploadAnswer> {
    statusOf(input.list);
    const { asOf, sha256, force, rejects, content } = input;
    if (content !== undefined && asOf === 'file-time') {
      throw new Refusal(
        400,
        'as-of-missing',
        'An uploaded file has no time of its own; say when its source made it.',
      );
    }
    const upload =
      content === undefined ? (input.upload ?? '') : incoming.put(Buffer.from(content, 'base64'));
    // People do not know the path inside the upload folder.
    const told = (text: string) => text.replaceAll(incoming.pathOf(upload), 'the file');
    try {
      const file = incoming.pathOf(upload);
      const result = await hotlist.importFile({
        ...{ listId: input.list, file, force, dryRun, by: name },
        ...(asOf !== undefined && { asOf }),
        ...(sha256 !== undefined && { sha256 }),
        ...(rejects && { rejectsFile: `${file}${rejectsSuffix}` }),
      });
      const rejectsCsv = rejects ? await incoming.readBeside(upload, rejectsSuffix) : null;
      const refusal = result.refusal === null ? null : told(result.refusal);
      return { ...result, refusal, rejectsCsv };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw new Refusal(409, 'list-refused', told(error.message));
    } finally {
      await incoming.remove(upload);
    }
  }

  const choose = (name: 'enable' | 'disable') =>
    operation({
      name: `hotlist.${name}`,
      http: { method: 'POST', path: `/hotlists/:list/${name}` },
      permission: 'hotlist.manage',
      category: 'Configuration Change',
      inquiry: false,
      effect: 'change',
      input: z.strictObject({ list }),
      object: (input) => `hot list ${input.list}`,
      run(input, { actor }) {
        statusOf(input.list);
        hotlist.setEnabled(input.list, name === 'enable', actor.name);
        return statusOf(input.list);
      },
    });

  const forAudit = ({ content, ...told }: Upload) => ({
    ...told,
    ...(content !== undefined && { contentLength: content.length }),
  });

  return [
    operation({
      name: 'hotlist.status',
      http: { method: 'GET', path: '/hotlists' },
      permission: 'signed-in',
      category: 'System',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({}),
      results: (lists: ListStatus[]) => lists.length,
      run: () => hotlist.status(),
    }),
    operation({
      name: 'hotlist.browse',
      http: { method: 'GET', path: '/hotlists/:list/entries' },
      permission: 'hotlist.browse',
      category: 'Hot List Browsing',
      inquiry: true,
      effect: 'look',
      input: z.strictObject({
        list,
        plate: z.string().trim().min(1).max(20).optional(),
        offset: z.coerce.number().int().min(0).max(1_000_000_000).default(0),
        limit: z.coerce.number().int().min(1).max(500).default(20),
      }),
      object: (input) => `hot list ${input.list}`,
      results: (entries: HotEntry[]) => entries.length,
      run({ list: id, plate, offset, limit }, { actor }) {
        const { source } = statusOf(id);
        if (!actor.listSources.has(source)) {
          throw new Refusal(
            403,
            'source-not-permitted',
            `You are not authorised to browse ${source} lists (USR-9). Ask an administrator.`,
          );
        }
        return hotlist.entries(id, { offset, limit, ...(plate !== undefined && { plate }) });
      },
    }),
    operation({
      name: 'hotlist.import',
      http: { method: 'POST', path: '/hotlists/:list/import' },
      permission: 'hotlist.manage',
      category: 'Hot List Upload',
      inquiry: false,
      effect: 'change',
      input: uploadSchema,
      largestBody: mostContent + 4096,
      object: (input) => `hot list ${input.list}`,
      query: forAudit,
      results: ({ entries }: UploadAnswer) => entries,
      run: (input, { actor }) => take(input, false, actor),
    }),
    operation({
      name: 'hotlist.check',
      http: { method: 'POST', path: '/hotlists/:list/check' },
      permission: 'hotlist.manage',
      category: 'Hot List Upload',
      inquiry: false,
      effect: 'look',
      input: uploadSchema,
      largestBody: mostContent + 4096,
      object: (input) => `hot list ${input.list}`,
      query: forAudit,
      results: ({ samples }: UploadAnswer) => samples.length,
      run: (input, { actor }) => take(input, true, actor),
    }),
    choose('enable'),
    choose('disable'),
    operation({
      name: 'hotlist.delete',
      http: { method: 'POST', path: '/hotlists/:list/delete' },
      permission: 'hotlist.manage',
      category: 'Hot List Delete',
      inquiry: false,
      effect: 'change',
      input: z.strictObject({ list }),
      object: (input) => `hot list ${input.list}`,
      results: ({ deleted }: { deleted: number }) => deleted,
      async run(input) {
        statusOf(input.list);
        return { deleted: await hotlist.deleteList(input.list) };
      },
    }),
  ];
}
