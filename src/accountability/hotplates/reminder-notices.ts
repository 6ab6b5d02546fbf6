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

function noticeOf(
  { id, why, category, caseNumber, ageDays, owner, since }: Reminder,
  atMs: number,
): NewNotice {
  const of = caseNumber === null ? '' : `, case ${caseNumber}`;
  const entry = `your hot plate ${id} (${category.replaceAll('_', ' ')}${of})`;
  const text =
    why === 'old'
      ? `Y${entry.slice(1)} has been on the list for ${ageDays} days. Remove it if the investigation is over: lookout hotplate remove`
      : `Y${entry.slice(1)} has expired. Say how it ended (lookout hotplate remove --outcome) or ask for another term (lookout hotplate renew)`;
  return {
    key: `entry ${id} ${why} ${since}`,
    kind: 'entry',
    to: { account: owner },
    about: `hotplate ${id}`,
    text,
    atMs,
  };
}
