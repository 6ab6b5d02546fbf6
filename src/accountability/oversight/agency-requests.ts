import { type ReleaseRequest, type ShownState, shownState } from '../releases/release-request.ts';
import type { Period } from './period.ts';

/** Requests of other agencies in a period (B 466.6(d)). */
export interface AgencyRequests {
  made: number;
  approved: number;
  refused: number;
  /** Approvals that were withdrawn in the period. */
  withdrawn: number;
  /** Made in the period, and not decided by its end. */
  waiting: number;
  /** Packages that were released. */
  packages: number;
  requests: {
    number: string;
    at: string;
    agency: string;
    person: string;
    purpose: string;
    state: ShownState;
    decidedBy: string | null;
    packages: number;
  }[];
}

/** Counts what was made, decided or released within the period; each at its own time. */
export function countRequests(
  all: readonly Pick<
    ReleaseRequest,
    | 'number'
    | 'agency'
    | 'person'
    | 'purpose'
    | 'state'
    | 'requested'
    | 'decided'
    | 'earlier'
    | 'granted'
    | 'packages'
  >[],
  { from, to }: Period,
): AgencyRequests {
  const within = (at: string | undefined) => at !== undefined && at >= from && at < to;
  const touched = all.filter(
    (each) =>
      within(each.requested.at) ||
      within(each.decided?.at) ||
      within(each.earlier?.at) ||
      each.packages.some(({ at }) => within(at)),
  );
  const decided = (state: ShownState) =>
    touched.filter((each) => shownState(each) === state && within(each.decided?.at)).length;
  const approvedAndWithdrawn = touched.filter(
    (each) => shownState(each) === 'withdrawn' && within(each.earlier?.at),
  ).length;
  return {
    made: touched.filter(({ requested }) => within(requested.at)).length,
    approved: decided('approved') + approvedAndWithdrawn,
    refused: decided('refused'),
    withdrawn: decided('withdrawn'),
    waiting: touched.filter((each) => each.decided === null || firstDecisionAt(each) >= to).length,
    packages: touched.flatMap(({ packages }) => packages.filter(({ at }) => within(at))).length,
    requests: touched.map((each) => ({
      number: each.number,
      at: each.requested.at,
      agency: each.agency,
      person: each.person,
      purpose: each.purpose,
      state: shownState(each),
      decidedBy: each.decided?.name ?? null,
      packages: each.packages.length,
    })),
  };
}

function firstDecisionAt({
  earlier,
  decided,
}: Pick<ReleaseRequest, 'earlier' | 'decided'>): string {
  return earlier?.at ?? decided?.at ?? '';
}
