import { messageOf } from '../platform/problem.ts';
import type { People } from './access/people.ts';
import { bareEntry } from './audit/audit-record.ts';
import { createAuditTrail } from './gate/audit-trail.ts';
import type { Ground } from './ground.ts';
import type { Verification } from './verification/verification.ts';

/**
 * Gives back the alerts that somebody has taken once their last session has ended, so that nobody waits for a person who is
 * gone (B 466.9). It is recorded as theirs, and told to every screen and the other place like one that they gave back by
 * hand.
 */
export function giveBackAtLogout(
  { audit, onAuditFailure, log }: Pick<Ground, 'audit' | 'onAuditFailure' | 'log'>,
  { people, verification }: { people: People; verification: Verification },
): void {
  const trail = createAuditTrail(audit, onAuditFailure);
  people.whenOut((person, from) => {
    try {
      for (const hitId of verification.claimedBy(person)) {
        trail({
          ...bareEntry,
          category: 'Disposition',
          operation: 'hits.release',
          who: person,
          from,
          object: `hit ${hitId}`,
          note: 'their last session has ended',
        });
        const { account, username, name, role } = person;
        verification.release(hitId, { account, username, name, role });
      }
    } catch (error) {
      // Who logs out is out all the same, and what they have taken is free after an hour.
      log.warn({ problem: messageOf(error) }, 'alerts that were taken are not given back');
    }
  });
}
