import { type SetAside, setAsideIn } from '../platform/damaged-database.ts';
import { localTime } from '../platform/local-time.ts';

/** Databases that were damaged and set aside. */
export interface StorageHealth {
  setAside: SetAside[];
  /** What was lost and what to do; null if nothing was set aside. The hot lists have problems of their own. */
  problem: string | null;
}

/** What lies set aside in the data folder. */
export function storageHealth(dataDir: string): StorageHealth {
  const setAside = setAsideIn(dataDir);
  const lost = setAside.filter(({ database }) => database === 'lookout.db').at(-1);
  return {
    setAside,
    problem:
      lost === undefined
        ? null
        : `${lost.database} was damaged and set aside at ${localTime(lost.at)} as ${lost.file}: what was recorded before is not ` +
          'found by searches, and hot plates, holds and messages that waited may be missing. Enter the hot plates ' +
          'again, have the file recovered, and move it out of the data folder.',
  };
}
