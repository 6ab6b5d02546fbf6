import { z } from 'zod';
import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { allRecords } from '../audit/all-records.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { type AuditRecord, auditCategories } from '../audit/audit-record.ts';
import type { AuditVerification } from '../audit/audit-verification.ts';
import type { AuditUnit } from '../audit/chain.ts';
import { lastForwarded } from '../audit/forward.ts';
import { verifyInThread } from '../audit/verify-in-thread.ts';
import type { FileAnswer } from '../gate/answer.ts';
import { type Operation, operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import { auditCsv } from './audit-csv.ts';
import { memoOf } from './memo.ts';
import { type Period, periodBefore } from './period.ts';
import { purgeOperation } from './purge.ts';
import { type AuditReport, reportAudit, reportText } from './report.ts';
import { type ReviewDue, reviewsDue } from './review-reminders.ts';
import { type AuditSample, sampleAudit } from './sample.ts';

const time = z.coerce.date().transform((date) => date.toISOString());
const filter = z.strictObject({
  from: time.optional(),
  to: time.optional(),
  category: z.enum(auditCategories).optional(),
  operation: z.string().max(100).optional(),
  outcome: z.enum(['done', 'started', 'refused', 'failed']).optional(),
  username: z.string().max(200).optional(),
  inquiry: z.uuid().optional(),
});
const period = z.strictObject({
  from: time.optional(),
  to: time.optional(),
  window: z
    .string()
    .regex(/^[1-9]\d{0,3}(d|w|mo|y)$/, 'use a length of time such as 90d, 2w, 6mo or 1y')
    .optional()
    .describe('Begin this long before `to`, instead of at `from`'),
});
const zone = z
  .string()
  .max(64)
  .default(() => Intl.DateTimeFormat().resolvedOptions().timeZone)
  .refine(isZone, 'is not a time zone; use one such as America/Los_Angeles');

/** Records that one file may hold. */
const mostExported = 100_000;

/** A page of records, newest first; `next` goes on from there. */
export interface AuditPage {
  records: AuditRecord[];
  next: number | null;
}

/** A sample with its memorandum in Markdown. */
export interface SampledAudit {
  sample: AuditSample;
  memo: string;
}

/** A report with its text in Markdown. */
export interface ReportedAudit {
  report: AuditReport;
  text: string;
}

/** What people do with the audit log; each look at it is itself audited as `Audit Access` (CJIS AU-2). */
export function auditOperations(deps: {
  log: AuditLog;
  /** `lookout.db`, which knows what was handed on to headquarters. */
  db: Database;
  dataDir: string;
  unit: AuditUnit;
  policy: Policy;
  administrator: { title: string; name: string };
}): Operation[] {
  const { log, db, dataDir, unit, policy, administrator } = deps;
  const { sampleN, intervalDays, reportEveryDays } = policy.audit;
  const look = {
    permission: 'audit.read',
    category: 'Audit Access',
    inquiry: false,
    effect: 'look',
  } as const;
  const verify = () => verifyInThread({ dataDir, unit, forwarded: lastForwarded(db) });

  return [
    operation({
      ...look,
      name: 'audit.list',
      http: { method: 'GET', path: '/audit' },
      input: filter.extend({
        before: z.coerce.number().int().min(1).optional(),
        limit: z.coerce.number().int().min(1).max(500).default(100),
      }),
      results: ({ records }: AuditPage) => records.length,
      run({ before, limit, ...wanted }): AuditPage {
        const within = log.span(wanted);
        const records = log.read(wanted, { limit, beyond: before, newest: true, within });
        return { records, next: records.length < limit ? null : (records.at(-1)?.seq ?? null) };
      },
    }),
    operation({
      ...look,
      name: 'audit.verify',
      http: { method: 'GET', path: '/audit/verification' },
      input: z.strictObject({}),
      results: ({ findings }: AuditVerification) => findings.length,
      run: verify,
    }),
    operation({
      ...look,
      name: 'audit.sample',
      http: { method: 'POST', path: '/audit/sample' },
      input: period.extend({
        n: z.coerce.number().int().min(sampleN).max(Math.max(sampleN, 1000)).default(sampleN),
        seed: z.string().min(1).max(200).optional(),
      }),
      results: ({ sample }: SampledAudit) => sample.inquiries.length,
      async run({ n, seed, ...asked }, { actor, nowMs }): Promise<SampledAudit> {
        const sample = await sampleAudit({
          log,
          policy: policy.inquiry,
          period: periodOf(asked, policy.audit.sampleWindowDays, nowMs),
          n,
          seed,
        });
        const memo = memoOf(sample, {
          agency: unit.agency,
          unit: unit.id,
          administrator,
          auditor: `${actor.name} (${actor.username}, ${actor.role})`,
          at: isoTime(nowMs),
          demands: demandsOf(policy.inquiry),
          verification: await verify(),
        });
        return { sample, memo };
      },
    }),
    operation({
      ...look,
      name: 'audit.report',
      http: { method: 'POST', path: '/audit/report' },
      input: period.extend({ zone }),
      results: ({ report }: ReportedAudit) => report.unusual.length,
      async run({ zone: nightOf, ...asked }, { nowMs }): Promise<ReportedAudit> {
        const report = await reportAudit({
          log,
          period: periodOf(asked, reportEveryDays ?? intervalDays, nowMs),
          zone: nightOf,
          unit,
          administrator,
          verification: await verify(),
        });
        return { report, text: reportText(report) };
      },
    }),
    operation({
      ...look,
      name: 'audit.due',
      http: { method: 'GET', path: '/audit/due' },
      input: z.strictObject({}),
      results: (due: ReviewDue[]) => due.length,
      run: (_, { nowMs }) => reviewsDue(log, policy.audit, nowMs),
    }),
    operation({
      ...look,
      name: 'audit.export',
      http: { method: 'GET', path: '/audit/export' },
      input: filter,
      results: ({ records }: FileAnswer & { records: number }) => records,
      async run(wanted, { nowMs }) {
        const records: AuditRecord[] = [];
        for await (const record of allRecords(log, wanted)) {
          records.push(record);
          if (records.length > mostExported) {
            throw new Refusal(
              413,
              'export-too-large',
              `One file holds at most ${mostExported} records; narrow it down by time.`,
            );
          }
        }
        const name = isoTime(nowMs).replace(/[:.]/g, '-');
        return {
          fileName: `audit-${unit.id}-${name}.csv`,
          contentType: 'text/csv; charset=utf-8',
          bytes: Buffer.from(await auditCsv(records)),
          records: records.length,
        };
      },
    }),
    purgeOperation({ log, db, policy: policy.audit, unit }),
  ];
}

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
  return `a purpose (${purposes.join(', ')}), and in addition ${words[required]}`;
}

function isZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
