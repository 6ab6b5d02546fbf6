import { decisionsToldMs } from '../notices/notice.ts';
import type { NoticeSource } from '../notices/notices.ts';
import { shownState } from './release-request.ts';
import type { Releases } from './releases.ts';

/** Tells whoever entered a request of another agency what became of it (REL-2). */
export function createReleaseNotices(releases: Pick<Releases, 'decisions'>): NoticeSource {
  return {
    name: 'release-decisions',
    everyMs: 0,
    find: (_, nowMs) =>
      releases.decisions(nowMs - decisionsToldMs).map(({ request, enteredBy }) => {
        const { id, number, agency, decided } = request;
        const state = shownState(request);
        const what = state === 'withdrawn' ? 'had its approval withdrawn' : `was ${state}`;
        return {
          key: `release ${id} ${state} ${decided?.at}`,
          kind: 'release',
          to: { account: enteredBy },
          about: `release ${id}`,
          text: `Request ${number} of ${agency} ${what} by ${decided?.name}`,
          atMs: Date.parse(decided?.at ?? ''),
        };
      }),
  };
}
