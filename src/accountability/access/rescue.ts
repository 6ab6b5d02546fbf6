import type { Clock } from '../../platform/clock.ts';
import type { AuditTrail } from '../gate/audit-trail.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import { entryAbout } from './account-entry.ts';
import type { Accounts } from './accounts.ts';
import type { FailedLogins } from './failed-logins.ts';
import type { Passkeys } from './passkeys.ts';
import type { Passwords } from './passwords.ts';
import type { Facts } from './tables.ts';
import { newTemporaryPassword, type TemporaryPassword } from './temporary-password.ts';

/**
 * Lets an administrator in again when no other administrator can. It is for people who may write the unit's data folder
 * and could therefore change the database anyway. It ends lockout and deactivation, resets the second factor, accepts
 * the computer's clock and an old copy of the account, issues a temporary password, and is recorded.
 */
export function createRescue(deps: {
  accounts: Accounts;
  failures: FailedLogins;
  passwords: Passwords;
  passkeys: Passkeys;
  policy: Policy;
  facts: Facts;
  clock: Clock;
  acceptClock: () => void;
  /** The account counts as it is, also where the unit knew a later state. */
  accept: (username: string) => void;
  trail: AuditTrail;
}): (username: string, from: string) => Promise<TemporaryPassword> {
  const { accounts, policy, clock } = deps;
  return async (username, from) => {
    const account = accounts.byName(username.trim().toLowerCase());
    if (account === null || account.state === 'closed' || account.state === 'pending') {
      throw new Refusal(
        404,
        'no-such-account',
        `There is no account ${username} that has been used and is not closed.`,
      );
    }
    if (policy.roles[account.role]?.includes('accounts.change') !== true) {
      throw new Refusal(
        403,
        'not-administrator',
        `${username} is not an administrator; an administrator can reset this password.`,
      );
    }
    deps.acceptClock();
    const temporary = await newTemporaryPassword(deps.passwords, clock());
    deps.trail(
      entryAbout(null, {
        category: 'Account Change',
        operation: 'users.rescue',
        from,
        object: `account ${account.username}`,
        note: 'by someone with access to the data folder',
      }),
    );
    deps.facts.write('latestTimeMs', clock());
    deps.failures.clear(account.username);
    deps.accept(account.username);
    accounts.update(account.id, {
      ...temporary.fields,
      state: 'active',
      stateSinceMs: clock(),
      stateReason: null,
      lockedOutAtMs: null,
      secondFactor: null,
      secondFactorConfirmed: false,
    });
    deps.passkeys.removeAll(account.id);
    return { username: account.username, ...temporary.issued };
  };
}
