import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { copyFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListSource } from '../../config/sections/lists.ts';
import { fileFault, Problem } from '../../platform/problem.ts';
import { type Fetched, mostBytes } from './fetched.ts';

const doneMark = '.done';
const refusedMark = '.refused';
const reasonMark = '.refused.txt';

interface SeenFile {
  name: string;
  size: number;
  changedMs: number;
}

/** What was last seen of each file of a folder, by name. */
export type FolderMemory = Map<string, { size: number; changedMs: number; sinceMs: number }>;

/**
 * The oldest file of a folder that is whole, copied to `to`; null if there is none. Once it is settled it leaves the folder: a
 * file that was taken is removed, one that was not is renamed, with its reason beside it. `seen`: as the last one had it.
 */
export async function fetchFromFolder(
  { path, ending, complete, stableS }: ListSource<'folder'>,
  deps: { to: string; memory: FolderMemory; seen: string | null; nowMs: number },
): Promise<Fetched | null> {
  const { to, memory, nowMs } = deps;
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    throw new Problem(`the folder ${path} cannot be read (${fileFault(error)})`);
  }
  const files = names
    .filter((name) => !/^\.|\n/.test(name) && !name.includes(refusedMark))
    .filter((name) => !name.endsWith(doneMark) && (ending === undefined || name.endsWith(ending)))
    .flatMap((name) => {
      // A link could lead to any file of headquarters.
      const stat = lstatSync(join(path, name), { throwIfNoEntry: false });
      return stat?.isFile() ? [{ name, size: stat.size, changedMs: stat.mtimeMs }] : [];
    })
    .sort((one, other) => one.changedMs - other.changedMs);
  for (const name of memory.keys()) {
    if (!files.some((each) => each.name === name)) memory.delete(name);
  }
  const isWhole = ({ name, size, changedMs }: SeenFile): boolean => {
    if (complete === 'done') return existsSync(join(path, `${name}${doneMark}`));
    const before = memory.get(name);
    if (before === undefined || before.size !== size || before.changedMs !== changedMs) {
      memory.set(name, { size, changedMs, sinceMs: nowMs });
      return false;
    }
    return size > 0 && nowMs - before.sinceMs >= stableS * 1000;
  };
  // Those that were taken and could not be moved away.
  const taken = (deps.seen ?? '').split('\n');
  const there = files.map(seenOf).filter((each) => taken.includes(each));
  const whole = files.filter(isWhole).find((each) => !there.includes(seenOf(each)));
  if (whole === undefined) return null;
  const { name, size, changedMs } = whole;
  if (size > mostBytes) throw new Problem(`${join(path, name)} is longer than ${mostBytes} bytes`);
  const own = join(path, name);
  await copyFile(own, to);
  await utimes(to, changedMs / 1000, changedMs / 1000);
  return {
    file: to,
    name,
    seen: [...there, seenOf(whole)].join('\n'),
    async settle(refusal) {
      memory.delete(name);
      if (complete === 'done') await rm(`${own}${doneMark}`, { force: true });
      if (refusal === null) {
        await rm(own, { force: true });
        return;
      }
      await rename(own, `${own}${refusedMark}`);
      await writeFile(`${own}${reasonMark}`, `${refusal}\n`, { mode: 0o640 });
    },
  };
}

const seenOf = ({ name, size, changedMs }: SeenFile): string =>
  `${name} ${size} ${Math.floor(changedMs)}`;
