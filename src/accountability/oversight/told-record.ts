import type { AuditRecord } from '../audit/audit-record.ts';
import { deedWords } from '../audit/deeds.ts';
import { aboutWords } from './about-words.ts';

/** A record of the log for a person to read. */
export interface ToldRecord extends AuditRecord {
  /** What was done, in words; `operation` is its name. */
  deed: string;
  /** What it was about, in words; `object` and `query` have it whole. */
  about: string;
}

export function toldRecord(record: AuditRecord): ToldRecord {
  return { ...record, deed: deedWords(record.operation), about: aboutWords(record) };
}
