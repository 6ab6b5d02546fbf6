import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { Clock } from '../../platform/clock.ts';
import type { AuditTrail } from '../gate/audit-trail.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { Account } from './account.ts';
import { entryAbout } from './account-entry.ts';
import type { Accounts } from './accounts.ts';
import type { FailedLogins } from './failed-logins.ts';
import {
  clientOf,
  type Login,
  type Renewal,
  type SessionView,
  type SignedIn,
  type Unlock,
  usernameSchema,
} from './login-api.ts';
import type { PasskeyDesk, PasskeySite } from './passkey-desk.ts';
import type { Passkeys } from './passkeys.ts';
import type { PasswordFields, Passwords } from './passwords.ts';
import { isRecoveryCode, type RecoveryCodes } from './recovery-codes.ts';
import type { SecondFactors } from './second-factors.ts';
import type { SessionDesk } from './session-desk.ts';
import type { SessionPins } from './session-pins.ts';
import type { PeopleDatabase } from './tables.ts';

/** One message for an unknown name, a wrong password and a locked account, so that it reveals nothing. */
const wrongCredentials =
  'The username or password is wrong, or the account is locked after too many failed attempts. An administrator can release it.';

/** For so long after a login its password counts for a new PIN or key as well, ms. */
const freshLoginMs = 5 * 60_000;

/** Login, unlocking, renewal and change of password. */
export interface LoginDesk {
  /** `site`: where security keys may answer; null where none can. */
  login(login: Login, from: string, site?: PasskeySite | null): Promise<SignedIn>;
  /** What the browser needs to ask the keys of a person who knows the password; a wrong one counts as a failed login. */
  keyQuestion(
    login: Pick<Login, 'username' | 'password'>,
    from: string,
    site: PasskeySite,
  ): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /** Throws a Refusal: 401 for a wrong password, 403 for a wrong PIN or key; all count as failed logins. */
  unlock(
    token: string,
    proof: Unlock,
    from: string,
    site?: PasskeySite | null,
  ): Promise<SessionView>;
  /**
   * Makes sure that the owner of a session is there: their login is fresh, or they give the password. Throws a Refusal (403)
   * if not; a wrong password counts as a failed login.
   */
  confirmOwner(request: {
    account: Account;
    session: string;
    from: string;
    password: string | undefined;
  }): Promise<void>;
  /**
   * Makes sure that the owner of a session has their second factor, before it is replaced: by a code of the app or a recovery code, unless a
   * security key of theirs is registered as well. Throws a Refusal (403) if not; a wrong code counts as a failed login.
   */
  confirmFactor(request: {
    account: Account;
    from: string;
    code: string | undefined;
  }): Promise<void>;
  /**
   * Sets the PIN of a session. Throws a Refusal for a weak one, where the policy has none, and without the right password
   * when the login is not fresh.
   */
  setPin(request: {
    account: Account;
    session: string;
    from: string;
    pin: string;
    password: string | undefined;
  }): Promise<void>;
  /**
   * Starts a new period of a session that is not locked, with what a login asks for; the page stays as it is. Throws a
   * Refusal (403) for a wrong password or second factor, which counts as a failed login.
   */
  renew(
    token: string,
    renewal: Renewal,
    from: string,
    site?: PasskeySite | null,
  ): Promise<SessionView>;
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
  recoveryCodes: RecoveryCodes;
  pins: SessionPins;
  passkeys: Passkeys;
  keyDesk: PasskeyDesk;
  /** Returns what to store; throws a Refusal if this password is not allowed for this person. */
  hashFor: (owner: Account, password: string) => Promise<PasswordFields>;
  policy: Policy;
  now: Clock;
  trail: AuditTrail;
}): LoginDesk {
  const { accounts, sessions, failures, passwords, pins, passkeys, keyDesk, trail, now } = deps;
  const { lockoutFailures, lockoutWindowMin } = deps.policy.accounts;

  /**
   * Counts a failed attempt; the fifth within the window locks the account until an administrator releases it (CJIS
   * AC-7).
   */
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
    throw new Refusal(401, 'login-refused', wrongCredentials);
  };

  /** The account with this name and password, unless it is locked out; failed attempts are counted. */
  const verify = async (tried: string, password: string, from: string): Promise<Account> => {
    const right = await passwords.verify(accounts.byName(tried)?.password ?? null, password);
    // Read again: while this attempt waited in line, another may have locked or changed the account.
    const account = accounts.byName(tried);
    if (account === null) return fail(tried, null, from, 'no account has this name');
    if (account.lockedOutAtMs !== null)
      return fail(tried, account, from, 'the account is locked out');
    if (right === null) return fail(tried, account, from, 'wrong password');
    if (right.password !== account.password || passwords.shared(account) !== null) return account;
    // The account was made before units shared them.
    const { sharedPassword } = right;
    accounts.update(account.id, { sharedPassword });
    return { ...account, sharedPassword };
  };

  /** The same for a session that goes on: with a 401 the client would assume that it has ended. */
  const verifyAgain = async (...asked: Parameters<typeof verify>): Promise<Account> => {
    try {
      return await verify(...asked);
    } catch (error) {
      throw asForbidden(error);
    }
  };

  /**
   * A wrong PIN counts as a failed login (CJIS AC-7); a right one does not undo those, as it must not buy more tries for the
   * password.
   */
  const checkPin = async (
    username: string,
    session: string,
    pin: string,
    from: string,
  ): Promise<void> => {
    const account = accounts.byName(username);
    if (account !== null && account.lockedOutAtMs !== null) {
      fail(username, account, from, 'the account is locked out');
    }
    const left = await pins.triesLeft(session, pin, from);
    if (left === null) return;
    try {
      fail(username, accounts.byName(username), from, `wrong PIN; ${left} tries are left`);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 401) throw error;
    }
    if (left === 0) {
      throw new Refusal(
        403,
        'pin-over',
        'This PIN is wrong, and it was the last try. Use your password.',
      );
    }
    const tries = left === 1 ? 'One try is left' : `${left} tries are left`;
    throw new Refusal(403, 'pin-wrong', `This PIN is wrong. ${tries}; then the password is asked.`);
  };

  /** Whether this is a code of the app, or a recovery code, which is used up by it. */
  const isRightCode = async (account: Account, code: string, from: string): Promise<boolean> => {
    if (!isRecoveryCode(code)) return deps.secondFactors.spend(account, code);
    return deps.recoveryCodes.spend(account.id, code, (left) => {
      const note = `in place of a code of the app; ${left} are left`;
      trail(entryAbout(account, { operation: 'second-factor.recovered', from, note }));
    });
  };

  /** Whether the second factor of a login or renewal is right: a code, or the answer of a key to the question of `of`. */
  const factorOf = async (
    account: Account,
    given: Pick<Login, 'secondFactor' | 'key'>,
    of: string,
    from: string,
    site: PasskeySite | null,
  ): Promise<'right' | 'missing' | 'wrong'> => {
    if (!account.secondFactorConfirmed && !passkeys.has(account.id)) return 'right';
    if (given.key !== undefined && site !== null) {
      const key = await keyDesk.answered({ of, account, site }, given.key, false);
      return key === null ? 'wrong' : 'right';
    }
    const code = given.secondFactor?.trim() ?? '';
    if (code === '' || !account.secondFactorConfirmed) return 'missing';
    return (await isRightCode(account, code, from)) ? 'right' : 'wrong';
  };

  const factorMissing = (account: Account, status: 401 | 403): Refusal => {
    if (!account.secondFactorConfirmed) {
      return new Refusal(
        status,
        'key-missing',
        'Your second factor is a security key. It is asked on the page of this unit, under the name that it was made for.',
      );
    }
    const orKey = passkeys.has(account.id) ? ', or touch your security key' : '';
    return new Refusal(
      status,
      'second-factor-missing',
      `Give the code of your second factor as well${orKey}.`,
    );
  };

  /** Proves who unlocks a session; gives by what, where it was not by the password. */
  const prove = async (
    account: Account,
    session: string,
    proof: Unlock,
    from: string,
    site: PasskeySite | null,
  ): Promise<string | null> => {
    const { username } = account;
    if ('pin' in proof) {
      await checkPin(username, session, proof.pin, from);
      return 'by the PIN of this session';
    }
    if ('password' in proof) {
      await verify(username, proof.password, from);
      failures.clear(username);
      return null;
    }
    if (account.lockedOutAtMs !== null) fail(username, account, from, 'the account is locked out');
    const asked = site && { of: `unlock ${session}`, account, site };
    const key = asked === null ? null : await keyDesk.answered(asked, proof.key, true);
    if (key !== null) return `by the security key ${key.name}`;
    try {
      return fail(username, accounts.byName(username), from, 'wrong security key');
    } catch (error) {
      throw error instanceof Refusal && error.status === 401
        ? new Refusal(403, 'key-wrong', 'This key is not one of yours, or did not know you.')
        : error;
    }
  };

  const confirmOwner: LoginDesk['confirmOwner'] = async ({ account, session, from, password }) => {
    const openedAtMs = sessions.openedAtMs(session);
    if (openedAtMs !== null && now() - openedAtMs <= freshLoginMs) return;
    if (password === undefined) {
      throw new Refusal(
        403,
        'password-missing',
        'Give your password as well: your login was more than five minutes ago.',
      );
    }
    await verifyAgain(account.username, password, from);
    failures.clear(account.username);
  };

  return {
    async login(login, from, site = null) {
      if (!login.noticeAcknowledged) {
        throw new Refusal(
          400,
          'notice-not-acknowledged',
          'Read the use notice and acknowledge it.',
        );
      }
      const tried = login.username.trim().toLowerCase();
      const account = await verify(tried, login.password, from);
      const factor = await factorOf(account, login, `login ${account.id}`, from, site);
      if (factor === 'missing') {
        // Someone knows the password: record it even if they get no further.
        const note = 'the password was right; the second factor is still missing';
        trail(entryAbout(account, { operation: 'session.login', outcome: 'started', from, note }));
        throw factorMissing(account, 401);
      }
      if (factor === 'wrong') return fail(tried, account, from, 'wrong second factor');
      const { refusal } = needed(account, from, passkeys) ?? sessions.standing(account);
      if (refusal !== null) {
        const note = refusal.message;
        trail(entryAbout(account, { operation: 'session.login', outcome: 'refused', from, note }));
        throw refusal;
      }
      failures.clear(tried);
      // Record and session are committed together; the record is written to disk first.
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

    async keyQuestion({ username, password }, from, site) {
      const account = await verify(username.trim().toLowerCase(), password, from);
      const question = await keyDesk.question({ of: `login ${account.id}`, account, site }, false);
      const note = 'the password was right; a security key is asked';
      trail(entryAbout(account, { operation: 'session.login', outcome: 'started', from, note }));
      return question;
    },

    async unlock(token, proof, from, site = null) {
      const { id, account } = sessions.held(token, from);
      // Also where the session is not locked: a page may be covered of which the unit does not know.
      const by = await prove(account, id, proof, from, site);
      sessions.unlock(id, from, by);
      return sessions.held(token, from).view;
    },

    confirmOwner,
    async confirmFactor({ account, from, code }) {
      if (!account.secondFactorConfirmed) return;
      if (code === undefined) {
        if (passkeys.has(account.id)) return;
        throw new Refusal(
          403,
          'second-factor-code-missing',
          'Give a code of the app that you use now as well, or a recovery code. If both are lost, an administrator takes your second factor back.',
        );
      }
      if (await isRightCode(account, code.trim(), from)) return;
      try {
        fail(account.username, account, from, 'wrong second factor');
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 401) throw error;
      }
      throw new Refusal(
        403,
        'second-factor-wrong',
        'This code of the app that you use now is not valid.',
      );
    },
    async setPin({ account, session, from, pin, password }) {
      await confirmOwner({ account, session, from, password });
      await pins.set(session, account, pin, from);
    },

    async renew(token, renewal, from, site = null) {
      const { id, account, locked } = sessions.held(token, from);
      if (locked) throw new Refusal(423, 'session-locked', 'Unlock this session first.');
      const { username } = account;
      const verified = await verifyAgain(username, renewal.password, from);
      const factor = await factorOf(verified, renewal, `renew ${id}`, from, site);
      if (factor === 'missing') throw factorMissing(verified, 403);
      if (factor === 'wrong') {
        try {
          fail(username, verified, from, 'wrong second factor');
        } catch (error) {
          throw asForbidden(error);
        }
      }
      failures.clear(username);
      return deps.people.db
        .transaction(() => {
          // What ended it in the meantime, such as a revocation, stays.
          sessions.held(token, from);
          sessions.renew(id);
          accounts.update(account.id, { lastLoginAtMs: now() });
          trail(entryAbout(account, { operation: 'session.renew', from, session: id }));
          return sessions.held(token, from).view;
        })
        .immediate();
    },

    async changePassword({ account, session, from, current, next }) {
      await verifyAgain(account.username, current, from);
      if ((await passwords.verify(account.password, next)) !== null) {
        throw new Refusal(
          400,
          'password-refused',
          'This is your current password; choose a different one.',
        );
      }
      const hashed = await deps.hashFor(account, next);
      // If an administrator has reset the password or closed the account in the meantime, keep that.
      if (accounts.byId(account.id)?.password !== account.password) {
        throw new Refusal(
          409,
          'password-replaced',
          'Your password was replaced in the meantime, so this change was not made.',
        );
      }
      failures.clear(account.username);
      accounts.update(account.id, { ...hashed, passwordTemporaryUntilMs: null });
      sessions.endAll(
        account.id,
        from,
        'ended: the password was changed in another session',
        session,
      );
    },
  };
}

/** That a login from another computer needs a second factor, which this account has not. */
function needed(
  { id, secondFactorConfirmed }: Account,
  from: string,
  passkeys: Passkeys,
): { refusal: Refusal } | null {
  if (clientOf(from) !== 'https page' || secondFactorConfirmed || passkeys.has(id)) return null;
  const refusal = new Refusal(
    403,
    'second-factor-needed',
    'From another computer a login needs a second factor, and this account has none. Set it up on the unit itself, logged in there: lookout second-factor. Then log in here with its code.',
  );
  return { refusal };
}

function asForbidden(error: unknown): unknown {
  if (!(error instanceof Refusal) || error.status !== 401) return error;
  return new Refusal(403, 'password-wrong', wrongCredentials);
}

/** The name typed, if it has the form of a username; otherwise it may be a password in the wrong field. */
function triedName(tried: string): string {
  return usernameSchema.safeParse(tried).success ? tried : '(not a username)';
}
