import { messageOf } from '../../platform/problem.ts';
import type { AuditEntry, AuditWriter } from '../audit/audit-record.ts';
import { Refusal } from './refusal.ts';

/**
 * Appends an audit record; throws a Refusal if it cannot be written, because nothing may be shown or changed unrecorded
 * (CJIS AU-5).
 */
export type AuditTrail = (entry: AuditEntry) => void;

/** `onAuditFailure` is called for each record that could not be written. */
export function createAuditTrail(
  audit: AuditWriter,
  onAuditFailure: (problem: string) => void,
): AuditTrail {
  return (entry) => {
    try {
      audit.append(entry);
    } catch (error) {
      onAuditFailure(messageOf(error));
      throw new Refusal(
        503,
        'audit-unwritable',
        `The audit log cannot be written, so nothing is shown or changed: ${messageOf(error)}`,
      );
    }
  };
}
