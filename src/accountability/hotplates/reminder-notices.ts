import { localTime } from '../../platform/local-time.ts';
import type { NewNotice } from '../notices/notice.ts';
import type { NoticeSource } from '../notices/notices.ts';
import type { HotPlateDecision } from './decisions.ts';
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

/** Tells whoever asked for an entry, a change or another term what became of it (HOT-6). */
export function createDecisionNotices(hotPlates: Pick<HotPlates, 'decisions'>): NoticeSource {
  return {
    name: 'hot-plate-decisions',
    everyMs: 0,
    find: (_, nowMs) => hotPlates.decisions(nowMs).map(decisionNotice),
  };
}

const decisionNames = {
  approved: 'was approved',
  refused: 'was refused',
  'change-refused': 'stays as it was: what you asked for was refused',
} as const;

function decisionNotice(decision: HotPlateDecision): NewNotice {
  const { id, askedBy, outcome, by, hasNote, atMs } = decision;
  return {
    key: `entry ${id} ${outcome} ${atMs}`,
    kind: 'entry',
    to: { account: askedBy },
    about: `hotplate ${id}`,
    text: `${entryWords(decision)} ${decisionNames[outcome]} by ${by}${hasNote ? ', with a note' : ''}`,
    atMs,
  };
}

const entryWords = ({ id, category, caseNumber }: EntryFacts): string => {
  const of = caseNumber === null ? '' : `, case ${caseNumber}`;
  return `Your hot plate ${id} (${category.replaceAll('_', ' ')}${of})`;
};

type EntryFacts = Pick<Reminder, 'id' | 'category' | 'caseNumber'>;

function noticeOf(reminder: Reminder, atMs: number): NewNotice {
  const { id, why, owner, since, refreshBy } = reminder;
  return {
    key: `entry ${id} ${why} ${refreshBy !== null && why !== 'old' ? refreshBy : since}`,
    kind: 'entry',
    to: { account: owner },
    about: `hotplate ${id}`,
    text: `${entryWords(reminder)} ${wordsOf(reminder)}`,
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
