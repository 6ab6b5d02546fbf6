import type { Database } from '../platform/database.ts';

/** A person's switch of a list, on or off, on this unit (HOT-15). */
export interface ListSwitch {
  enabled: boolean;
  /** The person's name. */
  by: string;
  atMs: number;
}

/** The switches set on this unit; they override the configuration in every process. */
export function createListSwitches(db: Database) {
  const all = db.prepare<[], { listId: string; enabled: number; by: string; atMs: number }>(
    'SELECT list_id AS listId, enabled, by, at_ms AS atMs FROM list_choice',
  );
  const put = db.prepare('INSERT OR REPLACE INTO list_choice VALUES (?, ?, ?, ?)');
  return {
    all: (): Map<string, ListSwitch> =>
      new Map(
        all
          .all()
          .map(({ listId, enabled, ...rest }) => [listId, { ...rest, enabled: enabled === 1 }]),
      ),
    set(listId: string, { enabled, by, atMs }: ListSwitch): void {
      put.run(listId, enabled ? 1 : 0, by, Math.floor(atMs));
    },
  };
}
