import { localDay } from '../../platform/local-time.ts';
import { tableFile } from '../../platform/table-file.ts';
import type { Operation } from '../gate/operation.ts';
import {
  approveRelease,
  exportReleaseLog,
  listReleases,
  makeStatistics,
  refuseRelease,
  requestRelease,
  verifyRelease,
  withdrawRelease,
} from './operations.ts';
import type { Releases } from './releases.ts';
import type { StatisticsMaker } from './statistics.ts';
import { statisticsCsv, statisticsMarkdown } from './statistics-text.ts';

/** Operations on requests of other agencies, on this unit. */
export function releaseOperations({ releases }: { releases: Releases }): Operation[] {
  // The audit log names a request by its id, whatever was typed.
  const ofRequest = { object: ({ id }: { id: string }) => `release ${releases.idOf(id) ?? id}` };
  return [
    requestRelease.does((ask, { actor, nowMs }) => releases.request(ask, actor, nowMs)),
    verifyRelease.does(
      ({ id, how }, { actor, nowMs }) => releases.verify(id, how, actor, nowMs),
      ofRequest,
    ),
    approveRelease.does(
      (approval, { actor, nowMs }) => releases.approve(approval, actor, nowMs),
      ofRequest,
    ),
    refuseRelease.does(
      (refusal, { actor, nowMs }) => releases.refuse(refusal, actor, nowMs),
      ofRequest,
    ),
    withdrawRelease.does(
      (withdrawal, { actor, nowMs }) => releases.withdraw(withdrawal, actor, nowMs),
      ofRequest,
    ),
    listReleases.does(({ state }, { nowMs }) => releases.list(nowMs, state)),
    exportReleaseLog.does(async ({ as, utc }) => ({
      fileName: `release-requests.${as}`,
      ...(await tableFile(releases.table(), { form: as, utc })),
    })),
  ];
}

/** Public figures in the requested form (REL-7), on this unit. */
export function statisticsOperations({ statistics }: { statistics: StatisticsMaker }): Operation[] {
  return [
    makeStatistics.does(async ({ months, as }) => {
      const made = await statistics.make(months);
      if (as === 'json') return made;
      const isCsv = as === 'csv';
      return {
        fileName: `statistics-${localDay(made.madeAt)}.${isCsv ? 'csv' : 'md'}`,
        contentType: `text/${as}; charset=utf-8`,
        bytes: Buffer.from(isCsv ? await statisticsCsv(made) : statisticsMarkdown(made)),
      };
    }),
  ];
}
