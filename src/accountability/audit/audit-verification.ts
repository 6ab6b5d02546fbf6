import type { Head } from './chain.ts';
import type { CheckedUnitLog } from './unit-records.ts';

/** Faults that a log can have. `clock` and `gap` alone are not tampering. */
export type AuditFault =
  | 'unreadable'
  | 'foreign'
  | 'key'
  | 'triggers'
  | 'changed'
  | 'removed'
  | 'inserted'
  | 'reordered'
  | 'truncated'
  | 'anchor'
  | 'checkpoint'
  | 'noted'
  | 'gap'
  | 'clock';

/** A fault and the record where it was found (null: the log as a whole). */
export interface AuditFinding {
  fault: AuditFault;
  seq: number | null;
  text: string;
}

/** The result of a verification; sound if it has no findings except `clock` and `gap`. */
export interface AuditVerification {
  sound: boolean;
  log: string | null;
  agency: string | null;
  unit: string | null;
  /** Number of records verified, and the first and last time among them. */
  records: number;
  first: string | null;
  last: string | null;
  head: Head | null;
  purged: number;
  findings: AuditFinding[];
  /** Number of findings beyond those listed. */
  more: number;
}

/** The same with the logs of the units at headquarters; null on a unit. */
export type WholeVerification = AuditVerification & { units: CheckedUnitLog[] | null };
