import type { Clock } from '../../platform/clock.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import {
  type Account,
  closedFields,
  type NewPerson,
  newAccount,
  trainingFields,
} from './account.ts';
import { createAccountChecks } from './account-checks.ts';
import { checkDays } from './account-days.ts';
import type { Accounts } from './accounts.ts';
import type { FailedLogins } from './failed-logins.ts';
import type { Training } from './login-api.ts';
import type { Passkeys } from './passkeys.ts';
import type { Passwords } from './passwords.ts';
import type { SessionDesk } from './session-desk.ts';
import { newTemporaryPassword, type TemporaryPassword } from './temporary-password.ts';
import type { Trainings } from './trainings.ts';

/** What an administrator may change in an account; fields left out stay as they are. */
export interface AccountChanges {
  name?: string | undefined;
  organisation?: string | undefined;
  role?: Account['role'] | undefined;
  training?: Training | null | undefined;
  /** Why retraining is due; null once it is done. */
  retraining?: string | null | undefined;
  cletsUntil?: string | null | undefined;
  listSources?: Account['listSources'] | undefined;
}

/** What administrators do with accounts. Each method throws a Refusal that says why it is not possible. */
export interface AccountDesk {
  create(person: NewPerson, by: Actor): Account;
  approve(username: string, by: Actor): Promise<TemporaryPassword>;
  /** How many accounts wait that this person may approve. */
  waitingFor(by: Actor): number;
  /** Approves, as the second person, an account that its maker approved alone. */
  confirm(username: string, by: Actor): Account;
  change(username: string, changes: AccountChanges, by: Actor): Account;
  /** Records a training, and that a retraining is done, of someone else; nothing besides. */
  train(username: string, training: Training, retrained: boolean, by: Actor): Account;
  /** Ends a lockout. */
  release(username: string, by: Actor): Account;
  deactivate(username: string, reason: string, by: Actor): Account;
  reactivate(username: string, by: Actor): Account;
  close(username: string, reason: string, by: Actor): Account;
  resetPassword(username: string, by: Actor): Promise<TemporaryPassword>;
  resetSecondFactor(username: string, by: Actor): Account;
}

export function createAccountDesk(deps: {
  accounts: Accounts;
  sessions: SessionDesk;
  failures: FailedLogins;
  passwords: Passwords;
  policy: Policy;
  trainings: Trainings;
  passkeys: Passkeys;
  now: Clock;
}): AccountDesk {
  const { accounts, sessions, policy, trainings, now } = deps;

  const { waitingFor, other, open, checkRole, checkMayCreate, checkSecondPerson, checkReach } =
    createAccountChecks({ accounts, policy });

  const update = (account: Account, changes: Partial<Omit<Account, 'id'>>): Account => {
    accounts.update(account.id, changes);
    return { ...account, ...changes };
  };

  /** Who approved it and when, for who was about to. */
  const approvalWords = ({ approvedBy, approvedAtMs }: Account): string => {
    const approver = approvedBy === null ? null : accounts.byId(approvedBy);
    if (approver === null || approvedAtMs === null) return '';
    return `: ${approver.name} approved it, ${localTime(approvedAtMs)}`;
  };

  const endSessions = (account: Account, by: Actor, note: string): void =>
    sessions.endAll(account.id, by.from, `ended: ${note} by ${by.username}`);

  /**
   * Issues a temporary password. Hashing it takes time, so `judge` runs afterwards: it sees the account as it is then,
   * for example closed by headquarters.
   */
  const temporary = async (
    judge: () => { account: Account; changes?: Partial<Account> },
  ): Promise<TemporaryPassword> => {
    const { fields, issued } = await newTemporaryPassword(deps.passwords, now());
    const { account, changes } = judge();
    deps.failures.clear(account.username);
    update(account, { ...changes, ...fields, lockedOutAtMs: null });
    return { username: account.username, ...issued };
  };

  return {
    create(person, by) {
      checkMayCreate(by);
      checkRole(person.role);
      if (accounts.byName(person.username) !== null) {
        throw new Refusal(
          409,
          'username-taken',
          `There is or was an account ${person.username}. A username is never reused; choose another.`,
        );
      }
      checkDays(person, now());
      const account = newAccount(person, { createdBy: by.account, nowMs: now() });
      accounts.insert(account);
      if (person.training !== null) {
        trainings.completed(account.id, person.training, by.account, now());
      }
      return account;
    },

    waitingFor,

    approve: (username, by) =>
      temporary(() => {
        const account = other(username, by);
        if (account.state !== 'pending') {
          throw new Refusal(
            409,
            'not-pending',
            `The account ${username} is not waiting for approval${approvalWords(account)}.`,
          );
        }
        checkSecondPerson(account, by);
        const nowMs = now();
        const changes = {
          state: 'active',
          stateSinceMs: nowMs,
          stateReason: null,
          approvedBy: by.account,
          approvedAtMs: nowMs,
        } as const;
        return { account, changes };
      }),

    confirm(username, by) {
      const account = open(username, by);
      if (account.approvedBy === null || account.approvedBy !== account.createdBy) {
        throw new Refusal(
          409,
          'not-alone',
          `The account ${username} was not made and approved by one person alone; there is nothing to confirm.`,
        );
      }
      if (account.createdBy === by.account) {
        throw new Refusal(
          403,
          'second-person',
          'You made and approved this account yourself; a second person must confirm it.',
        );
      }
      return update(account, { approvedBy: by.account, approvedAtMs: now() });
    },

    change(username, changes, by) {
      const account = open(username, by);
      const { training, ...rest } = changes;
      if (changes.role !== undefined && changes.role !== account.role) {
        checkMayCreate(by);
        checkRole(changes.role);
        checkReach({ ...account, role: changes.role }, by);
      }
      const changed = update(account, {
        ...(Object.fromEntries(
          Object.entries(rest).filter(([, value]) => value !== undefined),
        ) as Partial<Account>),
        ...(training === undefined ? {} : trainingFields(training)),
      });
      if (training) trainings.completed(account.id, training, by.account, now());
      if (changed.retraining !== account.retraining) {
        trainings.retraining(account.id, changed.retraining, by.account, now());
      }
      if (changed.role !== account.role) endSessions(account, by, 'the role was changed');
      else if (changed.retraining !== null) endSessions(account, by, 'retraining was required');
      return changed;
    },

    train(username, training, retrained, by) {
      const account = open(username, by);
      checkDays({ training }, now());
      const isDone = retrained && account.retraining !== null;
      trainings.completed(account.id, training, by.account, now());
      if (isDone) trainings.retraining(account.id, null, by.account, now());
      return update(account, {
        ...trainingFields(training),
        ...(isDone ? { retraining: null } : {}),
      });
    },

    release(username, by) {
      const account = open(username, by);
      if (account.lockedOutAtMs === null) {
        throw new Refusal(409, 'not-locked-out', `The account ${username} is not locked out.`);
      }
      deps.failures.clear(username);
      return update(account, { lockedOutAtMs: null });
    },

    deactivate(username, reason, by) {
      const account = open(username, by);
      const changed = update(account, {
        state: 'deactivated',
        stateSinceMs: now(),
        stateReason: reason,
      });
      endSessions(account, by, 'the account was deactivated');
      return changed;
    },

    reactivate(username, by) {
      const account = open(username, by);
      if (account.state !== 'deactivated') {
        throw new Refusal(409, 'not-deactivated', `The account ${username} is ${account.state}.`);
      }
      // An account that was never approved goes back to waiting for approval.
      const state =
        account.approvedAtMs === null && account.password === null ? 'pending' : 'active';
      return update(account, { state, stateSinceMs: now(), stateReason: null });
    },

    close(username, reason, by) {
      const account = open(username, by);
      const changed = update(account, closedFields(reason, now()));
      endSessions(account, by, 'the account was closed');
      return changed;
    },

    resetPassword: (username, by) =>
      temporary(() => {
        const account = open(username, by);
        if (account.state === 'pending') {
          throw new Refusal(
            409,
            'not-approved',
            `The account ${username} has not been approved yet.`,
          );
        }
        checkReach(account, by);
        endSessions(account, by, 'the password was reset');
        return { account };
      }),

    resetSecondFactor(username, by) {
      const account = open(username, by);
      checkReach(account, by);
      const changed = update(account, {
        secondFactor: null,
        secondFactorConfirmed: false,
        secondFactorStep: 0,
      });
      deps.passkeys.removeAll(account.id);
      endSessions(account, by, 'the second factor was reset');
      return changed;
    },
  };
}
