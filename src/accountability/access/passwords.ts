import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../gate/refusal.ts';
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

/** Hashes passwords with scrypt and the unit's secret key. Passwords of any length are used in full. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** A null hash (unknown name) costs the same work and gives false. */
  verify(hash: string | null, password: string): Promise<boolean>;
  /** How often scrypt has run. */
  readonly runs: number;
}

export function createPasswords(key: UnitKey, cost: ScryptCost = defaultCost): Passwords {
  let runs = 0;
  let waiting = 0;
  let line: Promise<unknown> = Promise.resolve();
  const unknownUser = format(cost, randomBytes(16), randomBytes(32));

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
        error === null ? resolve(key.hash('password', bytes)) : reject(error),
      );
      return promise;
    });
    line = turn.catch(() => undefined);
    return turn.finally(() => {
      waiting -= 1;
    });
  };

  return {
    async hash(password) {
      const salt = randomBytes(16);
      return format(cost, salt, await derive(password, salt, cost));
    },
    async verify(hash, password) {
      const known = parse(hash ?? unknownUser);
      const derived = await derive(password, known.salt, known.cost);
      return timingSafeEqual(derived, known.hash) && hash !== null;
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
