import { z } from 'zod';
import { type Operation, operation } from '../access/operation.ts';
import type { Database } from '../platform/database.ts';
import type { AuditLog } from './audit-log.ts';
import { type AuditRecord, auditCategories } from './audit-record.ts';
import type { AuditUnit } from './chain.ts';
import { lastForwarded } from './forward.ts';
import type { AuditVerification } from './verify.ts';
import { verifyInThread } from './verify-in-thread.ts';

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

/** A page of records, newest first; `next` goes on from there. */
export interface AuditPage {
  records: AuditRecord[];
  next: number | null;
}

/** What people do with the audit log; each look at it is itself audited as `Audit Access` (CJIS AU-2). */
export function auditOperations(deps: {
  log: AuditLog;
  /** `lookout.db`, which knows what was handed on to headquarters. */
  db: Database;
  dataDir: string;
  unit: AuditUnit;
}): Operation[] {
  const { log, db, dataDir, unit } = deps;
  const look = {
    permission: 'audit.read',
    category: 'Audit Access',
    inquiry: false,
    effect: 'look',
  } as const;

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
        const records = log.read(wanted, { limit, beyond: before, newest: true });
        return { records, next: records.length < limit ? null : (records.at(-1)?.seq ?? null) };
      },
    }),
    operation({
      ...look,
      name: 'audit.verify',
      http: { method: 'GET', path: '/audit/verification' },
      input: z.strictObject({}),
      results: ({ findings }: AuditVerification) => findings.length,
      run: () => verifyInThread({ dataDir, unit, forwarded: lastForwarded(db) }),
    }),
  ];
}
