import { dayMs, isoTime } from '../../platform/clock.ts';
import { boundsOfDay, localDay } from '../../platform/local-time.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Policy } from '../policy/policy.ts';
import { drawnMemo } from './memorandum.ts';

/** A review that the profile requires at intervals (AUD-7). */
export interface ReviewDue {
  what: 'audit' | 'report';
  /** How often, in words: `in each calendar year`, `every 365 days`. */
  every: string;
  /** When it was last done; null if never since the log began. */
  lastAt: string | null;
  /** The first moment at which it is overdue. */
  dueAt: string;
  overdue: boolean;
  /** What to do, for a person to read; null while it is not yet due. */
  reminder: string | null;
}

type Calendar = NonNullable<Policy['audit']['calendar']>;

const monthsOf = { year: 12, quarter: 3 } as const satisfies Record<Calendar, number>;

/** A reminder appears this many days before, or half of a shorter interval. */
const noticeDays = 30;

const duties = {
  audit: {
    words: 'an audit of detection browsing',
    command: 'lookout audit sample, judge and finish',
  },
  report: { words: 'the audit report', command: 'lookout audit report' },
} as const;

/**
 * When the next audit and report are due by the profile. By calendar: one audit in each year or quarter of the unit's zone,
 * the one in which the log began among them; the audit of a period is due at its end. By days: counted from the last
 * one, or from the beginning of the log.
 */
export function reviewsDue(log: AuditLog, policy: Policy['audit'], nowMs: number): ReviewDue[] {
  const [genesis] = log.read({}, { limit: 1 });
  const begunMs = Date.parse(genesis?.at ?? isoTime(nowMs));
  const { calendar, intervalDays, reportEveryDays } = policy;

  const dueOf = (what: ReviewDue['what'], lastAt: string | null, term: Term): ReviewDue => {
    const { words, command } = duties[what];
    const { dueMs, every, days } = term;
    const away = Math.max(1, Math.round(Math.abs(dueMs - nowMs) / dayMs));
    const long = away === 1 ? 'a day' : `${away} days`;
    const overdue = dueMs <= nowMs;
    const last = localDay(dueMs - 1);
    const when = overdue ? `is overdue by ${long}` : `is due in ${long}, by ${last}`;
    const isNear = dueMs - nowMs < Math.min(noticeDays, days / 2) * dayMs;
    return {
      what,
      every,
      lastAt,
      dueAt: isoTime(dueMs),
      overdue,
      reminder: isNear ? `${words} ${when} (${every}): ${command}` : null,
    };
  };
  const byDays = (lastAt: string | null, days: number): Term => ({
    dueMs: (lastAt === null ? begunMs : Date.parse(lastAt)) + days * dayMs,
    every: `every ${days} days`,
    days,
  });
  const audited = lastAudit(log);
  const reported = lastDone(log, 'audit.report');
  return [
    dueOf(
      'audit',
      audited,
      calendar === null
        ? byDays(audited, intervalDays)
        : byCalendar(calendar, audited === null ? null : Date.parse(audited), begunMs),
    ),
    ...(reportEveryDays === null
      ? []
      : [dueOf('report', reported, byDays(reported, reportEveryDays))]),
  ];
}

/** When a review is due, and about how long its interval is. */
interface Term {
  dueMs: number;
  every: string;
  days: number;
}

/** Due at the end of the period after the one of the last audit; without one, of the period in which the log began. */
function byCalendar(calendar: Calendar, lastMs: number | null, begunMs: number): Term {
  const months = monthsOf[calendar];
  const at = new Date(lastMs ?? begunMs);
  const first = at.getMonth() - (at.getMonth() % months);
  const ahead = lastMs === null ? 1 : 2;
  return {
    dueMs: boundsOfDay(localDay(new Date(at.getFullYear(), first + ahead * months, 1).getTime()))
      .startMs,
    every: `in each calendar ${calendar}`,
    days: months * 30,
  };
}

/**
 * When the memorandum of an audit was last finished: a draw that nobody judged is no audit. Draws of earlier versions, which
 * made no memorandum to finish, count as they did.
 */
function lastAudit(log: AuditLog): string | null {
  const finished = lastDone(log, 'audit.finish');
  if (finished !== null) return finished;
  const draws = log.read(
    { operation: 'audit.sample', outcome: 'done' },
    { limit: 500, newest: true },
  );
  return draws.find(({ object }) => object !== drawnMemo)?.at ?? null;
}

function lastDone(log: AuditLog, operation: string): string | null {
  const [last] = log.read({ operation, outcome: 'done' }, { limit: 1, newest: true });
  return last?.at ?? null;
}
