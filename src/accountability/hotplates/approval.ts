import type { Role } from '../gate/permissions.ts';
import type { Person } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';

type Rules = Pick<Policy, 'hotplates'>;

/** An entry or change that needs approval. */
export interface Approvable {
  kind: 'new' | 'change' | 'renewal';
  /** The person who entered it or requested the change. */
  by: Person;
}

/** Whether the policy requires approval of entries. */
export function needsApproval({ hotplates }: Rules): boolean {
  return hotplates.requiredFields.includes('approvedBy');
}

/**
 * Throws a Refusal unless this person may approve (HOT-6, HOT-8): someone other than the requester, with a role that
 * the policy names. Where it has an order, the first of these roles approves a new entry; a person with another role must
 * state why.
 */
export function checkApprover(
  { kind, by }: Approvable,
  approver: { account: string; role: Role },
  note: string | null,
  { hotplates }: Rules,
): void {
  if (hotplates.fourEyes && approver.account === by.account) {
    throw new Refusal(403, 'own-entry', 'You cannot approve your own entry; ask another approver.');
  }
  const chain = kind === 'new' ? approversOf(by.role, hotplates) : hotplates.approveChange;
  const rank = chain.indexOf(approver.role);
  if (rank < 0) {
    const what = kind === 'new' ? 'a new entry' : `a ${kind}`;
    throw new Refusal(
      403,
      'not-an-approver',
      `Your role (${approver.role}) may not approve ${what}; these may: ${chain.join(', ')}.`,
    );
  }
  if (hotplates.inOrder && kind === 'new' && rank > 0 && note === null) {
    throw new Refusal(
      400,
      'first-choice-not-asked',
      `The first to approve is ${chain[0]?.replaceAll('_', ' ')}. Note why you approve instead (unavailable, designee).`,
    );
  }
}

/** Whether this person may approve what waits: somebody else's, with a role that the policy names for it. */
export function mayApprove(
  { kind, by }: Approvable,
  approver: { account: string; role: Role },
  { hotplates }: Rules,
): boolean {
  if (hotplates.fourEyes && approver.account === by.account) return false;
  return (kind === 'new' ? hotplates.approveNew : hotplates.approveChange).includes(approver.role);
}

/** The approvers of a new entry, in the order in which someone of this role asks them. */
function approversOf(role: string, { approveNew, askFirst }: Policy['hotplates']): readonly Role[] {
  const first = Object.entries(askFirst).find(([asking]) => asking === role)?.[1];
  return first === undefined ? approveNew : [first, ...approveNew.filter((each) => each !== first)];
}
