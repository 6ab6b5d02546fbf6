import { dayMs, isoTime } from '../../platform/clock.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Policy } from '../policy/policy.ts';

/** A review that the profile requires at intervals (AUD-7). */
export interface ReviewDue {
  what: 'audit' | 'report';
  everyDays: number;
  /** When it was last done; null if never since the log began. */
  lastAt: string | null;
  dueAt: string;
  overdue: boolean;
  /** What to do, for a person to read; null while it is not yet due. */
  reminder: string | null;
}

/** A reminder appears this many days before. */
const noticeDays = 14;

const duties = {
  audit: {
    operation: 'audit.sample',
    words: 'an audit of detection browsing',
    command: 'lookout audit sample',
  },
  report: {
    operation: 'audit.report',
    words: 'the audit report',
    command: 'lookout audit report',
  },
} as const;

/**
 * When the next audit and report are due by the profile, counted from the last one or from the beginning of the log.
 */
export function reviewsDue(log: AuditLog, policy: Policy['audit'], nowMs: number): ReviewDue[] {
  const [genesis] = log.read({}, { limit: 1 });
  const dueOf = (what: ReviewDue['what'], everyDays: number): ReviewDue => {
    const { operation, words, command } = duties[what];
    const [last] = log.read({ operation, outcome: 'done' }, { limit: 1, newest: true });
    const dueMs = Date.parse(last?.at ?? genesis?.at ?? isoTime(nowMs)) + everyDays * dayMs;
    const days = Math.round(Math.abs(dueMs - nowMs) / dayMs);
    const long = days === 1 ? 'a day' : `${days} days`;
    const when = dueMs < nowMs ? `is overdue by ${long}` : `is due in ${long}`;
    const near = dueMs - nowMs < Math.min(noticeDays, everyDays / 2) * dayMs;
    return {
      what,
      everyDays,
      lastAt: last?.at ?? null,
      dueAt: isoTime(dueMs),
      overdue: dueMs < nowMs,
      reminder: near ? `${words} ${when} (every ${everyDays} days): ${command}` : null,
    };
  };
  return [
    dueOf('audit', policy.intervalDays),
    ...(policy.reportEveryDays === null ? [] : [dueOf('report', policy.reportEveryDays)]),
  ];
}
