import SQLite from 'better-sqlite3';
import { uuidv7 } from 'uuidv7';
import { columnOf, selectList } from '../../platform/columns.ts';
import type { Database } from '../../platform/database.ts';
import type { Account } from './account.ts';

/** The accounts as stored. */
export interface Accounts {
  byName(username: string): Account | null;
  byId(id: string): Account | null;
  /** By username. */
  all(): Account[];
  /** Those that wait for an approval, by username. */
  pending(): Account[];
  isEmpty(): boolean;
  insert(account: Account): void;
  /**
   * `decided`: by people, so that all units of the agency are told. `local`: by this unit alone, or by headquarters, which
   * tells the others itself.
   */
  update(id: string, changes: Partial<Omit<Account, 'id'>>, how?: 'decided' | 'local'): void;
  /** Accounts whose latest change is not in the outbox yet. */
  unsent(): Account[];
}

/** The parts of an account that all units know, each with a revision. */
const parts = {
  standingRevision: ['state', 'stateSinceMs', 'stateReason', 'approvedBy', 'approvedAtMs'],
  rightsRevision: [
    'name',
    'role',
    'organisation',
    'trainingCourse',
    'trainingCompletedOn',
    'trainingExpiresOn',
    'retraining',
    'cletsUntil',
    'listSources',
  ],
  secretsRevision: [
    'password',
    'passwordTemporaryUntilMs',
    'secondFactor',
    'secondFactorConfirmed',
  ],
} as const satisfies Partial<Record<keyof Account, readonly (keyof Account)[]>>;

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
  'lastUsedElsewhereOn',
  'lockedOutAtMs',
  'sharedPassword',
  'standingRevision',
  'rightsRevision',
  'secretsRevision',
  'sealedSecrets',
  'unsentId',
] satisfies (keyof Row)[]);

export function createAccounts(db: Database): Accounts {
  const byName = db.prepare<[string], Row>(`SELECT ${columns} FROM account WHERE username = ?`);
  const byId = db.prepare<[string], Row>(`SELECT ${columns} FROM account WHERE id = ?`);
  const all = db.prepare<[], Row>(`SELECT ${columns} FROM account ORDER BY username`);
  const pending = db.prepare<[], Row>(
    `SELECT ${columns} FROM account WHERE state = 'pending' ORDER BY username`,
  );
  const unsent = db.prepare<[], Row>(
    `SELECT ${columns} FROM account WHERE unsent_id IS NOT NULL ORDER BY unsent_id`,
  );
  const any = db.prepare('SELECT 1 FROM account LIMIT 1');

  return {
    byName: (username) => accountOf(byName.get(username)),
    byId: (id) => accountOf(byId.get(id)),
    all: () => all.all().flatMap((row) => accountOf(row) ?? []),
    pending: () => pending.all().flatMap((row) => accountOf(row) ?? []),
    isEmpty: () => any.get() === undefined,
    insert(account) {
      const names = Object.keys(account);
      const into = names.map(columnOf).join(', ');
      const values = names.map((name) => `@${name}`).join(', ');
      db.prepare(`INSERT INTO account (${into}) VALUES (${values})`).run(stored(account));
    },
    update(id, changes, how = 'decided') {
      const set = Object.keys(changes).map((name) => `${columnOf(name)} = @${name}`);
      if (set.length === 0) return;
      const told = how === 'decided' ? tellAll(changes) : [];
      db.prepare(`UPDATE account SET ${[...set, ...told].join(', ')} WHERE id = @id`).run({
        ...stored(changes),
        id,
        ...(told.length > 0 && { messageId: uuidv7() }),
      });
    },
    unsent: () => unsent.all().flatMap((row) => accountOf(row) ?? []),
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

/** What else a change by people sets: the revisions of the parts that it touches, and that it is to be sent. */
function tellAll(changes: Partial<Account>): string[] {
  const touched = Object.entries(parts).filter(([, fields]) =>
    fields.some((field) => Object.hasOwn(changes, field)),
  );
  const revisions = touched.map(([name]) => `${columnOf(name)} = ${columnOf(name)} + 1`);
  if (Object.hasOwn(changes, 'sharedPassword') || Object.hasOwn(changes, 'secondFactorConfirmed')) {
    revisions.push('sealed_secrets = NULL');
  }
  if (touched.length > 0 || Object.hasOwn(changes, 'sharedPassword')) {
    return [...revisions, 'unsent_id = @messageId'];
  }
  if (!Object.hasOwn(changes, 'lastLoginAtMs')) return [];
  // Of the logins of a day the first is told: an account counts as unused only if no unit has seen its owner.
  const day = (text: string) => `date(${text} / 1000, 'unixepoch')`;
  const known = `max(coalesce(${day('last_login_at_ms')}, ''), coalesce(last_used_elsewhere_on, ''))`;
  const isNewDay = `${day('@lastLoginAtMs')} > ${known}`;
  return [`unsent_id = iif(${isNewDay}, @messageId, unsent_id)`];
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
