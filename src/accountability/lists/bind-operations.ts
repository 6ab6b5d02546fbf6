import type { ListStatus } from '../../hotlist/hit-match.ts';
import type { Hotlist } from '../../hotlist/hotlist.ts';
import { isoTime } from '../../platform/clock.ts';
import { localTime } from '../../platform/local-time.ts';
import { Problem } from '../../platform/problem.ts';
import type { Actor, Operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { ListVersion, ListVersions } from './list-versions.ts';
import {
  browseHotList,
  checkHotListFile,
  deleteHotList,
  disableHotList,
  enableHotList,
  importHotList,
  type ListVersionView,
  listHotLists,
  listVersionsOfList,
  rollBackHotList,
  sendHotListPart,
  type Upload,
  type UploadAnswer,
} from './operations.ts';
import { openUploadFolder, rejectsSuffix } from './upload-folder.ts';

/** What people do with the hot lists, on this unit or at headquarters. */
export function listOperations(deps: {
  hotlist: Hotlist;
  versions: ListVersions;
  place: 'unit' | 'headquarters';
  dataDir: string;
}): Operation[] {
  const { hotlist, versions, place } = deps;
  const incoming = openUploadFolder(deps.dataDir);

  const statusOf = (id: string): ListStatus => {
    const lists = hotlist.status();
    const found = lists.find((each) => each.id === id);
    if (found !== undefined) return found;
    const others = lists.map((each) => each.id).join(', ') || 'none: hotlist.lists is empty';
    throw new Refusal(
      404,
      'no-such-list',
      `There is no hot list ${id} on this unit. There are: ${others}.`,
    );
  };

  const choose = (list: string, isOn: boolean, { name }: Actor): ListStatus => {
    statusOf(list);
    hotlist.setEnabled(list, isOn, name);
    return statusOf(list);
  };

  async function take(input: Upload, dryRun: boolean, { name }: Actor): Promise<UploadAnswer> {
    statusOf(input.list);
    const { asOf, sha256, force, rejects, content } = input;
    if (!dryRun) refuseReplaced(statusOf(input.list), input.replaces);
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
    const withoutPath = (text: string) => text.replaceAll(incoming.pathOf(upload), 'the file');
    try {
      const file = incoming.pathOf(upload);
      const result = await hotlist.importFile({
        listId: input.list,
        file,
        force,
        dryRun,
        by: name,
        ...(asOf !== undefined && { asOf }),
        ...(sha256 !== undefined && { sha256 }),
        ...(rejects && { rejectsFile: `${file}${rejectsSuffix}` }),
      });
      const rejectsCsv = rejects ? await incoming.readBeside(upload, rejectsSuffix) : null;
      const refusal = result.refusal === null ? null : withoutPath(result.refusal);
      return { ...result, refusal, rejectsCsv };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw new Refusal(409, 'list-refused', withoutPath(error.message));
    } finally {
      await incoming.remove(upload);
    }
  }

  const view = (version: ListVersion): ListVersionView => ({
    ...versionView(version),
    isKept: version.withdrawn === null && versions.isKept(version),
  });

  async function rollBack(list: string, number: number, reason: string, { name }: Actor) {
    const [newest] = versions.of(list);
    const found = versions.of(list).find((each) => each.number === number);
    if (found === undefined) {
      throw new Refusal(404, 'no-such-version', `There is no version ${number} of ${list} here.`);
    }
    if (found.number === newest?.number) {
      throw new Refusal(409, 'in-force', `Version ${number} of ${list} is in force already.`);
    }
    if (found.withdrawn !== null) {
      throw new Refusal(
        409,
        'withdrawn',
        `Version ${number} of ${list} took the list back. Put the one before it in force, or switch the list on.`,
      );
    }
    if (!versions.isKept(found)) {
      throw new Refusal(
        409,
        'not-kept',
        `Version ${number} of ${list} is kept no longer. Import its file again.`,
      );
    }
    const { sha256, bytes, entries, asOfMs } = found;
    const file = versions.fileOf(found);
    try {
      await hotlist.importFile({
        ...{ listId: list, file, sha256, entries, by: name, asOf: isoTime(asOfMs) },
        ...{ form: 'entries', force: true },
      });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const words = error.message.replaceAll(file, `version ${number}`);
      throw new Refusal(409, 'list-refused', words);
    }
    const inUseMs = Date.parse(statusOf(list).importedAt ?? '');
    const note = `version ${number} again: ${reason}`;
    return versions.add({
      ...{ listId: list, sha256, bytes, entries, asOfMs, inUseMs, importedMs: inUseMs },
      ...{ by: name, note, withdrawn: null },
    });
  }

  return [
    listHotLists.does(() => hotlist.status()),
    listVersionsOfList.does(({ list }) => {
      statusOf(list);
      return place === 'headquarters' ? versions.of(list).map(view) : [];
    }),
    rollBackHotList.does(async ({ list, version, reason }, { actor }) => {
      statusOf(list);
      return view(await rollBack(list, version, reason, actor));
    }),
    browseHotList.does(({ list, plate, offset, limit }, { actor }) => {
      const { source } = statusOf(list);
      if (!actor.listSources.has(source)) {
        throw new Refusal(
          403,
          'source-not-permitted',
          `You are not authorised to browse ${source} lists (USR-9). Ask an administrator.`,
        );
      }
      return hotlist.entries(list, { offset, limit, ...(plate !== undefined && { plate }) });
    }),
    sendHotListPart.does(async ({ list, upload, content }) => {
      statusOf(list);
      const bytes = Buffer.from(content, 'base64');
      if (upload === undefined) return { upload: incoming.put(bytes), bytes: bytes.length };
      return { upload, bytes: await incoming.append(upload, bytes) };
    }),
    importHotList.does((input, { actor }) => take(input, false, actor)),
    checkHotListFile.does((input, { actor }) => take(input, true, actor)),
    enableHotList.does(({ list }, { actor }) => choose(list, true, actor)),
    disableHotList.does(({ list }, { actor }) => choose(list, false, actor)),
    deleteHotList.does(async ({ list }, { actor }) => {
      statusOf(list);
      return { deleted: await hotlist.deleteList(list, actor.name) };
    }),
  ];
}

/** Throws a Refusal where the list is not the one any more that somebody means to replace; undefined: whichever it is. */
function refuseReplaced(
  { name, importedAt, importedBy }: ListStatus,
  replaces: string | null | undefined,
): void {
  if (replaces === undefined || replaces === importedAt) return;
  const who = importedAt === null ? '' : ` from ${importedBy ?? '–'}, ${localTime(importedAt)}`;
  throw new Refusal(
    409,
    'replaced-meanwhile',
    `${name} has another version since you looked at it${who}. Check the file again, then import it.`,
  );
}

function versionView(version: ListVersion): Omit<ListVersionView, 'isKept'> {
  const { number, entries, by, note, asOfMs, inUseMs, publishedMs, withdrawn } = version;
  return {
    ...{ version: number, entries, by, note, withdrawn },
    asOf: isoTime(asOfMs),
    inUseAt: isoTime(inUseMs),
    publishedAt: publishedMs === null ? null : isoTime(publishedMs),
  };
}
