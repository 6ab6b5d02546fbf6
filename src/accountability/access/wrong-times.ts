import type { AuditTrail } from '../gate/audit-trail.ts';
import type { Policy } from '../policy/policy.ts';
import type { Account } from './account.ts';
import { entryAbout } from './account-entry.ts';
import { unusedReason } from './account-rights.ts';
import type { Accounts } from './accounts.ts';
import { aheadToleranceMs } from './steady-time.ts';
import type { PeopleDatabase } from './tables.ts';
import { temporaryHoldsMs } from './temporary-password.ts';

/**
 * Undoes what a clock that was ahead has left in `people.db`. To be called while another source confirms the clock, whose
 * time is `nowMs`: then no time in the future can be true. Accounts that the unit deactivated at such a time are active
 * again, sessions that began at one end, and other times become now.
 */
export function createWrongTimes(deps: {
  people: PeopleDatabase;
  accounts: Accounts;
  policy: Policy;
  endSession: (id: string, note: string) => void;
  trail: AuditTrail;
}): { putRight(nowMs: number): void } {
  const { accounts, policy, endSession, trail } = deps;
  const { db, facts } = deps.people;
  const futureSessions = db
    .prepare<[number], string>('SELECT id FROM session WHERE opened_at_ms > ?')
    .pluck();
  const usedNow = db.prepare('UPDATE session SET used_at_ms = ? WHERE used_at_ms > ?');
  const failedNow = db.prepare('UPDATE failed_login SET at_ms = ? WHERE at_ms > ?');

  const changesOf = (account: Account, nowMs: number): Partial<Account> => {
    const latestMs = nowMs + aheadToleranceMs;
    const changes: Partial<Account> = {};
    if (account.stateSinceMs > latestMs) {
      changes.stateSinceMs = nowMs;
      const { inactiveDays } = policy.accounts;
      if (account.state === 'deactivated' && account.stateReason === unusedReason(inactiveDays)) {
        changes.state = 'active';
        changes.stateReason = null;
      }
    }
    if ((account.lastLoginAtMs ?? 0) > latestMs) changes.lastLoginAtMs = nowMs;
    if (account.createdAtMs > latestMs) changes.createdAtMs = nowMs;
    if ((account.passwordTemporaryUntilMs ?? 0) > latestMs + temporaryHoldsMs) {
      changes.passwordTemporaryUntilMs = nowMs + temporaryHoldsMs;
    }
    return changes;
  };

  return {
    putRight(nowMs) {
      const latestMs = nowMs + aheadToleranceMs;
      for (const account of accounts.all()) {
        const changes = changesOf(account, nowMs);
        if (Object.keys(changes).length === 0) continue;
        accounts.update(account.id, changes, 'local');
        if (changes.state !== 'active') continue;
        trail(
          entryAbout(null, {
            category: 'Account Change',
            operation: 'users.reactivate',
            from: 'unit',
            object: `account ${account.username}`,
            note: 'it was deactivated by a clock that was wrong',
          }),
        );
      }
      for (const id of futureSessions.all(latestMs)) {
        endSession(id, 'ended: it began by a clock that was wrong');
      }
      usedNow.run(nowMs, latestMs);
      failedNow.run(nowMs, latestMs);
      if (Number(facts.read('headquartersHeardAtMs')) > latestMs) {
        facts.write('headquartersHeardAtMs', nowMs);
      }
    },
  };
}
