import { dayMs } from '../platform/clock.ts';
import { messageOf } from '../platform/problem.ts';
import type { People } from './access/people.ts';
import type { HitRights } from './gate/list-rights.ts';
import type { Ground } from './ground.ts';
import type { HotPlates } from './hotplates/hot-plates.ts';
import { createDecisionNotices, createReminderNotices } from './hotplates/reminder-notices.ts';
import { createNotices } from './notices/notices.ts';
import { createReviewNotices } from './oversight/review-notices.ts';
import { createReleaseNotices } from './releases/decision-notices.ts';
import type { Releases } from './releases/releases.ts';
import { createCaseNotices } from './retention/case-notices.ts';
import type { Holds } from './retention/holds.ts';
import { createErrorReports } from './verification/error-reports.ts';
import { createHitDesk } from './verification/hit-desk.ts';
import { createHitNotices } from './verification/hit-notices.ts';
import type { Verification } from './verification/verification.ts';

/** Opens what people are told unasked, from every room that has something to tell, and their reports of errors. */
export function openInboxes(
  ground: Ground,
  rooms: {
    people: People;
    hotPlates: HotPlates;
    holds: Holds;
    releases: Releases;
    verification: Verification;
    hitRights: HitRights;
    /** At headquarters: forgets plates in two places that were judged to be misreads. */
    forgetMisreads?: (beforeMs: number) => void;
  },
) {
  const { unit, db, policy, outbox, audit, clock, log } = ground;
  const { people, hotPlates, holds, releases, verification, hitRights } = rooms;
  const notices = createNotices({
    db,
    sources: [
      createHitNotices({
        db,
        place: ground.place,
        ownerOf: hotPlates.ownerOf,
        alsoTell: policy.hotplates.alsoTell,
      }),
      createReminderNotices(hotPlates),
      createDecisionNotices(hotPlates),
      createReleaseNotices(releases),
      createReviewNotices(audit, policy.audit),
      people.trainingNotices,
      createCaseNotices({ db, retention: policy.retention, mode: unit.mode, holds }),
    ],
  });
  const hits = createHitDesk({ verification, hitRights });
  const reports = createErrorReports({ db, outbox, people, hits, tell: notices.tell });
  const gather = () => notices.gather(clock());
  // At once: the daemon looks once a minute, and a command's process ends.
  verification.events.on('changed', () => {
    try {
      gather();
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'notices could not be gathered');
    }
  });
  return {
    notices,
    reports,
    gather,
    /** Forgets what is past its time. */
    sweep(): void {
      const nowMs = clock();
      notices.sweep(nowMs);
      const auditedMs = nowMs - policy.audit.retentionMinDays * dayMs;
      reports.sweep(auditedMs);
      verification.errors.sweep(auditedMs);
      rooms.forgetMisreads?.(auditedMs);
    },
  };
}
