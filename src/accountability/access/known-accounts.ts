import type { Database } from '../../platform/database.ts';
import type { Account } from './account.ts';
import { accountKey } from './shared-account.ts';

/** How far an account had come on this unit, kept outside of `people.db`. */
export interface KnownAccount {
  /** A message of headquarters with this number or a higher one tells the account as it was here, or later. */
  sequence: number;
  standing: number;
  rights: number;
  secrets: number;
}

/**
 * Whether `people.db` is up to date about each account. One that was put back from a backup may hold an account as open
 * that was closed since: such an account is not let in until headquarters has told it again (USR-4).
 */
export interface AccountsTold {
  /** The number of the last message of headquarters that `people.db` has taken about the account; 0 before the first. */
  sequenceOf(key: string): number;
  /** To be called in the transaction that takes the message. */
  told(key: string, sequence: number): void;
  /** Whether the unit knew a later state than the one in `people.db`. */
  isBehind(account: Account): boolean;
  /** A person who may write the data folder vouches for the account as it is. */
  accept(username: string): void;
}

/** `knownOf`: how far the account had come by what the unit keeps beside `people.db`; null: nothing is known. */
export function createAccountsTold(
  db: Database,
  knownOf: (key: string) => KnownAccount | null,
): AccountsTold {
  const select = db
    .prepare<[string], number>('SELECT sequence FROM account_told WHERE id = ?')
    .pluck();
  const upsert = db.prepare(
    'INSERT INTO account_told VALUES (?, ?) ON CONFLICT DO UPDATE SET sequence = excluded.sequence',
  );
  const sequenceOf = (key: string): number => select.get(key) ?? 0;
  const told = (key: string, sequence: number): void => {
    if (sequence > sequenceOf(key)) upsert.run(key, sequence);
  };
  return {
    sequenceOf,
    told,
    isBehind(account) {
      const key = accountKey(account.username);
      const known = knownOf(key);
      if (known === null || sequenceOf(key) >= known.sequence) return false;
      return (
        account.standingRevision < known.standing ||
        account.rightsRevision < known.rights ||
        account.secretsRevision < known.secrets
      );
    },
    accept(username) {
      const key = accountKey(username);
      const known = knownOf(key);
      if (known !== null) told(key, known.sequence);
    },
  };
}
