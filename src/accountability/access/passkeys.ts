import type { PeopleDatabase } from './tables.ts';

/** A security key of a person, as this unit knows it: what it signs with stays in it. */
export interface Passkey {
  /** Base64url, made by the key. */
  id: string;
  account: string;
  /** The name of the page for which it was made: it is of no use for another. */
  site: string;
  /** What its owner calls it. */
  name: string;
  publicKey: Buffer;
  /** Of its signatures; 0 in keys that do not count. */
  counter: number;
  transports: string[];
  /** Whether it asks its owner for a finger, a face or a PIN of its own, and so unlocks a page. */
  verifies: boolean;
  addedAtMs: number;
  usedAtMs: number | null;
}

/** The security keys that were registered on this unit, by account. */
export interface Passkeys {
  of(account: string): Passkey[];
  has(account: string): boolean;
  add(passkey: Passkey): void;
  /** Notes that a key has signed. */
  used(id: string, counter: number, atMs: number): void;
  remove(account: string, id: string): void;
  removeAll(account: string): void;
}

type Row = Omit<Passkey, 'transports' | 'verifies'> & { transports: string; verifies: number };

export function createPasskeys({ db }: PeopleDatabase): Passkeys {
  const select = db.prepare<[string], Row>(
    `SELECT id, account, site, name, public_key AS publicKey, counter, transports, verifies, added_at_ms AS addedAtMs,
       used_at_ms AS usedAtMs
     FROM passkey WHERE account = ? ORDER BY added_at_ms, id`,
  );
  const has = db.prepare<[string]>('SELECT 1 FROM passkey WHERE account = ? LIMIT 1');
  const insert = db.prepare(
    `INSERT INTO passkey VALUES (@id, @account, @site, @name, @publicKey, @counter, @transports, @verifies, @addedAtMs,
       @usedAtMs)`,
  );
  const use = db.prepare('UPDATE passkey SET counter = ?, used_at_ms = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM passkey WHERE account = ? AND id = ?');
  const removeAll = db.prepare('DELETE FROM passkey WHERE account = ?');

  return {
    of: (account) =>
      select.all(account).map((row) => ({
        ...row,
        transports: row.transports === '' ? [] : row.transports.split(' '),
        verifies: row.verifies === 1,
      })),
    has: (account) => has.get(account) !== undefined,
    add: (passkey) =>
      void insert.run({
        ...passkey,
        transports: passkey.transports.join(' '),
        verifies: passkey.verifies ? 1 : 0,
      }),
    used: (id, counter, atMs) => void use.run(counter, atMs, id),
    remove: (account, id) => void remove.run(account, id),
    removeAll: (account) => void removeAll.run(account),
  };
}
