import type { AuditLog } from '../audit/audit-log.ts';
import type { NoticeSource } from '../notices/notices.ts';
import type { Policy } from '../policy/policy.ts';
import { reviewsDue } from './review-reminders.ts';

/** Tells those who may read the audit log that an audit or a report is due, and again when it is overdue (AUD-7). */
export function createReviewNotices(log: AuditLog, policy: Policy['audit']): NoticeSource {
  return {
    name: 'reviews',
    everyMs: 3_600_000,
    find: (_, nowMs) =>
      reviewsDue(log, policy, nowMs).flatMap(({ what, dueAt, overdue, reminder }) =>
        reminder === null
          ? []
          : [
              {
                key: `${what} ${dueAt} ${overdue ? 'overdue' : 'due'}`,
                kind: 'review',
                to: { permission: 'audit.read' },
                about: null,
                text: `${reminder[0]?.toUpperCase()}${reminder.slice(1)}`,
                atMs: nowMs,
              },
            ],
      ),
  };
}
