import { z } from 'zod';
import type { Deed } from './deeds.ts';

/** Categories as the policies name them (AUD-4: A 429.6; Detection Browsing: V 426.6(e)), then our own. */
export const auditCategories = [
  'User Login',
  'Hit List Browsing',
  'Hot List Browsing',
  'Hot List Upload',
  'Hot Plate Upload',
  'Hot List Delete',
  'Hot Plate Delete',
  'Stakeout Browsing',
  'Detection Browsing',
  'Image View',
  'Export',
  'Disposition',
  'Release',
  'Hold',
  'Purge',
  'Account Change',
  'Configuration Change',
  'Audit Access',
  'Error Report',
  'System',
] as const;
export type AuditCategory = (typeof auditCategories)[number];

/** Why someone looked at data (AUD-1, AUD-9; Civil Code 1798.90.52). */
export const inquirySchema = z.strictObject({
  id: z.uuid(),
  purpose: z.string().min(1).max(200),
  caseNumber: z.string().max(64).nullable(),
  incidentNumber: z.string().max(64).nullable(),
  reason: z.string().max(1000).nullable(),
});
export type Inquiry = z.infer<typeof inquirySchema>;

/** An event as its author describes it; the log adds number, time, unit and hashes. */
export const auditEntrySchema = z.strictObject({
  category: z.enum(auditCategories),
  /** The name of the deed, such as `detections.search`; a record of an earlier release may name one that is gone. */
  operation: z.string(),
  /**
   * done: completed; results are shown only after this record is on disk. started: a change that is about to be made.
   * refused: not permitted or invalid. failed: begun and not completed.
   */
  outcome: z.enum(['done', 'started', 'refused', 'failed']),
  /** Null account: the unit itself, headquarters, or someone who could not log in. */
  who: z.strictObject({
    account: z.uuid().nullable(),
    username: z.string().max(200),
    name: z.string(),
    role: z.string().nullable(),
    organisation: z.string(),
  }),
  /**
   * Terminal, address or link: `page 127.0.0.1`, `command line pts/3`, `https page 192.0.2.7`, `certified https page 192.0.2.7
   * CN=moss-laptop`, `headquarters`, `unit`.
   */
  from: z.string(),
  session: z.uuid().nullable(),
  /** The object of the operation, such as `hotplate 0193…`; null if it has none. */
  object: z.string().nullable(),
  /** The input: the plate and other elements of a query, or the fields of a change. Never a secret. */
  query: z.record(z.string(), z.unknown()).nullable(),
  /** Number of results shown. */
  results: z.int().min(0).nullable(),
  inquiry: inquirySchema.nullable(),
  /** Why it was refused or failed, or other facts worth recording. */
  note: z.string().nullable(),
});
export type AuditEntry = Omit<z.infer<typeof auditEntrySchema>, 'operation'> & { operation: Deed };

/** What an entry says of an event that has no more to it than who did what. */
export const bareEntry = {
  outcome: 'done',
  session: null,
  object: null,
  query: null,
  results: null,
  inquiry: null,
  note: null,
} as const satisfies Partial<AuditEntry>;

/** The unit to which a log belongs. */
export interface AuditUnit {
  agency: string;
  id: string;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** A link of the chain: `hash` covers all other fields, including `previous`. */
export const auditRecordSchema = auditEntrySchema.extend({
  seq: z.int().min(1),
  /** To the millisecond, UTC (CJIS AU-8). */
  at: z.iso.datetime(),
  agency: z.string(),
  unit: z.string(),
  previous: hash,
  hash,
});
export type AuditRecord = z.infer<typeof auditRecordSchema>;

/** The writing side of the log, which is all that most rooms need. */
export interface AuditWriter {
  /** Appends and returns once the record is on the disk. Throws when it cannot be written: then nothing may be shown. */
  append(entry: AuditEntry): AuditRecord;
}
