import SQLite from 'better-sqlite3';
import { columnOf, selectList } from '../../platform/columns.ts';
import type { Database } from '../../platform/database.ts';
import type { Account } from './account.ts';

/** The accounts as stored. */
export interface Accounts {
  byName(username: string): Account | null;
  byId(id: string): Account | null;
  /** By username. */
  all(): Account[];
  isEmpty(): boolean;
  insert(account: Account): void;
  update(id: string, changes: Partial<Omit<Account, 'id'>>): void;
}

type Row = Omit<Account, 'listSources' | 'secondFactorConfirmed'> & {
  listSources: string;
  secondFactorConfirmed: number;
};

const columns = selectList([
  'id',
  'username',
  'name',
  'role',
  'organisation',
  'state',
  'stateSinceMs',
  'stateReason',
  'requestedBy',
  'createdBy',
  'createdAtMs',
  'approvedBy',
  'approvedAtMs',
  'trainingCourse',
  'trainingCompletedOn',
  'trainingExpiresOn',
  'retraining',
  'cletsUntil',
  'listSources',
  'password',
  'passwordTemporaryUntilMs',
  'secondFactor',
  'secondFactorConfirmed',
  'secondFactorStep',
  'lastLoginAtMs',
  'lockedOutAtMs',
] satisfies (keyof Row)[]);

export function createAccounts(db: Database): Accounts {
  const byName = db.prepare<[string], Row>(`SELECT ${columns} FROM account WHERE username = ?`);
  const byId = db.prepare<[string], Row>(`SELECT ${columns} FROM account WHERE id = ?`);
  const all = db.prepare<[], Row>(`SELECT ${columns} FROM account ORDER BY username`);
  const any = db.prepare('SELECT 1 FROM account LIMIT 1');

  return {
    byName: (username) => accountOf(byName.get(username)),
    byId: (id) => accountOf(byId.get(id)),
    all: () => all.all().flatMap((row) => accountOf(row) ?? []),
    isEmpty: () => any.get() === undefined,
    insert(account) {
      const names = Object.keys(account);
      const into = names.map(columnOf).join(', ');
      const values = names.map((name) => `@${name}`).join(', ');
      db.prepare(`INSERT INTO account (${into}) VALUES (${values})`).run(stored(account));
    },
    update(id, changes) {
      const set = Object.keys(changes).map((name) => `${columnOf(name)} = @${name}`);
      if (set.length === 0) return;
      db.prepare(`UPDATE account SET ${set.join(', ')} WHERE id = @id`).run({
        ...stored(changes),
        id,
      });
    },
  };
}

/**
 * How many accounts the `people.db` at this path holds. Opens it read-only; throws SQLite's error if it cannot be read.
 */
export function countAccounts(path: string): number {
  const db = new SQLite(path, { readonly: true, fileMustExist: true });
  try {
    return Number(db.prepare('SELECT count(*) FROM account').pluck().get());
  } finally {
    db.close();
  }
}

function accountOf(row: Row | undefined): Account | null {
  if (row === undefined) return null;
  return {
    ...row,
    listSources: JSON.parse(row.listSources) as Account['listSources'],
    secondFactorConfirmed: row.secondFactorConfirmed === 1,
  };
}

function stored(changes: Partial<Account>): Record<string, unknown> {
  const { listSources, secondFactorConfirmed, ...rest } = changes;
  return {
    ...rest,
    ...(listSources === undefined ? {} : { listSources: JSON.stringify(listSources) }),
    ...(secondFactorConfirmed === undefined
      ? {}
      : { secondFactorConfirmed: secondFactorConfirmed ? 1 : 0 }),
  };
}
