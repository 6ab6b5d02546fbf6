import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import { pathOfSetAside, type SetAside, setAsideOf } from '../platform/damaged-database.ts';
import { type Database, openDatabase, openOwnDatabase } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { createListSwitches, type ListSwitch } from './list-switches.ts';
import { hotlistMigrations } from './tables.ts';

/** `hotlist.db`, which may be exchanged for a new one when it is damaged. */
export interface ListsFile {
  readonly db: Database;
  /** The newest damaged file: lists that are not here since were lost with it. */
  readonly lost: SetAside | null;
  /** How often the file was exchanged. */
  readonly exchanges: number;
  /** See `OwnDatabase.foundDamage`. */
  foundDamage(error: unknown, exchanges: number): void;
}

/**
 * Opens `hotlist.db`. The daemon owns it: a damaged file is set aside, what people switched on or off is taken over as far
 * as it can be read, and headquarters sends its lists again. A command throws a DamagedDatabase in place of that.
 */
export function openListsFile(options: {
  path: string;
  isOwner: boolean;
  log: Log;
  /** The file was exchanged while it was in use. */
  onExchanged: () => void;
}): ListsFile {
  const { path, isOwner, log } = options;
  let lost = setAsideOf(path).at(-1) ?? null;
  if (!isOwner) {
    return {
      db: openDatabase(path, hotlistMigrations),
      lost,
      exchanges: 0,
      foundDamage() {},
    };
  }
  let switches: ReturnType<typeof createListSwitches> | null = null;
  const own = openOwnDatabase(path, hotlistMigrations, {
    onSetAside(aside) {
      lost = aside;
      log.error(
        { database: aside.database, setAside: aside.file },
        'the database of the hot lists is damaged and was set aside: every list must come again',
      );
      if (switches === null) return;
      takeOverSwitches(aside);
      options.onExchanged();
    },
  });
  switches = createListSwitches(own.db);
  if (own.exchanges > 0 && lost !== null) takeOverSwitches(lost);

  function takeOverSwitches(aside: SetAside): void {
    for (const [id, choice] of readSwitches(pathOfSetAside(dirname(path), aside))) {
      switches?.set(id, choice);
    }
  }

  return {
    db: own.db,
    get lost() {
      return lost;
    },
    get exchanges() {
      return own.exchanges;
    },
    foundDamage: own.foundDamage,
  };
}

/** The switches in a damaged file; none if they cannot be read. */
function readSwitches(path: string): Map<string, ListSwitch> {
  try {
    const db = new SQLite(path, { readonly: true, fileMustExist: true });
    try {
      return createListSwitches(db).all();
    } finally {
      db.close();
    }
  } catch {
    return new Map();
  }
}
