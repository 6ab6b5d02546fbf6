import { localTime } from '../../platform/local-time.ts';
import type { NewNotice } from '../notices/notice.ts';
import type { NoticeSource } from '../notices/notices.ts';
import type { HotPlates } from './hot-plates.ts';
import type { Reminder } from './reminders.ts';

/** Reminds the members who entered hot plates, without their asking (HOT-10, HOT-16). */
export function createReminderNotices(hotPlates: Pick<HotPlates, 'reminders'>): NoticeSource {
  return {
    name: 'hot-plates',
    everyMs: 10 * 60_000,
    find: (_, nowMs) => hotPlates.reminders(null, nowMs).map((each) => noticeOf(each, nowMs)),
  };
}

function noticeOf(reminder: Reminder, atMs: number): NewNotice {
  const { id, why, category, caseNumber, owner, since, refreshBy } = reminder;
  const of = caseNumber === null ? '' : `, case ${caseNumber}`;
  const entry = `Your hot plate ${id} (${category.replaceAll('_', ' ')}${of})`;
  return {
    key: `entry ${id} ${why} ${refreshBy !== null && why !== 'old' ? refreshBy : since}`,
    kind: 'entry',
    to: { account: owner },
    about: `hotplate ${id}`,
    text: `${entry} ${wordsOf(reminder)}`,
    atMs,
  };
}

function wordsOf({ why, id, ageDays, refreshBy }: Reminder): string {
  const by = refreshBy === null ? '' : localTime(refreshBy);
  if (why === 'refresh') {
    return `stops alerting at ${by} unless you confirm that it is still good: lookout hotplate refresh ${id}`;
  }
  if (why === 'lapsed') {
    return `has not alerted since ${by}, because nobody confirmed it. Confirm it (lookout hotplate refresh ${id}) or remove it`;
  }
  if (why === 'old') {
    return `has been on the list for ${ageDays} days. Remove it if the investigation is over: lookout hotplate remove ${id}`;
  }
  return `has expired. Say how it ended (lookout hotplate remove ${id} --outcome) or ask for another term (lookout hotplate renew)`;
}
