import type { countWaiting } from '../../accountability/notices/operations.ts';
import { type AnswerOf, perform } from './api.ts';
import { changed, page } from './state.ts';

type Waiting = AnswerOf<typeof countWaiting>;

const nothingWaits: Waiting = {
  notices: 0,
  reports: 0,
  decisions: { hotPlates: 0, accounts: 0, releases: 0 },
};
let waiting: Waiting = nothingWaits;

/** Counted again so often while the page stands open, ms. */
const everyMs = 60_000;

/** Asks what waits for this person. */
export async function countInbox(): Promise<void> {
  try {
    waiting = await perform<typeof countWaiting>('notices.waiting', {});
    changed();
  } catch {
    // The inbox itself says what is wrong.
  }
}

/** Counts, and counts on while the page stands open, and when somebody goes to another screen: what waits comes from others. */
function keepCounting(): void {
  const count = () => {
    if (page.isLive && page.locked === null) void countInbox();
  };
  void countInbox();
  setInterval(() => {
    if (!document.hidden) count();
  }, everyMs);
  addEventListener('hashchange', count);
}

/** Notices that this person has not read, reports that nobody has taken up, and what they may decide. */
export const inboxCount = (): number => {
  const { hotPlates, accounts, releases } = waiting.decisions;
  return waiting.notices + waiting.reports + hotPlates + accounts + releases;
};

/** What others asked for and this person may decide. */
export const decisionsWaiting = (): Waiting['decisions'] => waiting.decisions;

/** Reports that nobody has taken up; null for none. */
export const reportsWaiting = (): number | null => waiting.reports || null;

keepCounting();
