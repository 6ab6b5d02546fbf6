import type { AuditRecord } from '../../accountability/audit/audit-record.ts';
import type { DeedKind } from '../../accountability/audit/deed-kinds.ts';
import { codeWords } from './words.ts';

/** Kinds of deeds, as a person chooses among them. */
export const deedKindNames: Record<DeedKind, string> = {
  looks: 'Looks at plates and pictures',
  alerts: 'Alerts verified and closed',
  lists: 'Hot plates and hot lists changed',
  keeping: 'Records kept, deleted, handed out',
  accounts: 'Logins and accounts',
  settings: 'Settings changed',
  oversight: 'Audits and reports of errors',
  unit: 'Own inbox, cameras and the unit itself',
};

export const deedOutcomeNames: Record<AuditRecord['outcome'], string> = {
  done: 'done',
  started: 'begun',
  refused: 'refused',
  failed: 'failed',
};

/** "done, 3 results" */
export function outcomeWords({
  outcome,
  results,
}: Pick<AuditRecord, 'outcome' | 'results'>): string {
  const words = deedOutcomeNames[outcome];
  if (results === null) return words;
  return `${words}, ${results === 1 ? 'one result' : `${results.toLocaleString('en-US')} results`}`;
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
