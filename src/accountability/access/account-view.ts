import { dayMs, isoTime } from '../../platform/clock.ts';
import { boundsOfDay, localDay } from '../../platform/local-time.ts';
import type { Policy } from '../policy/policy.ts';
import { type Account, lastUsedOn } from './account.ts';
import { unusedSinceMs } from './account-rights.ts';

/** An account as administrators see it: no hash, no secret. Times are ISO, days `2027-01-31`. */
export interface AccountView {
  username: string;
  name: string;
  role: string;
  organisation: string;
  state: Account['state'];
  stateSince: string;
  stateReason: string | null;
  requestedBy: string;
  /** Usernames. */
  createdBy: string;
  createdAt: string;
  approvedBy: string | null;
  approvedAt: string | null;
  training: { course: string; completedOn: string; expiresOn: string | null } | null;
  /** Why a training or retraining is due; null: none is. */
  trainingDue: string | null;
  retraining: string | null;
  cletsUntil: string | null;
  listSources: Account['listSources'];
  /** Whether an authenticator app is enrolled. */
  secondFactor: boolean;
  /** Security keys that are registered on this unit. */
  keys: number;
  temporaryPassword: boolean;
  /** On this unit. */
  lastLoginAt: string | null;
  /** UTC day of a later login on another unit, of which only the day is known; null if there was none. */
  lastLoginElsewhereOn: string | null;
  lockedOutAt: string | null;
}

/** A row of the review (USR-11), with what a reviewer should look at. */
export interface AccountReview extends AccountView {
  findings: string[];
}

const soonDays = 30;

const maybeIso = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

/** Why a training is due now or within 30 days; null where none is, and for a closed account. */
export function trainingDue(account: Account, policy: Policy, nowMs: number): string | null {
  if (account.state === 'closed') return null;
  if (account.retraining !== null) return `retraining: ${account.retraining}`;
  if (!policy.accounts.training) return null;
  const { trainingCompletedOn, trainingExpiresOn } = account;
  if (trainingCompletedOn === null) return 'no training on file';
  if (trainingExpiresOn === null) return null;
  const days = Math.floor((boundsOfDay(trainingExpiresOn).endMs - nowMs) / dayMs);
  if (days < 0) return `expired on ${trainingExpiresOn}`;
  return days < soonDays ? `expires on ${trainingExpiresOn}` : null;
}

/**
 * Accounts that one person made and approved alone, since nobody else could, and until when that was so (USR-10): a finding
 * for each such account, and one for the person. By the account's id.
 */
export function approvedAlone(
  accounts: readonly Account[],
  mayApprove: (account: Account) => boolean,
): Map<string, string[]> {
  const findings = new Map<string, string[]>();
  const add = (id: string, finding: string) =>
    findings.set(id, [...(findings.get(id) ?? []), finding]);
  const nameOf = (id: string) => accounts.find((each) => each.id === id)?.username ?? id;
  const alone = accounts.filter(
    ({ approvedBy, createdBy }) => approvedBy !== null && approvedBy === createdBy,
  );
  for (const by of new Set(alone.flatMap(({ approvedBy }) => approvedBy ?? []))) {
    const made = alone.filter(({ approvedBy }) => approvedBy === by);
    for (const { id, approvedAtMs } of made) {
      const day = localDay(approvedAtMs ?? 0);
      add(id, `made and approved by ${nameOf(by)} alone on ${day}; a second person confirms it`);
    }
    const second = accounts
      .filter((each) => each.id !== by && each.approvedAtMs !== null && mayApprove(each))
      .sort((a, b) => (a.approvedAtMs ?? 0) - (b.approvedAtMs ?? 0))[0];
    const until =
      second === undefined
        ? 'nobody else may approve yet'
        : `until ${localDay(second.approvedAtMs ?? 0)}, since when ${second.username} may approve`;
    const names = made.map(({ username }) => username).join(', ');
    add(by, `made and approved alone: ${names} (${until})`);
  }
  return findings;
}

/** The UTC day of the last login on another unit, if it is later than that of a login on this one. */
export function laterElsewhere(
  { lastUsedElsewhereOn }: Pick<Account, 'lastUsedElsewhereOn'>,
  hereMs: number | null,
): string | null {
  const last = lastUsedOn({ lastLoginAtMs: hereMs, lastUsedElsewhereOn });
  return hereMs === null || last !== isoTime(hereMs).slice(0, 10) ? last : null;
}

/** `nameOf` gives the username of an account's id. */
export function viewAccount(
  account: Account,
  nameOf: (id: string) => string,
): Omit<AccountView, 'trainingDue' | 'keys'> {
  const { trainingCourse, trainingCompletedOn } = account;
  return {
    username: account.username,
    name: account.name,
    role: account.role,
    organisation: account.organisation,
    state: account.state,
    stateSince: isoTime(account.stateSinceMs),
    stateReason: account.stateReason,
    requestedBy: account.requestedBy,
    createdBy: nameOf(account.createdBy),
    createdAt: isoTime(account.createdAtMs),
    approvedBy: account.approvedBy === null ? null : nameOf(account.approvedBy),
    approvedAt: maybeIso(account.approvedAtMs),
    training:
      trainingCourse === null || trainingCompletedOn === null
        ? null
        : {
            course: trainingCourse,
            completedOn: trainingCompletedOn,
            expiresOn: account.trainingExpiresOn,
          },
    retraining: account.retraining,
    cletsUntil: account.cletsUntil,
    listSources: account.listSources,
    secondFactor: account.secondFactorConfirmed,
    temporaryPassword: account.passwordTemporaryUntilMs !== null,
    lastLoginAt: maybeIso(account.lastLoginAtMs),
    lastLoginElsewhereOn: laterElsewhere(account, account.lastLoginAtMs),
    lockedOutAt: maybeIso(account.lockedOutAtMs),
  };
}

/** What a reviewer should check in an account; empty for a closed one. */
export function findingsOf(
  account: Account,
  policy: Policy,
  nowMs: number,
  hasKey: boolean,
): string[] {
  if (account.state === 'closed') return [];
  const { accounts } = policy;
  const findings: string[] = [];
  const unusedDays = Math.floor((nowMs - unusedSinceMs(account)) / dayMs);
  if (account.state === 'pending') findings.push('waiting for approval');
  if (account.state === 'deactivated') findings.push('deactivated: reactivate or close it');
  if (account.state === 'active' && unusedDays >= accounts.inactiveDays - soonDays) {
    findings.push(`not used for ${unusedDays} days`);
  }
  if (lastUsedOn(account) === null && account.state === 'active') {
    findings.push('has never logged in');
  }
  if (account.lockedOutAtMs !== null) findings.push('locked out after failed logins');
  if (account.retraining !== null) findings.push('retraining is due');
  if (accounts.training && account.trainingCompletedOn === null) {
    findings.push('no training on file');
  }
  const day = (what: string, until: string | null) => {
    if (until === null) return;
    const days = Math.floor((boundsOfDay(until).endMs - nowMs) / dayMs);
    if (days < 0) findings.push(`${what} expired on ${until}`);
    else if (days < soonDays) findings.push(`${what} expires on ${until}`);
  };
  day('training', account.trainingExpiresOn);
  if (accounts.clets && account.cletsUntil === null) findings.push('no CLETS clearance on file');
  day('CLETS clearance', account.cletsUntil);
  if (accounts.secondFactor === 'required' && !account.secondFactorConfirmed && !hasKey) {
    findings.push('no second factor');
  }
  return findings;
}
