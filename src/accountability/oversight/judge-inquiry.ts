import type { AuditRecord, Inquiry } from '../audit/audit-record.ts';
import { numberRule } from '../policy/number-rule.ts';
import type { Policy } from '../policy/policy.ts';

/** The looks made under one stated purpose. */
export interface BrowsingInquiry {
  /** The inquiry's id, or `record N` if no inquiry was stated, with the unit if it is another's. */
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
    const rule = numberRule(policy);
    if (!policy.purposes.includes(purpose)) {
      faults.push(`the policy has no purpose "${purpose}"`);
    }
    const numbers = [caseNumber, incidentNumber].filter((number) => number !== null);
    const hasReason = reason !== null && (reason.match(/\p{L}/gu) ?? []).length >= 3;
    for (const number of numbers) {
      if (!rule.test(number)) faults.push(`"${number}" is not a case or incident number`);
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
  if (looks.some((look) => searches.includes(look.operation) && !elements.some(limits(look)))) {
    faults.push('searched for nothing in particular: no plate, time or place');
  }
  return faults;
}

/** Whether a field limits a look: given, and not a pattern of wildcards alone, which everything matches. */
const limits =
  ({ query }: AuditRecord) =>
  (name: (typeof elements)[number]): boolean => {
    const value = query?.[name];
    if (typeof value === 'string') return /[\p{L}\p{N}]/u.test(value);
    return value !== undefined && value !== null;
  };

/** Words of a private tie between a person and whom they look up. */
const privateTies =
  /\b(?:ex|(?:girl|boy)[ -]?friends?|wife|husband|spouse|fianc[ée]e?|partner'?s?|lover|dating|neighbou?rs?|land(?:lord|lady)|in-laws?|(?:step)?(?:son|daughter|brother|sister|mother|father|mom|dad)s?|cousins?|(?:room|flat)mates?|friends?|buddy|my own|myself|personal(?:ly)?|private(?:ly)?|curio(?:us|sity)|test(?:ing)?)\b/iu;

/**
 * What the person who audits should read twice, since no program can judge it: a reason that speaks of a private tie,
 * one that says next to nothing, and what the gate noted at the look, such as words of immigration enforcement (REL-4). Remarks, not faults: a domestic case has the same words.
 */
export function remarksOn({ inquiry, looks }: BrowsingInquiry): string[] {
  const reason = inquiry?.reason ?? null;
  const remarks: string[] = [];
  const tie = reason === null ? null : privateTies.exec(reason);
  if (tie !== null) remarks.push(`the reason says "${tie[0]}"`);
  if (inquiry !== null && inquiry.caseNumber === null && inquiry.incidentNumber === null) {
    remarks.push(reason === null ? 'there is no number and no reason' : 'there is no number');
  }
  remarks.push(...new Set(looks.flatMap(({ note }) => note ?? [])));
  return remarks;
}
