import type { AuditRecord } from '../../accountability/audit/audit-record.ts';

/** What a record of the audit log was about: its query, or else its object. */
export function lookWords({ object, query }: Pick<AuditRecord, 'object' | 'query'>): string {
  const parts = Object.entries(query ?? {})
    .filter(
      ([name, value]) => name !== 'limit' && value !== false && value !== null && value !== 'any',
    )
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return parts.length === 0 ? (object ?? '') : parts.join(', ');
}

/** Why somebody looked: "investigation · 26-0042 · burglary series" */
export function inquiryWords(inquiry: AuditRecord['inquiry']): string {
  if (inquiry === null) return '–';
  const { purpose, caseNumber, incidentNumber, reason } = inquiry;
  return [purpose.replaceAll('_', ' '), caseNumber, incidentNumber, reason]
    .filter((part) => part !== null)
    .join(' · ');
}
