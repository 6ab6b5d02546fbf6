import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../gate/refusal.ts';
import type { Account } from './account.ts';
import { seal, unseal } from './seal.ts';
import type { UnitKey } from './unit-key.ts';

/** Cost of one check; stored with each hash, so that it can be raised later. */
export interface ScryptCost {
  N: number;
  r: number;
  p: number;
}

/** 32 MiB and about a quarter of a second on a small computer; one of the choices that OWASP calls equal. */
const defaultCost: ScryptCost = { N: 2 ** 15, r: 8, p: 3 };

/** Checks run one after another, so that a flood of logins cannot take memory from the cameras. */
const maxWaiting = 16;

/** A password as an account holds it. */
export type PasswordFields = Pick<Account, 'password' | 'sharedPassword'>;

/**
 * Hashes passwords with scrypt and the unit's secret key. Passwords of any length are used in full. The hash that an
 * account logs in by holds on this unit alone; the one before that, for other units, is sealed with the unit's key.
 */
export interface Passwords {
  hash(password: string): Promise<PasswordFields>;
  /** The fields of a right password, else null. A null hash (unknown name) costs the same work and gives null. */
  verify(hash: string | null, password: string): Promise<PasswordFields | null>;
  /**
   * What other units can take of an account's password; null if nothing is known of this one. Throws if it was sealed with
   * another unit's key.
   */
  shared(fields: PasswordFields): string | null;
  /** The fields of a password that was set on another unit. Throws if that is not a hash. */
  ofOtherUnit(shared: string): PasswordFields;
  /** Hashes of secrets of which somebody gives one later, under one salt; for this unit alone. */
  hashSet(secrets: readonly string[]): Promise<string[]>;
  /** The hash of a secret among those of one set; null if it is none of them. Of an empty set it costs the same work. */
  among(hashes: readonly string[], secret: string): Promise<string | null>;
  /** How often scrypt has run. */
  readonly runs: number;
}

export function createPasswords(key: UnitKey, cost: ScryptCost = defaultCost): Passwords {
  let runs = 0;
  let waiting = 0;
  let line: Promise<unknown> = Promise.resolve();
  const unknownUser = format(cost, randomBytes(16), randomBytes(32));

  const sealing = key.derive('shared password');
  const fieldsOf = (cost: ScryptCost, salt: Buffer, bytes: Buffer): PasswordFields => ({
    password: format(cost, salt, key.hash('password', bytes)),
    sharedPassword: seal(sealing, Buffer.from(format(cost, salt, bytes))),
  });

  const derive = (password: string, salt: Buffer, { N, r, p }: ScryptCost): Promise<Buffer> => {
    if (waiting >= maxWaiting) {
      throw new Refusal(
        429,
        'busy',
        'Too many logins at the same time. Try again in a few seconds.',
      );
    }
    waiting += 1;
    const turn = line.then(() => {
      runs += 1;
      const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
      const limits = { N, r, p, maxmem: 64 * 2 ** 20 + 128 * N * r };
      scrypt(password.normalize('NFKC'), salt, 32, limits, (error, bytes) =>
        error === null ? resolve(bytes) : reject(error),
      );
      return promise;
    });
    line = turn.catch(() => undefined);
    return turn.finally(() => {
      waiting -= 1;
    });
  };

  const ofOtherUnit = (shared: string): PasswordFields => {
    const { cost: theirs, salt, hash } = parse(shared);
    return fieldsOf(theirs, salt, hash);
  };

  return {
    async hash(password) {
      const salt = randomBytes(16);
      return fieldsOf(cost, salt, await derive(password, salt, cost));
    },
    async verify(hash, password) {
      const known = parse(hash ?? unknownUser);
      const derived = await derive(password, known.salt, known.cost);
      const isRight = timingSafeEqual(key.hash('password', derived), known.hash) && hash !== null;
      return isRight ? fieldsOf(known.cost, known.salt, derived) : null;
    },
    shared({ password, sharedPassword }) {
      if (sharedPassword === null) return null;
      const shared = unseal(sealing, sharedPassword).toString();
      return ofOtherUnit(shared).password === password ? shared : null;
    },
    ofOtherUnit,
    async hashSet(secrets) {
      const salt = randomBytes(16);
      const hashes: string[] = [];
      // One after the other: together they would fill the line for logins.
      for (const secret of secrets) {
        const derived = await derive(secret, salt, cost);
        hashes.push(format(cost, salt, key.hash('one of a set', derived)));
      }
      return hashes;
    },
    async among(hashes, secret) {
      const known = parse(hashes[0] ?? unknownUser);
      const hash = key.hash('one of a set', await derive(secret, known.salt, known.cost));
      const found = hashes.filter((each) => timingSafeEqual(parse(each).hash, hash));
      return found[0] ?? null;
    },
    get runs() {
      return runs;
    },
  };
}

function format({ N, r, p }: ScryptCost, salt: Buffer, hash: Buffer): string {
  return ['scrypt', N, r, p, salt.toString('base64'), hash.toString('base64')].join('$');
}

function parse(text: string): { cost: ScryptCost; salt: Buffer; hash: Buffer } {
  const [kind, N, r, p, salt, hash] = text.split('$');
  if (kind !== 'scrypt' || salt === undefined || hash === undefined) {
    throw new Error('a password hash in people.db is damaged');
  }
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}
