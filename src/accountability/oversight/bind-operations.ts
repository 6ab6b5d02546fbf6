import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { namedSpan } from '../../platform/local-time.ts';
import { tableFile } from '../../platform/table-file.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuditRecord, AuditUnit } from '../audit/audit-record.ts';
import type { WholeVerification } from '../audit/audit-verification.ts';
import { lastForwarded } from '../audit/forward.ts';
import { verifyInThread } from '../audit/verify-in-thread.ts';
import type { WholeLog } from '../audit/whole-log.ts';
import { wholeNumber } from '../gate/input-fields.ts';
import type { Operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Officials } from '../officials/officials.ts';
import type { Policy } from '../policy/policy.ts';
import type { ReleaseRequest } from '../releases/release-request.ts';
import { countRequests } from './agency-requests.ts';
import { auditTable } from './audit-table.ts';
import type { DataErrors } from './data-errors.ts';

import { placeOfText, textOfPlace } from './log-place-text.ts';
import { createMemoranda } from './memoranda.ts';
import {
  exportAudit,
  fileMemo,
  finishMemo,
  judgeInquiry,
  listAudit,
  listMemos,
  listReviewsDue,
  listUnitLogs,
  openMemo,
  reportUse,
  sampleInquiries,
  sampleSchema,
  type ToldSample,
  verifyAudit,
} from './operations.ts';
import { type Period, periodBefore } from './period.ts';
import { purgeOperation } from './purge.ts';
import { reportAudit, reportText } from './report.ts';
import { reviewsDue } from './review-reminders.ts';
import { type AuditSample, sampleAudit } from './sample.ts';
import { toldRecord } from './told-record.ts';

/** Records that one file may hold. */
const maxExported = 100_000;

/** What people do with the audit log, on this unit. */
export function auditOperations(deps: {
  log: AuditLog;
  /** What there is to read: at headquarters also the records of all units. */
  wholeLog: WholeLog;
  /** `lookout.db`, which knows what was handed on to headquarters. */
  db: Database;
  dataDir: string;
  unit: AuditUnit;
  policy: Policy;
  officials: Pick<Officials, 'during'>;
  dataErrors: DataErrors;
  /** What records call the reads of a plate that are on this unit, and their pictures: `detection 0193…`. */
  objectsOf: (plate: string) => Promise<string[]>;
  /** Every request of another agency on file. */
  requests: () => readonly ReleaseRequest[];
}): Operation[] {
  const { log, wholeLog, db, dataDir, unit, policy, officials, dataErrors } = deps;
  const { sampleN, intervalDays, reportEveryDays } = policy.audit;
  const memoranda = createMemoranda({ db, unit, officials, dataErrors });
  const verify = async (): Promise<WholeVerification> => ({
    ...(await verifyInThread({ dataDir, unit, forwarded: lastForwarded(db) })),
    units: await wholeLog.checkUnits(),
  });

  /** A look at a read by its number is one at its plate, for as long as the read is here. */
  const withObjects = async <Filter extends { plate?: string | undefined }>(asked: Filter) =>
    asked.plate === undefined ? asked : { ...asked, objects: await deps.objectsOf(asked.plate) };

  return [
    listAudit.does(async ({ before, limit, ...asked }) => {
      const wanted = await withObjects(asked);
      const place = before === undefined ? undefined : placeOfText(before);
      const { records, next } = await wholeLog.newest(wanted, { limit, before: place });
      return {
        records: records.map(toldRecord),
        next: next && textOfPlace(next),
        span: namedSpan(wanted.from, wanted.to),
        overview:
          before === undefined
            ? {
                kinds: await wholeLog.countByKind(wanted),
                people: await wholeLog.people(),
                units: await wholeLog.units(),
              }
            : null,
      };
    }),
    verifyAudit.does(verify),
    listUnitLogs.does(() => wholeLog.states()),
    sampleInquiries.does(
      async ({ n = sampleN, seed, ...asked }, { actor, nowMs }) => {
        const sample = await sampleAudit({
          log: wholeLog,
          unit: unit.id,
          policy: policy.inquiry,
          period: periodOf(asked, policy.audit.sampleWindowDays, nowMs),
          n,
          seed,
        });
        const drawn = memoranda.draw(
          {
            sample,
            drawnBy: `${actor.name} (${actor.username}, ${actor.role})`,
            demands: demandsOf(policy.inquiry),
            verification: await verify(),
          },
          nowMs,
        );
        return { sample: toldSample(sample), memorandum: drawn.memorandum, memo: drawn.text };
      },
      {
        input: sampleSchema.extend({
          n: wholeNumber(sampleN, Math.max(sampleN, 1000)).default(sampleN),
        }),
      },
    ),
    listMemos.does(() => memoranda.list()),
    openMemo.does(({ number }) => {
      const { memorandum, sample, text } = memoranda.open(number);
      return { memorandum, sample: toldSample(sample), memo: text };
    }),
    judgeInquiry.does(({ number, ...verdict }, { actor, nowMs }) =>
      memoranda.judge(number, verdict, actor, nowMs),
    ),
    finishMemo.does(async ({ number }, { actor, nowMs }) =>
      memoranda.finish(number, actor, await verify(), nowMs),
    ),
    fileMemo.does(({ number, where }, { actor, nowMs }) =>
      memoranda.file(number, where, actor, nowMs),
    ),
    reportUse.does(async ({ zone, ...asked }, { nowMs }) => {
      const period = periodOf(asked, reportEveryDays ?? intervalDays, nowMs);
      const report = await reportAudit({
        log: wholeLog,
        period,
        dataErrors: dataErrors(period),
        purposes: policy.inquiry.purposes,
        requests: countRequests(deps.requests(), period),
        zone,
        unit,
        overseers: officials.during('overseer', Date.parse(period.from), Date.parse(period.to) - 1),
        verification: await verify(),
      });
      return { report, text: reportText(report) };
    }),
    listReviewsDue.does((_, { nowMs }) => reviewsDue(log, policy.audit, nowMs)),
    exportAudit.does(async ({ as, utc, ...asked }, { nowMs }) => {
      const wanted = await withObjects(asked);
      const records: AuditRecord[] = [];
      for await (const record of wholeLog.all(wanted)) {
        records.push(record);
        if (records.length > maxExported) {
          throw new Refusal(
            413,
            'export-too-large',
            `One file holds at most ${maxExported} records; narrow it down by time.`,
          );
        }
      }
      const name = isoTime(nowMs).replace(/[:.]/g, '-');
      return {
        fileName: `audit-${unit.id}-${name}.${as}`,
        ...(await tableFile(auditTable(records), { form: as, utc })),
        records: records.length,
      };
    }),
    purgeOperation({
      ...{ log, db, policy: policy.audit, unit, memoranda, units: wholeLog.unitPurge },
    }),
  ];
}

/** The sample with words for each record. */
const toldSample = (sample: AuditSample): ToldSample => ({
  ...sample,
  inquiries: sample.inquiries.map((inquiry) => ({
    ...inquiry,
    looks: inquiry.looks.map(toldRecord),
  })),
});

function periodOf(
  asked: { from?: string | undefined; to?: string | undefined; window?: string | undefined },
  days: number,
  nowMs: number,
): Period {
  // What is written in this very millisecond belongs to it, too.
  const to = asked.to ?? isoTime(nowMs + 1);
  const from = asked.from ?? periodBefore(asked.window ?? `${days}d`, Date.parse(to)).from;
  if (from > to) throw new Refusal(400, 'bad-input', 'The period ends before it begins.');
  return { from, to };
}

function demandsOf({ required, purposes }: Policy['inquiry']): string {
  const words = {
    case_and_reason: 'a case or incident number, and a reason',
    case_or_reason: 'a case or incident number, or a reason',
    none: 'nothing else',
  };
  return `a purpose (${purposes.map((each) => each.replaceAll('_', ' ')).join(', ')}), and in addition ${words[required]}`;
}
