import type { Actor } from '../gate/operation.ts';
import { type Permission, plateBearing } from '../gate/permissions.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { Account } from './account.ts';
import type { Accounts } from './accounts.ts';

/** Who may decide about which account. Each check throws a Refusal that says why it is not possible. */
export function createAccountChecks({ accounts, policy }: { accounts: Accounts; policy: Policy }) {
  const find = (username: string): Account => {
    const account = accounts.byName(username);
    if (account === null) {
      throw new Refusal(404, 'no-such-account', `There is no account ${username}.`);
    }
    return account;
  };

  /** The account, unless it is the caller's own: people may not decide about their own account. */
  const other = (username: string, by: Actor): Account => {
    const account = find(username);
    if (account.id === by.account) {
      throw new Refusal(
        403,
        'own-account',
        'You cannot change your own account; ask another administrator.',
      );
    }
    return account;
  };

  const open = (username: string, by: Actor): Account => {
    const account = other(username, by);
    if (account.state !== 'closed') return account;
    throw new Refusal(409, 'account-closed', `The account ${username} is closed; make a new one.`);
  };

  const checkRole = (role: Account['role']): void => {
    const known = Object.entries(policy.roles).filter(([, permissions]) => permissions.length > 0);
    if (known.some(([name]) => name === role)) return;
    throw new Refusal(
      400,
      'role-unknown',
      `The policy in force gives the role ${role} no permissions; use one of ${known.map(([name]) => name).join(', ')}.`,
    );
  };

  /** Which roles may give people a role (USR-8: B 466.10). */
  const checkMayCreate = (by: Actor): void => {
    const { createRoles } = policy.accounts;
    if (createRoles.includes(by.role)) return;
    throw new Refusal(
      403,
      'not-permitted',
      `Only ${createRoles.join(' or ')} may create accounts and assign roles; your role is ${by.role}.`,
    );
  };

  const may = (account: Account, permission: Permission): boolean =>
    account.state === 'active' && policy.roles[account.role]?.includes(permission) === true;

  /** Who must approve an account in place of this person, who created it; undefined where they may themselves. */
  const secondPerson = (account: Account, by: Actor): Account | undefined =>
    account.createdBy === by.account
      ? accounts.all().find((each) => each.id !== by.account && may(each, 'accounts.approve'))
      : undefined;

  /** The person who created an account may not approve it, unless no one else could. */
  const checkSecondPerson = (account: Account, by: Actor): void => {
    const someoneElse = secondPerson(account, by);
    if (someoneElse === undefined) return;
    throw new Refusal(
      403,
      'second-person',
      `You created this account, so you cannot approve it; ask someone else, such as ${someoneElse.username}.`,
    );
  };

  /**
   * Someone who sets a password, second factor or role could act as that person, so they must hold at least the same
   * rights: to create accounts (USR-8) and to see plates (USR-7).
   */
  const checkReach = (account: Account, by: Actor): void => {
    const { createRoles } = policy.accounts;
    const makes = (role: Account['role']) => createRoles.includes(role);
    const seesPlates = (role: Account['role']) =>
      policy.roles[role]?.some((each) => plateBearing.includes(each)) === true;
    if (makes(account.role) && !makes(by.role)) checkMayCreate(by);
    if (seesPlates(account.role) && !seesPlates(by.role)) {
      throw new Refusal(
        403,
        'not-permitted',
        `${account.username} (${account.role}) may see plates and your role (${by.role}) may not; ask someone whose role may.`,
      );
    }
  };

  /** How many accounts wait that this person may approve. */
  const waitingFor = (by: Actor): number =>
    by.permissions.has('accounts.approve')
      ? accounts.pending().filter((each) => secondPerson(each, by) === undefined).length
      : 0;

  return { waitingFor, other, open, checkRole, checkMayCreate, checkSecondPerson, checkReach };
}
