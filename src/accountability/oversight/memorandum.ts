/** An auditor's verdict: whether an inquiry is within the policy. */
export const verdicts = ['within_policy', 'not_within_policy', 'to_be_clarified'] as const;
export type Verdict = (typeof verdicts)[number];

/** What an auditor found of one inquiry. */
export interface JudgedByAuditor {
  inquiry: number;
  verdict: Verdict;
  note: string;
  by: string;
  at: string;
}

/** Who did something with a memorandum, and when. */
export interface Done {
  by: string;
  at: string;
}

/** A memorandum of an audit. open: verdicts may be entered and changed; final: nothing changes any more. */
export interface Memorandum {
  number: number;
  /** Unit and number, as each unit counts its own: `car-7-0001`. */
  name: string;
  state: 'open' | 'final' | 'filed';
  from: string;
  to: string;
  drawn: Done;
  inquiries: number;
  verdicts: JudgedByAuditor[];
  finished: Done | null;
  filed: (Done & { where: string }) | null;
}

/** The name of a memorandum, which no other unit gives. */
export function memoName(unitId: string, number: number): string {
  return `${unitId}-${String(number).padStart(4, '0')}`;
}

/** What a person names a memorandum by: its number, or its name; `unit` is null for a bare number. */
export function memoOfText(reference: string): { unit: string | null; number: number } {
  const [, unit = null, digits = ''] = /^(?:(.+)-)?(\d+)$/.exec(reference) ?? [];
  return { unit, number: Number(digits) };
}

/** Object of the audit records of draws that make a memorandum. */
export const drawnMemo = 'memorandum';
