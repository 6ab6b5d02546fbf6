import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isoTime } from '../platform/clock.ts';
import { readRegularFile } from '../platform/regular-file.ts';
import { writeFileDurably } from '../platform/write-file-durably.ts';
import { type ListRefresh, listRefreshSchema, type Manifest } from './messages.ts';

/** How the newest download of each list stands. */
export interface RefreshStates {
  /** Loads the states of the last run. */
  load(): void;
  of(list: string): ListRefresh | undefined;
  all(): ListRefresh[];
  /** `isKept`: also for the next run. */
  set(
    manifest: Manifest,
    change: Pick<ListRefresh, 'state'> & Partial<ListRefresh>,
    isKept?: boolean,
  ): Promise<void>;
}

/** States kept in files of a folder, which `load` creates. */
export function createRefreshStates(folder: string, onChanged: () => void): RefreshStates {
  const states = new Map<string, ListRefresh>();
  return {
    load() {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const state of readStates(folder)) states.set(state.list, state);
    },
    of: (list) => states.get(list),
    all: () => [...states.values()],
    async set({ list, version, sha256 }, change, isKept = false) {
      const state = {
        list,
        version,
        sha256,
        problem: null,
        entries: null,
        rejected: null,
        at: isoTime(Date.now()),
        ...change,
      };
      states.set(list, state);
      onChanged();
      if (isKept) await writeFileDurably(join(folder, `${list}.json`), JSON.stringify(state));
    },
  };
}

/** States of the last run; an unreadable file counts as none, and the list is fetched again. */
function readStates(folder: string): ListRefresh[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      try {
        return [
          listRefreshSchema.parse(JSON.parse(readRegularFile(join(folder, name)).toString('utf8'))),
        ];
      } catch {
        return [];
      }
    });
}
