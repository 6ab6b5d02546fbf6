import type { Clock } from '../../platform/clock.ts';
import type { AuditTrail } from '../gate/audit-trail.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { Account } from './account.ts';
import { entryAbout } from './account-entry.ts';
import type { Accounts } from './accounts.ts';
import type { FailedLogins } from './failed-logins.ts';
import { type Login, type SessionView, type SignedIn, usernameSchema } from './login-api.ts';
import type { Passwords } from './passwords.ts';
import type { SecondFactors } from './second-factors.ts';
import type { SessionDesk } from './session-desk.ts';
import type { PeopleDatabase } from './tables.ts';

/** The same words for an unknown name, a wrong password and a locked account: nothing can be learnt from them. */
const WRONG =
  'The username or password is wrong, or the account is locked after too many failed attempts. An administrator can release it.';

/** Who gets in. */
export interface LoginDesk {
  login(login: Login, from: string): Promise<SignedIn>;
  unlock(token: string, password: string, from: string): Promise<SessionView>;
  changePassword(request: {
    account: Account;
    session: string;
    from: string;
    current: string;
    next: string;
  }): Promise<void>;
}

export function createLoginDesk(deps: {
  people: PeopleDatabase;
  accounts: Accounts;
  sessions: SessionDesk;
  failures: FailedLogins;
  passwords: Passwords;
  secondFactors: SecondFactors;
  /** Throws a Refusal when a password cannot be theirs; else gives what is to be stored. */
  hashFor: (owner: Account, password: string) => Promise<string>;
  policy: Policy;
  now: Clock;
  trail: AuditTrail;
}): LoginDesk {
  const { accounts, sessions, failures, passwords, trail, now } = deps;
  const { lockoutFailures, lockoutWindowMin } = deps.policy.accounts;

  /** Takes a wrong try: the fifth within the window locks the account until someone releases it (CJIS AC-7). */
  const fail = (tried: string, account: Account | null, from: string, note: string): never => {
    const count = failures.add(tried, lockoutWindowMin * 60_000);
    const locks = account !== null && account.lockedOutAtMs === null && count >= lockoutFailures;
    if (locks) accounts.update(account.id, { lockedOutAtMs: now() });
    const entry = entryAbout(null, {
      operation: 'session.login',
      outcome: 'refused',
      from,
      note: locks ? `${note}; the account is locked out after ${count} failed attempts` : note,
    });
    trail({ ...entry, who: { ...entry.who, username: triedName(tried) } });
    throw new Refusal(401, 'login-refused', WRONG);
  };

  /** The account whose password this is, unless it is locked out; wrong tries count. */
  const verify = async (tried: string, password: string, from: string): Promise<Account> => {
    const right = await passwords.verify(accounts.byName(tried)?.password ?? null, password);
    // As it is now: while this try waited in line, others may have locked the account or changed it.
    const account = accounts.byName(tried);
    if (account === null) return fail(tried, null, from, 'no account has this name');
    if (account.lockedOutAtMs !== null)
      return fail(tried, account, from, 'the account is locked out');
    if (!right) return fail(tried, account, from, 'wrong password');
    return account;
  };

  return {
    async login(login, from) {
      if (!login.noticeAcknowledged) {
        throw new Refusal(
          400,
          'notice-not-acknowledged',
          'Read the use notice and acknowledge it.',
        );
      }
      const tried = login.username.trim().toLowerCase();
      const account = await verify(tried, login.password, from);
      if (account.secondFactorConfirmed) {
        const code = login.secondFactor?.trim() ?? '';
        if (code === '') {
          // Someone knows the password: that stands on record even where it goes no further.
          const note = 'the password was right; the second factor is still missing';
          trail(
            entryAbout(account, { operation: 'session.login', outcome: 'started', from, note }),
          );
          throw new Refusal(
            401,
            'second-factor-missing',
            'Give the code of your second factor as well.',
          );
        }
        if (!deps.secondFactors.spend(account, code)) {
          return fail(tried, account, from, 'wrong second factor');
        }
      }
      const { refusal } = sessions.standing(account);
      if (refusal !== null) {
        const note = refusal.message;
        trail(entryAbout(account, { operation: 'session.login', outcome: 'refused', from, note }));
        throw refusal;
      }
      failures.clear(tried);
      // The record and the session stand or fall together; the record is on the disk first.
      return deps.people.db
        .transaction(() => {
          const token = sessions.open(account, from);
          accounts.update(account.id, { lastLoginAtMs: now() });
          const { id, view } = sessions.held(token, from);
          const note = 'the use notice was acknowledged';
          trail(entryAbout(account, { operation: 'session.login', from, session: id, note }));
          return { token, session: view };
        })
        .immediate();
    },

    async unlock(token, password, from) {
      const { id, account, locked } = sessions.held(token, from);
      if (locked) {
        await verify(account.username, password, from);
        failures.clear(account.username);
        sessions.unlock(id, from);
      }
      return sessions.held(token, from).view;
    },

    async changePassword({ account, session, from, current, next }) {
      try {
        await verify(account.username, current, from);
      } catch (error) {
        // 401 would say that the session is over, which it is not.
        if (!(error instanceof Refusal) || error.status !== 401) throw error;
        throw new Refusal(403, 'password-wrong', WRONG);
      }
      if (await passwords.verify(account.password, next)) {
        throw new Refusal(
          400,
          'password-refused',
          'This is your current password; choose a different one.',
        );
      }
      const password = await deps.hashFor(account, next);
      // What an administrator has done meanwhile stands: a password that was reset, an account that was closed.
      if (accounts.byId(account.id)?.password !== account.password) {
        throw new Refusal(
          409,
          'password-replaced',
          'Your password was replaced in the meantime, so this change was not made.',
        );
      }
      failures.clear(account.username);
      accounts.update(account.id, { password, passwordTemporaryUntilMs: null });
      sessions.endAll(
        account.id,
        from,
        'ended: the password was changed in another session',
        session,
      );
    },
  };
}

/** The name that was tried, unless it does not look like one: it may be a password in the wrong field. */
function triedName(tried: string): string {
  return usernameSchema.safeParse(tried).success ? tried : '(not a username)';
}
