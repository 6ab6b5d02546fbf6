import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Account } from './account.ts';
import type { Accounts } from './accounts.ts';
import type { PeopleDatabase } from './tables.ts';
import { base32, matchTotp, newTotpSecret, totpUri } from './totp.ts';

/** What the owner of a session needs to enrol a second factor. */
export interface SecondFactorOffer {
  /** Base32, to type into an authenticator app. */
  secret: string;
  /** For a QR code. */
  uri: string;
}

/** Second factors with time-based codes; the secrets are encrypted in the database. */
export interface SecondFactors {
  /** A new secret; it takes effect when its first code is confirmed. */
  offer(account: Account): SecondFactorOffer;
  confirm(account: Account, code: string): void;
  /** Uses a code; false if it is wrong or was already used. */
  spend(account: Account, code: string): boolean;
}

export function createSecondFactors(deps: {
  people: PeopleDatabase;
  accounts: Accounts;
  unitId: string;
  now: Clock;
}): SecondFactors {
  const { accounts, now } = deps;
  const sealing = deps.people.key.derive('second factor');

  const spend = (account: Account, code: string): boolean => {
    if (account.secondFactor === null) return false;
    const secret = unseal(sealing, account.secondFactor);
    const step = matchTotp(secret, code, now(), account.secondFactorStep);
    if (step !== null) accounts.update(account.id, { secondFactorStep: step });
    return step !== null;
  };

  return {
    spend,
    offer(account) {
      if (account.secondFactorConfirmed) {
        throw new Refusal(
          409,
          'second-factor-enrolled',
          'A second factor is already enrolled; an administrator can reset it.',
        );
      }
      const secret = newTotpSecret();
      accounts.update(account.id, { secondFactor: seal(sealing, secret), secondFactorStep: 0 });
      return { secret: base32(secret), uri: totpUri(secret, deps.unitId, account.username) };
    },
    confirm(account, code) {
      if (account.secondFactor === null || account.secondFactorConfirmed) {
        throw new Refusal(409, 'second-factor-not-offered', 'Begin the enrolment first.');
      }
      if (!spend(account, code)) {
        throw new Refusal(
          400,
          'second-factor-wrong',
          'This code is not valid now. Check that the clocks of the phone and of this unit agree.',
        );
      }
      accounts.update(account.id, { secondFactorConfirmed: true });
    },
  };
}

/** AES-256-GCM: nonce, tag, text. */
function seal(key: Buffer, secret: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const text = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function unseal(key: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}
