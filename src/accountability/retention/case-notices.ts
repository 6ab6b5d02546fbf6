import type { UnitMode } from '../../config/sections/unit.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Audience } from '../notices/notice.ts';
import type { NoticeSource } from '../notices/notices.ts';
import type { Policy } from '../policy/policy.ts';
import type { Holds } from './holds.ts';
import { nearPurge } from './near-purge.ts';

/**
 * Tells those who worked on a case before its reads are purged, so that they book them into evidence or set a hold (RET-9);
 * where nobody of this unit did, those who may set one.
 */
export function createCaseNotices(deps: {
  db: Database;
  retention: Policy['retention'];
  mode: UnitMode;
  holds: Pick<Holds, 'isHeld' | 'membersOf'>;
}): NoticeSource {
  return {
    name: 'cases',
    everyMs: 3_600_000,
    find: (_, nowMs) =>
      nearPurge({ ...deps, nowMs }).flatMap(({ caseNumber, detections, held, firstPurgeAt }) => {
        if (firstPurgeAt === null) return [];
        const members = deps.holds.membersOf(caseNumber);
        const audiences: Audience[] =
          members.length === 0
            ? [{ permission: 'holds.set' }]
            : members.map((account) => ({ account }));
        return audiences.map((to) => ({
          // Told again when other reads come next.
          key: `case ${caseNumber} ${firstPurgeAt}`,
          kind: 'case-near-end' as const,
          to,
          about: `case ${caseNumber}`,
          text:
            `${detections - held} of ${detections} reads of case ${caseNumber} are purged from ${localTime(firstPurgeAt)} on. ` +
            `Book them into evidence (lookout evidence make --of-case ${caseNumber}) or have a hold set (lookout hold set)`,
          atMs: nowMs,
        }));
      }),
  };
}
