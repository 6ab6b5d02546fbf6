import type { countWaiting } from '../../accountability/notices/operations.ts';
import { type AnswerOf, perform } from './api.ts';
import { changed } from './state.ts';

let waiting: AnswerOf<typeof countWaiting> = { notices: 0, reports: 0 };

/** Asks what waits in the inbox: when the page opens, and after something in the inbox was done. */
export async function countInbox(): Promise<void> {
  try {
    waiting = await perform<typeof countWaiting>('notices.waiting', {});
    changed();
  } catch {
    // The inbox itself says what is wrong.
  }
}

/** Notices that this person has not read, and reports that nobody has taken up, of those that they may read. */
export const inboxCount = (): number => waiting.notices + waiting.reports;

/** Reports that nobody has taken up; null for none. */
export const reportsWaiting = (): number | null => waiting.reports || null;
