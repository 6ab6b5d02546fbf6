import { readdirSync, rmSync } from 'node:fs';
import { copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { applyListDelta } from '../hotlist/list-deltas.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import { sha256OfFile } from '../platform/sha256-of-file.ts';
import { downloadList, partPath } from './download-list.ts';
import type { ListChunks } from './list-chunks.ts';
import type { Manifest } from './messages.ts';

const ending = '.entries';

/**
 * The file of entries of each list that is in force, from which a delta makes the next one. It goes with its list: nothing of a
 * list that was deleted or has ended is kept here.
 */
export function createKeptLists(folder: string, log: Log) {
  const pathOf = (list: string, sha256: string) => join(folder, `${list}-${sha256}${ending}`);
  const isOf = (list: string, name: string): boolean =>
    name.endsWith(ending) && name.slice(0, -ending.length).replace(/-[0-9a-f]{64}$/, '') === list;
  const isWhole = async (path: string, sha256: string): Promise<boolean> =>
    sha256OfFile(path).then(
      (hash) => hash === sha256,
      () => false,
    );

  /** Makes the file of a manifest of the version before and the delta; false: it must be fetched. */
  async function fromDelta(
    { list, sha256, delta }: Manifest,
    path: string,
    deps: Parameters<typeof downloadList>[3],
  ): Promise<boolean> {
    if (delta === undefined) return false;
    const base = pathOf(list, delta.from);
    if (!(await isWhole(base, delta.from))) return false;
    const part = partPath(folder, list, delta);
    try {
      if (!(await downloadList(list, delta, part, deps))) return false;
      const made = await applyListDelta(base, part, path);
      if (made.sha256 === sha256) return true;
      await rm(path, { force: true });
    } catch (error) {
      log.warn({ list, problem: messageOf(error) }, 'the whole of a hot list is fetched');
    } finally {
      if (!deps.isOutdated()) await rm(part, { force: true });
    }
    return false;
  }

  return {
    /** Puts the file of a manifest at `path` without fetching all of it; false if that cannot be. */
    async make(
      manifest: Manifest,
      path: string,
      deps: { agency: string; chunks: ListChunks; isOutdated: () => boolean },
    ): Promise<boolean> {
      const { list, sha256, form } = manifest;
      if (form !== 'entries') return false;
      const same = pathOf(list, sha256);
      if (!(await isWhole(same, sha256))) return fromDelta(manifest, path, deps);
      await copyFile(same, path);
      return true;
    },
    /** Keeps the file at `path`, which is in force now, in place of the one before. */
    async keep({ list, sha256 }: Manifest, path: string): Promise<void> {
      const kept = pathOf(list, sha256);
      await rename(path, kept);
      for (const name of readdirSync(folder)) {
        if (isOf(list, name) && join(folder, name) !== kept) await rm(join(folder, name));
      }
    },
    /** Removes the files of lists that have no entries. */
    sweep(lists: readonly { id: string; entries: number }[]): void {
      const filled = lists.filter(({ entries }) => entries > 0).map(({ id }) => id);
      for (const name of readdirSync(folder)) {
        if (!name.endsWith(ending) || filled.some((list) => isOf(list, name))) continue;
        rmSync(join(folder, name), { force: true });
      }
    },
  };
}
