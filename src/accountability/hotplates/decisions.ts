import type { Person } from '../gate/person.ts';
import type { RefusedChange } from './entry-rows.ts';
import type { HotPlate } from './hot-plate.ts';

/** What an approver decided of what somebody else asked for. */
export interface HotPlateDecision {
  id: string;
  category: string;
  caseNumber: string | null;
  /** Account of the member who asked for it. */
  askedBy: string;
  outcome: 'approved' | 'refused' | 'change-refused';
  /** Name of the approver. */
  by: string;
  /** Whether the approver noted something, which may name a plate. */
  hasNote: boolean;
  atMs: number;
}

/** The decision by which an entry stands, as it was last changed or renewed, or was refused; null if there is none. */
export function decisionOn(entry: HotPlate): HotPlateDecision | null {
  const { state, enteredBy, approvedBy, approvedAt, approvalNote, ended } = entry;
  if (state === 'refused') {
    return ended === null ? null : decision(entry, enteredBy, 'refused', ended);
  }
  if (approvedBy === null || approvedAt === null) return null;
  return decision(entry, enteredBy, 'approved', {
    by: approvedBy,
    at: approvedAt,
    note: approvalNote,
  });
}

/** The refusal of a change or renewal of an entry; null if it was no one else's. */
export const refusedChange = (
  entry: HotPlate,
  { askedBy, ...refusal }: Omit<RefusedChange, 'id'>,
): HotPlateDecision | null =>
  decision(entry, askedBy ?? entry.enteredBy, 'change-refused', refusal);

function decision(
  { id, content }: HotPlate,
  askedBy: Person,
  outcome: HotPlateDecision['outcome'],
  { by, at, note }: { by: Person | null; at: string; note: string | null },
): HotPlateDecision | null {
  if (by === null || by.account === askedBy.account) return null;
  return {
    ...{
      id,
      outcome,
      hasNote: note !== null,
      by: by.name,
      atMs: Date.parse(at),
      askedBy: askedBy.account,
    },
    category: content?.category ?? 'other',
    caseNumber: content?.caseNumber ?? null,
  };
}
