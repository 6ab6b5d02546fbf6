import type { ReleaseRequest } from '../releases/release-request.ts';
import type { Period } from './period.ts';

/** Requests of other agencies in a period (B 466.6(d)). */
export interface AgencyRequests {
  made: number;
  approved: number;
  refused: number;
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
    state: ReleaseRequest['state'];
    decidedBy: string | null;
    packages: number;
  }[];
}

/** Counts what was made, decided or released within the period; each at its own time. */
export function countRequests(
  all: readonly Pick<
    ReleaseRequest,
    'number' | 'agency' | 'person' | 'purpose' | 'state' | 'requested' | 'decided' | 'packages'
  >[],
  { from, to }: Period,
): AgencyRequests {
  const within = (at: string | undefined) => at !== undefined && at >= from && at < to;
  const touched = all.filter(
    (each) =>
      within(each.requested.at) ||
      within(each.decided?.at) ||
      each.packages.some(({ at }) => within(at)),
  );
  const decided = touched.filter((each) => within(each.decided?.at));
  return {
    made: touched.filter(({ requested }) => within(requested.at)).length,
    approved: decided.filter(({ state }) => state !== 'refused').length,
    refused: decided.filter(({ state }) => state === 'refused').length,
    waiting: touched.filter((each) => each.decided === null || each.decided.at >= to).length,
    packages: touched.flatMap(({ packages }) => packages.filter(({ at }) => within(at))).length,
    requests: touched.map((each) => ({
      number: each.number,
      at: each.requested.at,
      agency: each.agency,
      person: each.person,
      purpose: each.purpose,
      state: each.state,
      decidedBy: each.decided?.name ?? null,
      packages: each.packages.length,
    })),
  };
}
