import { dayMs } from '../../platform/clock.ts';
import { boundsOfDay } from '../../platform/local-time.ts';
import { type Permission, plateBearing } from '../gate/permissions.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { Account } from './account.ts';
import type { SessionView } from './login-api.ts';

/** Permissions of someone without current training: none that operates the readers or shows their data. */
const withoutTraining: ReadonlySet<Permission> = new Set([
  'accounts.read',
  'accounts.create',
  'accounts.approve',
  'accounts.change',
  'training.record',
  'policy.read',
  'diagnostics.read',
]);

const recorded = 'The training coordinator or an administrator records a new one.';
const cleared = 'An administrator enters the new day, at your name on the screen People.';

/** What a person may do now, and why not more. */
export interface AccountRights {
  /** Why they may not log in at all; null if they may. */
  refusal: Refusal | null;
  permissions: ReadonlySet<Permission>;
  restrictions: string[];
  must: SessionView['must'];
}

/** By what an account is judged. */
interface Judging {
  policy: Policy;
  nowMs: number;
  /** The last contact with headquarters; null where there is none to be had. */
  heardAtMs: number | null;
  /** The unit knew a later state of the account than the stored one (`known-accounts.ts`). */
  isBehind: boolean;
  /** A security key of theirs is registered on this unit. */
  hasKey: boolean;
}

/**
 * Since when an account counts as unused: its last login, or when it was made usable. Of a login on another unit only the
 * day is known: it counts to its end, so that nobody is deactivated early.
 */
export function unusedSinceMs(account: Account): number {
  const { lastLoginAtMs, lastUsedElsewhereOn, stateSinceMs } = account;
  const elsewhereMs = lastUsedElsewhereOn === null ? 0 : Date.parse(lastUsedElsewhereOn) + dayMs;
  return Math.max(lastLoginAtMs ?? 0, elsewhereMs, stateSinceMs);
}

/** Why the unit itself has deactivated an account. */
export function unusedReason(days: number): string {
  return `not used for ${days} days`;
}

/** Whether an account has gone unused for so long that it is deactivated (USR-3). */
export function isUnused(account: Account, policy: Policy, nowMs: number): boolean {
  const { inactiveDays } = policy.accounts;
  return account.state === 'active' && nowMs - unusedSinceMs(account) >= inactiveDays * dayMs;
}

/**
 * Judges an account by the policy: state, whether it is up to date (USR-4), retraining (USR-12), time since the last contact with headquarters (USR-4),
 * training (USR-2), CLETS clearance (USR-5) and role (USR-6, USR-7).
 */
export function rightsOf(account: Account, judging: Judging): AccountRights {
  const { policy, nowMs } = judging;
  const { accounts } = policy;
  const standing: AccountRights = {
    refusal: refusalOf(account, judging),
    permissions: new Set(),
    restrictions: [],
    must: null,
  };
  if (standing.refusal !== null) return standing;
  if (account.passwordTemporaryUntilMs !== null) return { ...standing, must: 'change-password' };
  if (accounts.secondFactor === 'required' && !account.secondFactorConfirmed && !judging.hasKey) {
    return { ...standing, must: 'enrol-second-factor' };
  }

  const ofRole: readonly Permission[] = policy.roles[account.role] ?? [];
  let permissions = ofRole;
  const { restrictions } = standing;
  if (accounts.training && !isTrained(account, nowMs)) {
    permissions = permissions.filter((each) => withoutTraining.has(each));
    restrictions.push(
      account.trainingCompletedOn === null
        ? `No training is on file, so you may not see plates or use equipment until it is. ${recorded}`
        : `Your training expired on ${account.trainingExpiresOn}, so you may not see plates or use equipment. ${recorded}`,
    );
  }
  if (
    accounts.clets &&
    !(account.cletsUntil !== null && nowMs < boundsOfDay(account.cletsUntil).endMs)
  ) {
    permissions = permissions.filter((each) => !plateBearing.includes(each));
    // Nothing is held back from a role that sees no plates.
    if (ofRole.some((each) => plateBearing.includes(each))) {
      restrictions.push(
        account.cletsUntil === null
          ? `No CLETS clearance is on file, so you may not see plates or images. ${cleared}`
          : `Your CLETS clearance expired on ${account.cletsUntil}, so you may not see plates or images. ${cleared}`,
      );
    }
  }
  return { ...standing, permissions: new Set(permissions) };
}

/** Whether training is completed and has not expired. */
function isTrained(account: Account, nowMs: number): boolean {
  const { trainingCompletedOn, trainingExpiresOn } = account;
  if (trainingCompletedOn === null) return false;
  if (nowMs < boundsOfDay(trainingCompletedOn).startMs) return false;
  return trainingExpiresOn === null || nowMs < boundsOfDay(trainingExpiresOn).endMs;
}

function refusalOf(
  account: Account,
  { policy, nowMs, heardAtMs, isBehind }: Judging,
): Refusal | null {
  if (account.state === 'pending') {
    return new Refusal(403, 'not-approved', 'This account is waiting for approval.');
  }
  if (account.state !== 'active') {
    return new Refusal(
      403,
      `account-${account.state}`,
      `This account is ${account.state}${account.stateReason === null ? '' : ` (${account.stateReason})`}. ` +
        'Ask an administrator.',
    );
  }
  if (isBehind) {
    return new Refusal(
      403,
      'account-not-current',
      'This unit has an old copy of this account (people.db was put back from a backup), and the account was changed since. ' +
        'It works again as soon as headquarters has told the unit its present state.',
    );
  }
  if (account.retraining !== null) {
    return new Refusal(
      403,
      'retraining-required',
      `You must be retrained in the policy before you may log in again (${account.retraining}). Ask an administrator.`,
    );
  }
  const temporary = account.passwordTemporaryUntilMs;
  if (temporary !== null && nowMs > temporary) {
    return new Refusal(
      403,
      'temporary-password-over',
      'This temporary password has expired. Ask an administrator for another.',
    );
  }
  const { maxOfflineDays } = policy.accounts;
  if (heardAtMs !== null && maxOfflineDays > 0 && nowMs - heardAtMs > maxOfflineDays * dayMs) {
    return new Refusal(
      403,
      'offline-too-long',
      `This unit has had no contact with headquarters for more than ${maxOfflineDays} days, so all logins are ` +
        'refused. They work again as soon as the link is back.',
    );
  }
  return null;
}
