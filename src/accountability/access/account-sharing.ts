import type { Clock } from '../../platform/clock.ts';
import { dayMs, isoTime } from '../../platform/clock.ts';
import type { Policy } from '../policy/policy.ts';
import { type Account, lastUsedOn, newAccount } from './account.ts';
import { unusedReason } from './account-rights.ts';
import type { Accounts } from './accounts.ts';
import type { AccountsTold, KnownAccount } from './known-accounts.ts';
import type { Passwords } from './passwords.ts';
import type { SecondFactors } from './second-factors.ts';
import type { SessionDesk } from './session-desk.ts';
import {
  type AccountSecrets,
  accountKey,
  isSameAccount,
  joinAccounts,
  type SharedAccount,
} from './shared-account.ts';

/** An account whose latest change no other unit knows, with the id that its message has for good. */
export interface UnsentAccount {
  messageId: string;
  /** Its secrets are as they were sealed last; null if they are still to be sealed. */
  account: SharedAccount;
  secrets: AccountSecrets;
}

/** Gives the accounts of this unit to others, and takes those of others. */
export interface AccountSharing {
  unsent(): UnsentAccount[];
  /** The message waits in the outbox, with these secrets as sealed; a change that was made since stays unsent. */
  sent(message: UnsentAccount, sealed: string | null): void;
  /**
   * Joins what headquarters tells all units with what this unit knows; what both know changes nothing. `secrets` are those
   * of the message, null if it has none or they cannot be opened: then the unit keeps its own. `onTaken` is called with
   * the result before it is committed; what it throws undoes it. Returns whether anything changed.
   */
  take(
    message: { sequence: number; account: SharedAccount },
    secrets: AccountSecrets | null,
    onTaken: (account: SharedAccount) => void,
  ): boolean;
  usernames(): string[];
  /** The number of the last message that was taken about the account with this key, by `people.db`; 0 before the first. */
  toldOf(key: string): number;
  /** How far the account with this username has come; null if there is none. */
  revisionsOf(username: string): Omit<KnownAccount, 'sequence'> | null;
  /** The keys of accounts that can be let in only once headquarters has told them again. */
  behind(): string[];
}

export function createAccountSharing(deps: {
  transaction: <T>(work: () => T) => T;
  accounts: Accounts;
  told: AccountsTold;
  passwords: Passwords;
  secondFactors: SecondFactors;
  sessions: Pick<SessionDesk, 'endAll'>;
  policy: Policy;
  now: Clock;
}): AccountSharing {
  const { transaction, accounts, told, passwords, secondFactors, sessions, policy, now } = deps;

  /** Each unit decides for itself that an account is unused; for the others it is active. */
  const isUnusedHere = ({ state, stateReason }: Account): boolean =>
    state === 'deactivated' && stateReason === unusedReason(policy.accounts.inactiveDays);

  const sharedOf = (account: Account): SharedAccount => {
    const { id, username, requestedBy, createdBy } = account;
    const isUnused = isUnusedHere(account);
    return {
      id,
      username,
      requestedBy,
      createdBy,
      createdAt: isoTime(account.createdAtMs),
      standing: {
        revision: account.standingRevision,
        state: isUnused ? 'active' : account.state,
        since: isoTime(account.stateSinceMs),
        reason: isUnused ? null : account.stateReason,
        approvedBy: account.approvedBy,
        approvedAt: account.approvedAtMs === null ? null : isoTime(account.approvedAtMs),
      },
      rights: {
        revision: account.rightsRevision,
        name: account.name,
        role: account.role,
        organisation: account.organisation,
        trainingCourse: account.trainingCourse,
        trainingCompletedOn: account.trainingCompletedOn,
        trainingExpiresOn: account.trainingExpiresOn,
        retraining: account.retraining,
        cletsUntil: account.cletsUntil,
        listSources: account.listSources,
      },
      secrets: { revision: account.secretsRevision, sealed: account.sealedSecrets },
      lastUsedOn: lastUsedOn(account),
    };
  };

  const secretsOf = (account: Account): AccountSecrets => ({
    password: passwords.shared(account),
    passwordTemporaryUntilMs: account.passwordTemporaryUntilMs,
    secondFactor: secondFactors.secretOf(account)?.toString('base64') ?? null,
  });

  const secretFields = (secrets: AccountSecrets): Partial<Account> => ({
    ...(secrets.password === null
      ? { password: null, sharedPassword: null }
      : passwords.ofOtherUnit(secrets.password)),
    ...secondFactors.ofOtherUnit(
      secrets.secondFactor === null ? null : Buffer.from(secrets.secondFactor, 'base64'),
    ),
    passwordTemporaryUntilMs: secrets.passwordTemporaryUntilMs,
  });

  /** What the account becomes by the parts that differ from `mine`. */
  const changesOf = (
    joined: SharedAccount,
    mine: SharedAccount | null,
    secrets: AccountSecrets | null,
  ): Partial<Account> => {
    const { standing, rights } = joined;
    const changes: Partial<Account> = {};
    const differs = (part: 'standing' | 'rights' | 'secrets' | 'lastUsedOn'): boolean =>
      mine === null || JSON.stringify(mine[part]) !== JSON.stringify(joined[part]);
    if (differs('standing')) {
      const { state, since, reason, approvedBy, approvedAt, revision } = standing;
      Object.assign(changes, {
        state,
        stateSinceMs: Date.parse(since),
        stateReason: reason,
        approvedBy,
        approvedAtMs: approvedAt === null ? null : Date.parse(approvedAt),
        standingRevision: revision,
      } satisfies Partial<Account>);
    }
    if (differs('rights')) {
      const { revision, ...fields } = rights;
      Object.assign(changes, fields, { rightsRevision: revision } satisfies Partial<Account>);
    }
    if (standing.state === 'closed') {
      Object.assign(
        changes,
        secretFields({
          password: null,
          passwordTemporaryUntilMs: null,
          secondFactor: null,
        }),
      );
    }
    if (differs('secrets') && (secrets !== null || standing.state === 'closed')) {
      if (secrets !== null && standing.state !== 'closed') {
        Object.assign(changes, secretFields(secrets));
      }
      changes.secretsRevision = joined.secrets.revision;
      changes.sealedSecrets = joined.secrets.sealed;
    }
    if (differs('lastUsedOn') && joined.lastUsedOn !== null) {
      changes.lastUsedElsewhereOn = joined.lastUsedOn;
    }
    return changes;
  };

  /** Why the sessions of an account end by these changes; null if they go on. */
  const endsSessions = (
    before: Account,
    changes: Partial<Account>,
    secrets: AccountSecrets | null,
  ): string | null => {
    if (changes.state !== undefined && changes.state !== 'active') {
      return `the account was ${changes.state} on another unit`;
    }
    if (changes.role !== undefined && changes.role !== before.role) {
      return 'the role was changed on another unit';
    }
    if (changes.retraining !== undefined && changes.retraining !== null) {
      return 'retraining was required on another unit';
    }
    // This unit hears what it has told itself, too, perhaps before the broker has acknowledged it.
    const isSame = secretsOf(before).password === (secrets?.password ?? null);
    return changes.password === undefined || isSame
      ? null
      : 'the password was changed on another unit';
  };

  /** A day of use that is still to come is of a unit whose clock is wrong. */
  const withoutFuture = (account: SharedAccount): SharedAccount =>
    Date.parse(account.lastUsedOn ?? '') > now() + dayMs
      ? { ...account, lastUsedOn: null }
      : account;

  return {
    unsent: () =>
      accounts.unsent().map((account) => ({
        messageId: account.unsentId ?? '',
        account: sharedOf(account),
        secrets: secretsOf(account),
      })),

    sent({ messageId, account }, sealed) {
      transaction(() => {
        const now = accounts.byId(account.id);
        if (now?.unsentId !== messageId) return;
        accounts.update(account.id, { unsentId: null, sealedSecrets: sealed }, 'local');
      });
    },

    usernames: () => accounts.all().map(({ username }) => username),
    toldOf: told.sequenceOf,
    revisionsOf(username) {
      const account = accounts.byName(username);
      return (
        account && {
          standing: account.standingRevision,
          rights: account.rightsRevision,
          secrets: account.secretsRevision,
        }
      );
    },
    behind: () =>
      accounts
        .all()
        .filter((account) => account.state !== 'closed' && told.isBehind(account))
        .map(({ username }) => accountKey(username)),

    take: ({ sequence, account }, secrets, onTaken) =>
      transaction(() => {
        told.told(accountKey(account.username), sequence);
        const shared = withoutFuture(account);
        const own = accounts.byName(shared.username);
        if (own === null) {
          const { id, username, requestedBy, createdBy, rights } = shared;
          const { name, role, organisation, cletsUntil, listSources } = rights;
          const person = {
            username,
            name,
            role,
            organisation,
            requestedBy,
            cletsUntil,
            listSources,
          };
          const made = newAccount(
            { ...person, training: null },
            { createdBy, nowMs: Date.parse(shared.createdAt) },
          );
          accounts.insert({ ...made, ...changesOf(shared, null, secrets), id, unsentId: null });
          onTaken(shared);
          return true;
        }
        const mine = sharedOf(own);
        const joined = joinAccounts(mine, shared);
        if (isSameAccount(joined, mine)) return false;
        // Secrets of another state than the message's are this unit's own.
        const isTheirs = joined.secrets.sealed === shared.secrets.sealed;
        const changes = changesOf(joined, mine, isTheirs ? secrets : null);
        const isSeenElsewhere = changes.lastUsedElsewhereOn !== undefined;
        if (isUnusedHere(own) && isSeenElsewhere && changes.state === undefined) {
          Object.assign(changes, { state: 'active', stateReason: null, stateSinceMs: now() });
        }
        if (Object.keys(changes).length === 0) return false;
        accounts.update(own.id, changes, 'local');
        onTaken(joined);
        const why = endsSessions(own, changes, secrets);
        if (why !== null) sessions.endAll(own.id, 'headquarters', `ended: ${why}`);
        return true;
      }),
  };
}
