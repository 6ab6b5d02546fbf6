import type { Head } from './chain.ts';

/** What can be wrong with a log. `clock` and `gap` are no tampering by themselves. */
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

/** One thing found, and the record it was found at (null: the log as a whole). */
export interface AuditFinding {
  fault: AuditFault;
  seq: number | null;
  text: string;
}

/** What a verification found; sound when there are no findings but `clock` and `gap`. */
export interface AuditVerification {
  sound: boolean;
  log: string | null;
  agency: string | null;
  unit: string | null;
  /** Records looked at, and the first and last time among them. */
  records: number;
  first: string | null;
  last: string | null;
  head: Head | null;
  purged: number;
  findings: AuditFinding[];
  /** How many more there were than are listed. */
  more: number;
}
