import { messageOf } from '../../platform/problem.ts';
import type { AuditEntry, AuditWriter } from '../audit/audit-record.ts';
import { Refusal } from './refusal.ts';

/**
 * Appends an audit record; throws a Refusal if it cannot be written, because nothing may be shown or changed unrecorded
 * (CJIS AU-5). `isChanged`: the record is the last one of a change that was recorded as begun and stays: the refusal says so,
 * as whoever reads that nothing was changed would do it a second time.
 */
export type AuditTrail = (entry: AuditEntry, isChanged?: boolean) => void;

/** `onAuditFailure` is called for each record that could not be written. */
export function createAuditTrail(
  audit: AuditWriter,
  onAuditFailure: (problem: string) => void,
): AuditTrail {
  return (entry, isChanged = false) => {
    try {
      audit.append(entry);
    } catch (error) {
      onAuditFailure(messageOf(error));
      const why = messageOf(error);
      throw isChanged
        ? new Refusal(
            503,
            'audit-unfinished',
            `It was done and stays, but the audit log could not record its end (${why}). Look whether it is there before you do it again.`,
          )
        : new Refusal(
            503,
            'audit-unwritable',
            `The audit log cannot be written, so nothing is shown or changed: ${why}`,
          );
    }
  };
}
