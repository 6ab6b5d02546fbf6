import { randomInt } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Passwords } from './passwords.ts';
import type { PeopleDatabase } from './tables.ts';

/** So many codes are in a set, each good once. */
const codesInSet = 10;
const digits = 12;

/**
 * Codes that stand in for the app's code when the phone is lost: a set of ten, each good once, kept as hashes of scrypt under
 * one salt, so that a login costs one run. They are good on this computer alone, as no other could know in time that one is
 * used up. They go when the app is taken back (a trigger of the table).
 */
export interface RecoveryCodes {
  /** A new set, which is told this once; codes of the set before are good no more. */
  make(account: string): Promise<string[]>;
  /** How many are not used up. */
  left(account: string): number;
  /**
   * Uses a code up; false if it is none of theirs, or is used up. `record` is told how many are left; if it throws, the code
   * stays good.
   */
  spend(account: string, code: string, record: (left: number) => void): Promise<boolean>;
}

const plain = (typed: string): string => typed.replaceAll(/[\s-]/g, '');

/** Whether what was typed has the form of a recovery code, and not of a code of an app. */
export function isRecoveryCode(typed: string): boolean {
  return new RegExp(`^\\d{${digits}}$`).test(plain(typed));
}

export function createRecoveryCodes(deps: {
  people: PeopleDatabase;
  passwords: Passwords;
  now: Clock;
}): RecoveryCodes {
  const { passwords, now } = deps;
  const { db } = deps.people;
  const insert = db.prepare(
    'INSERT INTO recovery_code (account, hash, made_at_ms, used_at_ms) VALUES (?, ?, ?, NULL)',
  );
  const removeAll = db.prepare('DELETE FROM recovery_code WHERE account = ?');
  const unused = db
    .prepare<[string], string>(
      'SELECT hash FROM recovery_code WHERE account = ? AND used_at_ms IS NULL',
    )
    .pluck();
  const use = db.prepare(
    'UPDATE recovery_code SET used_at_ms = ? WHERE account = ? AND hash = ? AND used_at_ms IS NULL',
  );

  const left = (account: string): number => unused.all(account).length;
  return {
    left,
    async make(account) {
      const codes = new Set<string>();
      while (codes.size < codesInSet) {
        codes.add(Array.from({ length: digits }, () => randomInt(10)).join(''));
      }
      const hashes = await passwords.hashSet([...codes]);
      db.transaction(() => {
        removeAll.run(account);
        for (const hash of hashes) insert.run(account, hash, Math.floor(now()));
      }).immediate();
      return [...codes].map((code) => code.replace(/(\d{4})(?=\d)/g, '$1 '));
    },
    async spend(account, code, record) {
      const hash = await passwords.among(unused.all(account), plain(code));
      if (hash === null) return false;
      return db
        .transaction(() => {
          // Another login may have used it up in the meantime.
          if (use.run(Math.floor(now()), account, hash).changes === 0) return false;
          record(left(account));
          return true;
        })
        .immediate();
    },
  };
}
