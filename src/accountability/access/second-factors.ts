import type { Clock } from '../../platform/clock.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Account } from './account.ts';
import type { Accounts } from './accounts.ts';
import { qrRows } from './qr-code.ts';
import { seal, unseal } from './seal.ts';
import type { PeopleDatabase } from './tables.ts';
import { base32, matchTotp, newTotpSecret, totpUri } from './totp.ts';

/** What the owner of a session needs to enrol a second factor. */
export interface SecondFactorOffer {
  /** Base32, to type into an authenticator app. */
  secret: string;
  /** What an authenticator app reads from a QR code. */
  uri: string;
  /** That code: its rows, each module a `1` if it is dark. */
  qr: string[];
}

/** Second factors with time-based codes; the secrets are encrypted in the database. */
export interface SecondFactors {
  /** A new secret; it takes effect, and one that is enrolled ends, when its first code is confirmed. */
  offer(account: Account): SecondFactorOffer;
  confirm(account: Account, code: string): void;
  /** Uses a code; false if it is wrong or was already used. */
  spend(account: Account, code: string): boolean;
  /** A confirmed secret, for the other units of the agency; null if there is none. */
  secretOf(account: Account): Buffer | null;
  /** The fields of a secret that was confirmed on another unit; its codes are each good once here, too. */
  ofOtherUnit(
    secret: Buffer | null,
  ): Pick<Account, 'secondFactor' | 'secondFactorConfirmed' | 'secondFactorStep'>;
}

/** The first code of another app is waited for so long, ms. */
const replacingMs = 15 * 60_000;

export function createSecondFactors(deps: {
  people: PeopleDatabase;
  accounts: Accounts;
  unitId: string;
  now: Clock;
  /** Counts up whatever the clock does, ms. */
  steady?: Clock;
}): SecondFactors {
  const { accounts, now, steady = () => performance.now() } = deps;
  const sealing = deps.people.key.derive('second factor');

  const spend = (account: Account, code: string): boolean => {
    if (account.secondFactor === null) return false;
    const secret = unseal(sealing, account.secondFactor);
    const step = matchTotp(secret, code, now(), account.secondFactorStep);
    if (step !== null) accounts.update(account.id, { secondFactorStep: step });
    return step !== null;
  };

  /** Secrets that are to take the place of an enrolled one, by account. */
  const replacing = new Map<string, { secret: Buffer; untilMs: number }>();

  const shown = (secret: Buffer, { username }: Account): SecondFactorOffer => {
    const uri = totpUri(secret, deps.unitId, username);
    return { secret: base32(secret), uri, qr: qrRows(uri) };
  };
  const wrongCode = () =>
    new Refusal(
      400,
      'second-factor-wrong',
      'This code is not valid now. Check that the clocks of the phone and of this unit agree.',
    );

  return {
    spend,
    secretOf: ({ secondFactor, secondFactorConfirmed }) =>
      secondFactor !== null && secondFactorConfirmed ? unseal(sealing, secondFactor) : null,
    ofOtherUnit: (secret) => ({
      secondFactor: secret === null ? null : seal(sealing, secret),
      secondFactorConfirmed: secret !== null,
      secondFactorStep: 0,
    }),
    offer(account) {
      const secret = newTotpSecret();
      if (account.secondFactorConfirmed) {
        replacing.set(account.id, { secret, untilMs: steady() + replacingMs });
        return shown(secret, account);
      }
      const offered = { secondFactor: seal(sealing, secret), secondFactorStep: 0 };
      // Other units learn of it once it is confirmed.
      accounts.update(account.id, offered, 'local');
      return shown(secret, account);
    },
    confirm(account, code) {
      const next = replacing.get(account.id);
      if (account.secondFactorConfirmed && next !== undefined && steady() < next.untilMs) {
        const step = matchTotp(next.secret, code, now(), 0);
        if (step === null) throw wrongCode();
        replacing.delete(account.id);
        const secondFactor = seal(sealing, next.secret);
        accounts.update(account.id, { secondFactor, secondFactorStep: step });
        return;
      }
      if (account.secondFactor === null || account.secondFactorConfirmed) {
        throw new Refusal(409, 'second-factor-not-offered', 'Begin the enrolment first.');
      }
      if (!spend(account, code)) throw wrongCode();
      accounts.update(account.id, { secondFactorConfirmed: true });
    },
  };
}
