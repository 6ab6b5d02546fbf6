import type { AuditRecord, Inquiry } from '../audit/audit-record.ts';
import { numberForm, type Policy } from '../policy/policy.ts';

/** The looks made under one stated purpose. */
export interface BrowsingInquiry {
  /** The inquiry's id, or `record N` if no inquiry was stated. */
  key: string;
  inquiry: Inquiry | null;
  looks: AuditRecord[];
}

/** Operations that can return every detection if no element limits them. */
const searches = ['detections.search', 'results.export'];

/** Fields that limit a search to something. */
const elements = [
  'plate',
  'state',
  'from',
  'to',
  'area',
  'head',
  'list',
  'make',
  'model',
  'colour',
  'body',
] as const;

/**
 * What an inquiry lacks of what the profile requires (AUD-1, AUD-2, AUD-9; Civil Code 1798.90.52); empty if it passes.
 * Judges the record alone, whatever the program that wrote it had checked.
 */
export function faultsOf({ inquiry, looks }: BrowsingInquiry, policy: Policy['inquiry']): string[] {
  const faults: string[] = [];
  if (inquiry === null) {
    faults.push('no purpose was stated');
  } else {
    const { purpose, caseNumber, incidentNumber, reason } = inquiry;
    const pattern = numberForm(policy.caseNumberPattern);
    if (!policy.purposes.includes(purpose)) {
      faults.push(`the policy has no purpose "${purpose}"`);
    }
    const numbers = [caseNumber, incidentNumber].filter((number) => number !== null);
    const hasReason = reason !== null && (reason.match(/\p{L}/gu) ?? []).length >= 3;
    for (const number of numbers) {
      if (!pattern.test(number)) faults.push(`"${number}" is not a case or incident number`);
    }
    if (policy.required === 'case_and_reason') {
      if (numbers.length === 0) faults.push('there is no case or incident number');
      if (!hasReason) faults.push('there is no reason in words');
    }
    if (policy.required === 'case_or_reason' && numbers.length === 0 && !hasReason) {
      faults.push('there is neither a case or incident number nor a reason');
    }
  }
  if (new Set(looks.map(({ who }) => who.account)).size > 1) {
    faults.push('several people used one inquiry');
  }
  if (looks.some(({ who }) => who.username === '' || who.organisation === '')) {
    faults.push('username or organisation is not recorded');
  }
  const vague = looks.filter(
    ({ operation, query }) =>
      searches.includes(operation) && !elements.some((name) => query?.[name] !== undefined),
  );
  if (vague.length > 0) faults.push('the search had no criteria: no plate, time or place');
  return faults;
}
