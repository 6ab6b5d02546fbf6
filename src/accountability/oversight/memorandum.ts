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
  state: 'open' | 'final' | 'filed';
  from: string;
  to: string;
  drawn: Done;
  inquiries: number;
  verdicts: JudgedByAuditor[];
  finished: Done | null;
  filed: (Done & { where: string }) | null;
}

/** Object of the audit records of draws that make a memorandum. */
export const drawnMemo = 'memorandum';
