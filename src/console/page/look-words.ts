import type { AuditRecord } from '../../accountability/audit/audit-record.ts';
import { codeWords } from './words.ts';

/** What a record of the audit log was about: its query, or else its object. */
export function lookWords({ object, query }: Pick<AuditRecord, 'object' | 'query'>): string {
  const parts = Object.entries(query ?? {})
    .filter(
      ([name, value]) => name !== 'limit' && value !== false && value !== null && value !== 'any',
    )
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return parts.length === 0 ? (object ?? '') : parts.join(', ');
}

/** Why somebody looks: "investigation · case 26-0042 · burglary series" */
export function inquiryWords(
  inquiry: Pick<
    NonNullable<AuditRecord['inquiry']>,
    'purpose' | 'caseNumber' | 'incidentNumber' | 'reason'
  > | null,
): string {
  if (inquiry === null) return '–';
  const { purpose, caseNumber, incidentNumber, reason } = inquiry;
  const words = [codeWords(purpose)];
  if (caseNumber !== null) words.push(`case ${caseNumber}`);
  if (incidentNumber !== null) words.push(`incident ${incidentNumber}`);
  if (reason !== null) words.push(reason);
  return words.join(' · ');
}
