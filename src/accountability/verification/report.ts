import type { Person } from '../gate/person.ts';

/** new: nobody has taken it up; taken: somebody works on it; closed: with an outcome. */
export const reportStates = ['new', 'taken', 'closed'] as const;
export type ReportState = (typeof reportStates)[number];

/** What became of a report. */
export const reportOutcomes = [
  'corrected',
  'no_fault_found',
  'retraining',
  'referred',
  'no_action',
] as const;
export type ReportOutcome = (typeof reportOutcomes)[number];

/** Something that was done about a report. */
export interface ReportStep {
  at: string;
  kind: 'read' | 'taken' | 'answered' | 'closed';
  by: string;
  outcome: ReportOutcome | null;
  text: string | null;
}

/** A report of an error or of a violation, with what was done about it (VER-12). */
export interface ReportView {
  /** Counts on this unit, to name it by. */
  number: number;
  id: string;
  /** `lost_unit`: at headquarters, that a unit told that another is lost (BRE-1). */
  kind: 'error' | 'violation' | 'lost_unit';
  at: string;
  subject: string;
  text: string;
  hitId: string | null;
  by: string;
  /** Of whom a violation is reported; null where the reporter names no account. */
  about: string | null;
  state: ReportState;
  steps: ReportStep[];
}

/** Someone of whom a violation may be reported. */
export type Suspect = Pick<Person, 'account' | 'username' | 'name'>;

/**
 * Whether a violation is, or may be, reported of this person: the reporter named their account, or the words hold their
 * username, their name, or their family name. It is better that one supervisor too many does not see a report than that
 * someone reads what is said of them; others see it.
 */
export function isReportedOf(
  report: { kind: string; about: string | null; subject: string; text: string },
  person: Suspect,
): boolean {
  if (report.kind !== 'violation') return false;
  if (report.about !== null) return report.about === person.account || says(report, person);
  return says(report, person);
}

function says({ subject, text }: { subject: string; text: string }, person: Suspect): boolean {
  const words = ` ${plain(`${subject} ${text}`)} `;
  const family = person.name.trim().split(/\s+/).at(-1) ?? '';
  return [person.username, person.name, family]
    .map(plain)
    .some((name) => name.length > 1 && words.includes(` ${name} `));
}

/** Letters and digits in lower case, without accents, one space between words; a genitive s is left out. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’]s\b/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
